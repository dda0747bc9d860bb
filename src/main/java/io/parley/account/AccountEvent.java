package io.parley.account;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.parley.id.DeviceId;
import io.parley.serialization.Journaled;
import java.time.Instant;
import java.util.Optional;

/// What happened to an account: the journal's schema. Names and fields are frozen; a stored example of each
/// stands in `src/test/resources/journal/account`.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "t")
@JsonSubTypes({
    @JsonSubTypes.Type(value = AccountEvent.Registered.class, name = "registered"),
    @JsonSubTypes.Type(value = AccountEvent.DeviceLinked.class, name = "linked"),
    @JsonSubTypes.Type(value = AccountEvent.DeviceUnlinked.class, name = "unlinked"),
    @JsonSubTypes.Type(value = AccountEvent.TokenRefreshed.class, name = "refreshed"),
    @JsonSubTypes.Type(value = AccountEvent.PasswordChanged.class, name = "password"),
    @JsonSubTypes.Type(value = AccountEvent.PasswordRehashed.class, name = "rehashed"),
    @JsonSubTypes.Type(value = AccountEvent.Renamed.class, name = "renamed"),
    @JsonSubTypes.Type(value = AccountEvent.TokensEnded.class, name = "ended"),
    @JsonSubTypes.Type(value = AccountEvent.Disabled.class, name = "disabled"),
    @JsonSubTypes.Type(value = AccountEvent.Enabled.class, name = "enabled"),
    @JsonSubTypes.Type(value = AccountEvent.Deleted.class, name = "deleted"),
})
sealed interface AccountEvent extends Journaled {
    /// The account began. Always the first event, and only the first.
    record Registered(String uid, String name, PasswordHash password, Instant at) implements AccountEvent {}

    /// A login: a new device, or a linked one again, whose earlier tokens are over then.
    ///
    /// @param generation higher than any before in this account: the number of this event
    record DeviceLinked(DeviceId device, String name, String platform, long generation, Instant at)
            implements AccountEvent {}

    record DeviceUnlinked(DeviceId device, Why why, Instant at) implements AccountEvent {}

    /// A device got its next pair of tokens.
    ///
    /// @param counter the number in the new refresh token
    record TokenRefreshed(DeviceId device, long counter, Instant at) implements AccountEvent {}

    /// Another password. All devices but `by` stay linked (what they have not received is still owed to them)
    /// but get the generation `generation`, so that their tokens are over and they log in again.
    record PasswordChanged(PasswordHash password, DeviceId by, long generation, Instant at) implements AccountEvent {}

    /// The same password under stronger parameters.
    record PasswordRehashed(PasswordHash password) implements AccountEvent {}

    record Renamed(String name, Instant at) implements AccountEvent {}

    /// An operator ended the tokens of a device, or of all. They stay linked (what they have not received is
    /// still owed to them) but get the generation `generation`, so that they log in again.
    ///
    /// @param device the one device; empty: all
    record TokensEnded(Optional<DeviceId> device, long generation, Instant at) implements AccountEvent {}

    /// An operator closed the account's door: nobody logs in until [Enabled]. Its tokens end by the
    /// [TokensEnded] that stands before it.
    record Disabled(Instant at) implements AccountEvent {}

    /// People may log in again.
    record Enabled(Instant at) implements AccountEvent {}

    /// An operator deleted the account, for good. Said again of a deleted one it changes nothing, but what was
    /// stored before it is deleted once more.
    record Deleted(Instant at) implements AccountEvent {}

    /// Why a device was unlinked; the names are stored.
    enum Why {
        LOGOUT,
        /// By its owner, from another device.
        OWNER,
        /// Made room for another at login.
        REPLACED,
        /// Not seen for long.
        AWAY,
        /// A refresh token was used a second time: somebody has a copy.
        REUSE,
        /// Its login was never answered, because the inbox did not confirm it in time.
        UNANSWERED
    }
}
