package io.parley.mls;

import java.util.List;

/// What a client says it can do, as numbers in IANA's registries; unknown ones are carried along (§7.2).
public record Capabilities(
        List<Integer> versions,
        List<Integer> cipherSuites,
        List<Integer> extensions,
        List<Integer> proposals,
        List<Integer> credentials) {
    /// How many a list may have: all that is registered, several times over.
    public static final int LIST_MAX = 256;

    static Capabilities read(final MlsInput in) throws MlsException {
        return new Capabilities(
                numbers("versions", in),
                numbers("cipher_suites", in),
                numbers("extensions", in),
                numbers("proposals", in),
                numbers("credentials", in));
    }

    private static List<Integer> numbers(final String what, final MlsInput in) throws MlsException {
        return in.list(what, LIST_MAX, each -> each.uint16(what));
    }
}
