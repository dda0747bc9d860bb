package io.parley.mls;

import java.util.HashSet;
import java.util.List;

/// Something more than RFC 9420 foresees, or that it leaves to be added (§13.4).
///
/// @param type its number in IANA's registry; unknown ones are carried along
public record Extension(int type, Opaque data) {
    /// How many a list may have: a handful are registered, and clients add some random ones (§13.5).
    public static final int LIST_MAX = 64;

    /// `ratchet_tree`: the group's public tree, in a GroupInfo (§12.4.3.3).
    public static final int RATCHET_TREE = 0x0002;

    /// `external_pub`: what somebody needs to join by an external commit, in a GroupInfo (§12.4.3.2).
    public static final int EXTERNAL_PUB = 0x0004;

    /// `external_senders`: who from outside may propose changes, in a GroupContext (§12.1.8.1).
    public static final int EXTERNAL_SENDERS = 0x0005;

    /// `last_resort`, in a KeyPackage that may be used again and again: the number that clients write, from
    /// earlier versions of draft-ietf-mls-extensions (later ones say it by a component).
    public static final int LAST_RESORT = 0x000a;

    /// Reads `Extension extensions<V>`, in which no type may come twice.
    static List<Extension> list(final MlsInput in) throws MlsException {
        final var types = new HashSet<Integer>();
        return in.list("extensions", LIST_MAX, each -> {
            final int start = each.position();
            final var extension = new Extension(each.uint16("extension_type"), each.opaque("extension_data"));
            if (!types.add(extension.type())) {
                throw new MlsException("extensions: one type twice", start);
            }
            return extension;
        });
    }

    static boolean isIn(final List<Extension> extensions, final int type) {
        return extensions.stream().anyMatch(each -> each.type() == type);
    }
}
