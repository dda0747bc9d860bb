package io.parley.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Signs certificates of members of a cluster, with the JDK's `keytool`; what a node needs of it comes as PEM
/// files, as operators have them.
final class Authority {
    private static final char[] PASSWORD = "not a secret".toCharArray();
    private static final String CA = "authority";
    private static final int COMMAND_SECONDS = 60;

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
        pem("ca.crt", List.of(certificate(CA)));
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
                pem(name + ".crt", List.of(certificate(name))).toString(),
                "PARLEY_CLUSTER_TLS_KEY",
                pem(name + ".key", List.of(key(name))).toString(),
                "PARLEY_CLUSTER_TLS_CA",
                directory.resolve("ca.crt").toString());
    }

    private Path pem(final String file, final List<Object> parts) {
        final var text = new StringBuilder();
        try {
            for (final var part : parts) {
                switch (part) {
                    case Certificate certificate -> block(text, "CERTIFICATE", certificate.getEncoded());
                    case Key key -> block(text, "PRIVATE KEY", key.getEncoded());
                    default -> throw new IllegalArgumentException(part.toString());
                }
            }
            return Files.writeString(directory.resolve(file), text.toString());
        } catch (final IOException | GeneralSecurityException failed) {
            throw new LocalTrouble("cannot write " + file, failed);
        }
    }

    private static void block(final StringBuilder text, final String type, final byte[] bytes) {
        text.append("-----BEGIN ").append(type).append("-----\n");
        text.append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes));
        text.append("\n-----END ").append(type).append("-----\n");
    }

    private Certificate certificate(final String alias) {
        try {
            return loaded().getCertificate(alias);
        } catch (final GeneralSecurityException failed) {
            throw new LocalTrouble("no certificate of " + alias, failed);
        }
    }

    private Key key(final String alias) {
        try {
            return loaded().getKey(alias, PASSWORD);
        } catch (final GeneralSecurityException failed) {
            throw new LocalTrouble("no key of " + alias, failed);
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
        try {
            final var process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            final var said = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new LocalTrouble("keytool failed: " + said);
            }
        } catch (final IOException failed) {
            throw new LocalTrouble("cannot run keytool", failed);
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new LocalTrouble("stopped while running keytool", stopped);
        }
    }
}
