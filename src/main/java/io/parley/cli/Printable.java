package io.parley.cli;

import java.util.List;

/// Makes text of others harmless for a terminal: characters that steer one (escape sequences, title changes,
/// bells, the 8-bit controls) or turn the direction of what follows are shown as what they are instead of doing
/// it.
final class Printable {
    private static final char CONTROL_PICTURES = '\u2400'; // ␀ and on: a picture for each of the first 32 controls
    private static final char DELETE_PICTURE = '\u2421';
    private static final int DELETE = 0x7f;

    private Printable() {}

    /// One line.
    static String of(final String text) {
        final var out = new StringBuilder(text.length());
        for (int at = 0; at < text.length(); ) {
            final var c = text.codePointAt(at);
            append(c, out);
            at += Character.charCount(c);
        }
        return out.toString();
    }

    /// The lines of a text, each harmless; at least one.
    static List<String> lines(final String text) {
        return text.split("\r\n|[\n\r\u0085\u2028\u2029]", -1).length == 1
                ? List.of(of(text))
                : List.of(text.split("\r\n|[\n\r\u0085\u2028\u2029]", -1)).stream()
                        .map(Printable::of)
                        .toList();
    }

    private static void append(final int c, final StringBuilder out) {
        if (c == '\t') {
            out.append(' ');
        } else if (c < ' ') {
            out.append((char) (CONTROL_PICTURES + c));
        } else if (c == DELETE) {
            out.append(DELETE_PICTURE);
        } else if (isDangerous(c)) {
            out.append("<U+%04X>".formatted(c));
        } else {
            out.appendCodePoint(c);
        }
    }

    /// What a JSON printer leaves as it is, and a terminal might obey nevertheless, as the escape it may have
    /// in a JSON string. `json` is one JSON value.
    static String json(final String json) {
        final var out = new StringBuilder(json.length());
        json.codePoints().forEach(c -> {
            if (c == DELETE || isDangerous(c)) {
                for (final var unit : Character.toChars(c)) {
                    out.append("\\u%04x".formatted((int) unit));
                }
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.toString();
    }

    /// The controls beyond ASCII, line ends among them; formats that are not seen and move what is: embeddings,
    /// overrides, isolates, marks, tags; halves of surrogate pairs.
    private static boolean isDangerous(final int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                true;
            case Character.FORMAT -> c != 0x200d && c != 0x200c; // joiners of emoji and of scripts
            default -> false;
        };
    }
}
