package io.parley.judge;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What the contracts promise that a JSON Schema cannot say: integers are written without fraction or exponent,
/// a frame is compact with `type` first, a body has so many bytes. What people wrote (`body`, `client`) may
/// hold any number.
final class Form {
    private final int bodyBytesMax;
    private final int clientBytesMax;

    Form(final Contract contract) {
        bodyBytesMax = contract.at("/components/schemas/SendBody/x-max-bytes").asInt();
        clientBytesMax =
                contract.at("/components/schemas/ClientMetadata/x-max-bytes").asInt();
    }

    /// What is wrong with the numbers and sizes in `value`.
    List<String> violations(final JsonNode value) {
        final var found = new ArrayList<String>();
        look("", value, found);
        return found;
    }

    private void look(final String at, final JsonNode value, final List<String> found) {
        if (value.isNumber() && !value.isIntegralNumber()) {
            found.add(at + ": a number with fraction or exponent");
        }
        for (final var member : value.properties()) {
            final var here = at + "/" + member.getKey();
            switch (member.getKey()) {
                case "body" -> size(here, member.getValue(), bodyBytesMax, found);
                case "client" -> size(here, member.getValue(), clientBytesMax, found);
                default -> look(here, member.getValue(), found);
            }
        }
        if (value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                look(at + "/" + i, value.get(i), found);
            }
        }
    }

    private static void size(final String at, final JsonNode value, final int bytesMax, final List<String> found) {
        final int bytes = value.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > bytesMax) {
            found.add(at + ": " + bytes + " bytes, more than " + bytesMax);
        }
    }

    /// Whether there is white space between the tokens of a JSON text.
    static boolean isCompact(final String json) {
        boolean inString = false;
        for (int i = 0; i < json.length(); i++) {
            final char c = json.charAt(i);
            if (inString && c == '\\') {
                i++; // whatever is escaped does not end the string
            } else if (c == '"') {
                inString = !inString;
            } else if (!inString && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
                return false;
            }
        }
        return true;
    }
}
