package io.parley.cli;

import io.parley.client.Attachment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// What files of others are called here. A name that somebody else chose is a wish: it leads nowhere but into
/// the directory it is meant for, hides nothing and steers nothing.
final class FileNames {
    /// Of most file systems 255; what is put behind it while it is fetched fits as well.
    private static final int BYTES_MAX = 200;

    private FileNames() {}

    /// A name for each of the files of one message, none of them twice.
    static List<String> of(final List<Attachment> files) {
        final var names = new ArrayList<String>();
        final Set<String> taken = new HashSet<>();
        for (final var file : files) {
            final var name = safe(file.name().orElse(""));
            var next = name;
            for (int n = 2; !taken.add(next.toLowerCase(Locale.ROOT)); n++) { // some file systems know no case
                next = numbered(name, n);
            }
            names.add(next);
        }
        return List.copyOf(names);
    }

    private static String numbered(final String name, final int n) {
        final int dot = name.lastIndexOf('.');
        return dot <= 0 ? name + "-" + n : name.substring(0, dot) + "-" + n + name.substring(dot);
    }

    /// The name itself, without directories, controls, whatever a shell or a file system might take for
    /// something else, and without dots and dashes at its beginning.
    static String safe(final String wish) {
        final var last = wish.substring(Math.max(wish.lastIndexOf('/'), wish.lastIndexOf('\\')) + 1);
        final var name = new StringBuilder();
        last.codePoints().forEach(c -> name.appendCodePoint(isHarmless(c) ? c : '_'));
        final var trimmed = name.toString().replaceFirst("^[.\\-\\s~]+", "").replaceFirst("[.\\s]+$", "");
        return trimmed.isEmpty() ? "file" : shortened(trimmed);
    }

    private static boolean isHarmless(final int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> "/\\:*?\"<>|$`'".indexOf(c) < 0;
        };
    }

    /// By whole characters, and with its ending.
    private static String shortened(final String name) {
        if (bytes(name) <= BYTES_MAX) {
            return name;
        }
        final int dot = name.lastIndexOf('.');
        final var ending = dot > 0 && bytes(name.substring(dot)) <= 20 ? name.substring(dot) : "";
        var rest = name.substring(0, name.length() - ending.length());
        while (bytes(rest) + bytes(ending) > BYTES_MAX) {
            rest = rest.substring(0, rest.offsetByCodePoints(rest.length(), -1));
        }
        return rest + ending;
    }

    private static int bytes(final String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
