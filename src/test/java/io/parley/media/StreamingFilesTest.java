package io.parley.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.crypto.tink.subtle.AesGcmHkdfStreaming;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The files of encrypted conversations, as the web client makes them (`media/streamingAead.ts`), before an
/// outside judge: Tink, whose format they have. Its own files are read by the client's tests;
/// `-Dmedia.write=true` makes them anew (each time they are others).
final class StreamingFilesTest {
    private static final Path STORED = Path.of("src/test/resources/media");
    private static final byte[] UNBOUND = {};
    private static final byte[] BOUND = "parley".getBytes(StandardCharsets.UTF_8);
    private static final int IN_FIRST_SEGMENT = 65_480;
    private static final int IN_TWO_SEGMENTS = IN_FIRST_SEGMENT + 65_520;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, IN_FIRST_SEGMENT, IN_FIRST_SEGMENT + 1, IN_TWO_SEGMENTS + 1})
    void tink_reads_what_the_client_has_encrypted(final int size) throws Exception {
        assertArrayEquals(pattern(size), decrypted(stored("parley-" + size), UNBOUND));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, IN_FIRST_SEGMENT, IN_FIRST_SEGMENT + 1, IN_TWO_SEGMENTS + 1})
    void the_stored_files_of_tink_are_its_own(final int size) throws Exception {
        assertArrayEquals(pattern(size), decrypted(ofTink("tink-" + size, size, UNBOUND), UNBOUND));
    }

    @Test
    void a_file_is_bound_to_its_associated_data() throws Exception {
        assertArrayEquals(pattern(1), decrypted(stored("parley-bound-1"), BOUND));
        assertArrayEquals(pattern(1), decrypted(ofTink("tink-bound-1", 1, BOUND), BOUND));
        assertThrows(IOException.class, () -> decrypted(stored("parley-bound-1"), UNBOUND));
    }

    private static AesGcmHkdfStreaming tink() throws GeneralSecurityException {
        final var key = new byte[32];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) i;
        }
        return new AesGcmHkdfStreaming(key, "HmacSha256", 32, 65_536, 0);
    }

    private static byte[] encrypted(final byte[] plaintext, final byte[] associatedData) throws Exception {
        final var ciphertext = new ByteArrayOutputStream();
        try (var encrypting = tink().newEncryptingStream(ciphertext, associatedData)) {
            encrypting.write(plaintext);
        }
        return ciphertext.toByteArray();
    }

    private static byte[] decrypted(final byte[] ciphertext, final byte[] associatedData) throws Exception {
        try (var decrypting = tink().newDecryptingStream(new ByteArrayInputStream(ciphertext), associatedData)) {
            return decrypting.readAllBytes();
        }
    }

    private static byte[] ofTink(final String name, final int size, final byte[] associatedData) throws Exception {
        if (Boolean.getBoolean("media.write")) {
            Files.write(STORED.resolve(name + ".bin"), encrypted(pattern(size), associatedData));
        }
        return stored(name);
    }

    private static byte[] stored(final String name) throws IOException {
        return Files.readAllBytes(STORED.resolve(name + ".bin"));
    }

    /// Bytes that the client's test knows too.
    private static byte[] pattern(final int size) {
        final var bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (7 * i + i / 251);
        }
        return bytes;
    }
}
