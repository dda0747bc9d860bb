package io.parley.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.client.Attachment;
import io.parley.id.MediaId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Names that others give to files, and what becomes of them.
final class FileNamesTest {
    @Test
    void a_usual_name_stays_as_it_is() {
        for (final var name : List.of("harbour.jpg", "Übersicht (2).pdf", "港.png", "a b.tar.gz")) {
            assertEquals(name, FileNames.safe(name));
        }
    }

    @Test
    void a_name_leads_nowhere_hides_nothing_and_steers_nothing() {
        assertEquals("passwd", FileNames.safe("../../etc/passwd"));
        assertEquals("evil.exe", FileNames.safe("C:\\Windows\\evil.exe"));
        assertEquals("bashrc", FileNames.safe(".bashrc"));
        assertEquals("rf", FileNames.safe("-rf"));
        assertEquals("a_[31m_.txt", FileNames.safe("a\u001b[31m\u0007.txt"));
        assertEquals("exe_gpj.txt", FileNames.safe("exe\u202egpj.txt"));
        assertEquals("a_b", FileNames.safe("a\nb"));
        for (final var nothing : List.of("", ".", "..", "/", "dir/", "...", " - ")) {
            assertEquals("file", FileNames.safe(nothing), "'" + nothing + "'");
        }
    }

    @Test
    void whatever_it_is_it_is_one_name_in_a_directory_and_not_too_long() {
        final var random = new Random(20261201);
        final var directory = Path.of("/tmp/somewhere");
        for (int run = 0; run < 2_000; run++) {
            final var wish = new StringBuilder();
            for (int i = random.nextInt(300); i >= 0; i--) {
                wish.appendCodePoint(
                        random.nextInt(4) == 0 ? "/\\.-~ \u0000\n".charAt(random.nextInt(8)) : random.nextInt(0xd800));
            }
            final var name = FileNames.safe(wish.toString());
            final var path = directory.resolve(name);
            assertEquals(directory, path.normalize().getParent(), name);
            assertTrue(name.getBytes(StandardCharsets.UTF_8).length <= 200, name);
            assertTrue(!name.startsWith(".") && !name.startsWith("-") && !name.isBlank(), name);
        }
    }

    @Test
    void files_of_one_message_do_not_have_one_name() {
        final var files = Stream.of("a.jpg", "A.jpg", "x/a.jpg", "", "")
                .map(name -> new Attachment(
                        new MediaId("0".repeat(32)),
                        Attachment.Kind.FILE,
                        Optional.of(name),
                        Optional.empty(),
                        OptionalLong.empty()))
                .toList();
        assertEquals(List.of("a.jpg", "A-2.jpg", "a-3.jpg", "file", "file-2"), FileNames.of(files));
    }
}
