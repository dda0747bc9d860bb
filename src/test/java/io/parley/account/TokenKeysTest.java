package io.parley.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokenKeysTest {
    /// The key of RFC 8037, appendix A.
    private static final String GOOD = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"k1\","
            + "\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\","
            + "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}";

    private final Path file;

    TokenKeysTest(@TempDir final Path directory) {
        file = directory.resolve("data").resolve("token-keys.json");
    }

    @Test
    void a_file_is_made_once_for_its_owner_alone() throws IOException {
        final var made = TokenKeys.readOrCreate(file, new SecureRandom());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        final var text = Files.readString(file);
        final var again = TokenKeys.readOrCreate(file, new SecureRandom());
        assertEquals(text, Files.readString(file));
        assertEquals(made.signing().kid(), again.signing().kid());
        try (var files = Files.list(file.getParent())) {
            assertEquals(List.of(file), files.toList(), "nothing half-made is left");
        }
    }

    @Test
    void what_a_crash_left_half_made_is_made_anew() throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file.resolveSibling("token-keys.json.new"), "{\"keys\":[");
        TokenKeys.readOrCreate(file, new SecureRandom());
        assertTrue(Files.size(file) > 0);
    }

    @Test
    void the_key_of_the_standard_is_read() throws IOException {
        write("{\"keys\":[" + GOOD + "]}");
        assertEquals("k1", TokenKeys.read(file).signing().kid());
    }

    @Test
    void a_missing_file_is_not_made_where_one_was_named() {
        assertTrue(refused().contains("cannot be read"), refused());
    }

    @Test
    void a_broken_file_is_refused_with_its_reason_and_without_its_contents() throws IOException {
        broken("", "must be a list");
        broken("{\"keys\":[", "not JSON");
        broken("{\"keys\":[]}", "1 to 16 keys");
        broken("{\"keys\":[" + GOOD + "," + GOOD + "]}", "key 2 has the kid of an earlier one");
        broken(keyWith("\"OKP\"", "\"RSA\""), "key 1 is not of kty OKP");
        broken(keyWith("Ed25519", "X25519"), "key 1 is not of kty OKP, crv Ed25519");
        broken(keyWith("\"k1\"", "\"a.b\""), "needs a kid");
        broken(keyWith("\"d\"", "\"dd\""), "its d must be 32 bytes");
        broken(keyWith("nWGx", "n Gx"), "its d is not base64url");
        broken(keyWith("nWGx", "mWGx"), "its x does not belong to its d");
        broken("x".repeat(70_000), "larger than 65536 bytes");
    }

    private static String keyWith(final String part, final String instead) {
        assertTrue(GOOD.contains(part));
        return "{\"keys\":[" + GOOD.replace(part, instead) + "]}";
    }

    private void broken(final String text, final String why) throws IOException {
        write(text);
        final var message = refused();
        assertTrue(message.contains(why), message);
        assertTrue(message.contains(file.toString()), message);
        assertFalse(message.contains("d_9WmC6hEr0kuwsx"), message);
    }

    private String refused() {
        final var message = assertThrows(TokenKeys.Unusable.class, () -> TokenKeys.read(file))
                .getMessage();
        return message == null ? "" : message;
    }

    private void write(final String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
