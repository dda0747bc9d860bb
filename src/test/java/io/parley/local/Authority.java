package io.parley.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/// Signs certificates of members of a cluster, with the JDK's `keytool`; what a node needs of it comes as PEM
/// files, as operators have them.
final class Authority {
    private static final char[] PASSWORD = "not a secret".toCharArray();
    private static final String CA = "authority";
    private static final String CA_FILE = "ca.crt";

    private final Path directory;
    private final Path store;

    /// A new one.
    ///
    /// @param directory an empty one, for its files
    Authority(final Path directory) {
        this.directory = directory;
        this.store = directory.resolve("authority.p12");
        try {
            Files.createDirectories(directory);
        } catch (final IOException failed) {
            throw new LocalTrouble("cannot write into " + directory, failed);
        }
        keytool("-genkeypair", "-alias", CA, "-dname", "CN=" + CA, "-ext", "bc:c");
        certificate(CA, CA_FILE);
    }

    /// Makes a key and a certificate.
    ///
    /// @param name   of the member, and of its files
    /// @param subject for which the certificate is: members take those of one subject for members
    /// @return what a node is told, for TLS between members
    Map<String, String> member(final String name, final String subject) {
        keytool("-genkeypair", "-alias", name, "-signer", CA, "-dname", "CN=" + subject, "-ext", "san=dns:" + subject);
        return Map.of(
                "PARLEY_CLUSTER_TLS_CERT",
                certificate(name, name + ".crt"),
                "PARLEY_CLUSTER_TLS_KEY",
                key(name, name + ".key"),
                "PARLEY_CLUSTER_TLS_CA",
                directory.resolve(CA_FILE).toString());
    }

    private String certificate(final String alias, final String file) {
        try {
            return pem(file, "CERTIFICATE", loaded().getCertificate(alias).getEncoded());
        } catch (final GeneralSecurityException failed) {
            throw new LocalTrouble("no certificate of " + alias, failed);
        }
    }

    private String key(final String alias, final String file) {
        try {
            return pem(file, "PRIVATE KEY", loaded().getKey(alias, PASSWORD).getEncoded());
        } catch (final GeneralSecurityException failed) {
            throw new LocalTrouble("no key of " + alias, failed);
        }
    }

    private String pem(final String file, final String type, final byte[] bytes) {
        final var lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        try {
            return Files.writeString(
                            directory.resolve(file),
                            "-----BEGIN " + type + "-----\n" + lines + "\n-----END " + type + "-----\n")
                    .toString();
        } catch (final IOException failed) {
            throw new LocalTrouble("cannot write " + file, failed);
        }
    }

    private KeyStore loaded() {
        try {
            return KeyStore.getInstance(store.toFile(), PASSWORD);
        } catch (final IOException | GeneralSecurityException failed) {
            throw new LocalTrouble("cannot read " + store, failed);
        }
    }

    private void keytool(final String... words) {
        final var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-validity",
                "30"));
        command.addAll(List.of(words));
        Tool.run(command, "the JDK");
    }
}
