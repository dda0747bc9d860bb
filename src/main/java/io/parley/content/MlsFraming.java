package io.parley.content;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;

/// What stands in the clear in front of an encrypted message (RFC 9420 §6.3): for which state of which group it
/// is encrypted.
///
/// @param group the group's id
/// @param epoch from 0
public record MlsFraming(Octets group, long epoch) {
    @JsonCreator
    public MlsFraming(@JsonProperty("group") final Octets group, @JsonProperty("epoch") final long epoch) {
        this.group = group;
        this.epoch = epoch;
    }
}
