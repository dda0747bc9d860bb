package io.parley.mls;

/// The one version there is (§6). A message of another cannot be read, since nobody knows its form.
public final class ProtocolVersion {
    /// `mls10`
    public static final int MLS10 = 1;

    private ProtocolVersion() {}

    static int read(final MlsInput in) throws MlsException {
        final int start = in.position();
        final int version = in.uint16("version");
        if (version != MLS10) {
            throw new MlsException("version: not MLS 1.0", start);
        }
        return version;
    }
}
