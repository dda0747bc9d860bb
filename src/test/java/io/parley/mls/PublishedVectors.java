package io.parley.mls;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.parley.mls.MlsInput.Reading;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;

/// Reads what the MLS working group has published to test readers with (`test-vectors` of
/// github.com/mlswg/mls-implementations), prints it back from the fields that were read, and compares. The
/// files have no licence that lets them stand here: get them, and give their directory.
///
/// Of `messages.json` all structures but `GroupSecrets`, which only members see; of `passive-client-*.json` key
/// packages, Welcomes, trees, commits and proposals; of `deserialization.json` the lengths.
public final class PublishedVectors {
    private static final int BYTES_MAX = 1 << 20;
    private static final List<String> PROPOSALS = List.of(
            "add_proposal",
            "update_proposal",
            "remove_proposal",
            "pre_shared_key_proposal",
            "re_init_proposal",
            "external_init_proposal",
            "group_context_extensions_proposal"); // by their number, from 1

    private final List<String> refused = new ArrayList<>();
    private int read;

    private PublishedVectors() {}

    /// Prints what was refused, and how much was read. Exits with 0 if all of it was read.
    ///
    /// @param arguments the directory
    public static void main(final String[] arguments) throws IOException {
        if (arguments.length != 1) {
            System.err.println("give the directory test-vectors of github.com/mlswg/mls-implementations");
            System.exit(2);
        }
        final var vectors = new PublishedVectors();
        try (var files = Files.newDirectoryStream(Path.of(arguments[0]), "*.json")) {
            for (final var file : files) {
                vectors.file(file);
            }
        }
        vectors.refused.forEach(System.out::println);
        System.out.println(vectors.read + " read, " + vectors.refused.size() + " refused or printed back otherwise");
        System.exit(vectors.read > 0 && vectors.refused.isEmpty() ? 0 : 1);
    }

    private void file(final Path file) throws IOException {
        final var name = file.getFileName().toString();
        final var before = read;
        for (final var vector : new JsonMapper().readTree(file.toFile())) {
            if (name.equals("messages.json")) {
                messages(vector);
            } else if (name.startsWith("passive-client-")) {
                client(vector);
            } else if (name.equals("deserialization.json")) {
                length(vector);
            }
        }
        if (read > before) {
            System.out.println(name + ": " + (read - before));
        }
    }

    private void messages(final JsonNode vector) {
        for (final var message : List.of(
                "mls_welcome",
                "mls_group_info",
                "mls_key_package",
                "public_message_application",
                "public_message_proposal",
                "public_message_commit",
                "private_message")) {
            message(message, vector.path(message));
        }
        tree(vector.path("ratchet_tree"));
        check("commit", hex(vector.path("commit")), Commit::read, Printed::of);
        for (int type = 1; type <= PROPOSALS.size(); type++) {
            final var name = PROPOSALS.get(type - 1);
            final var bare = hex(vector.path(name));
            final var proposal = ByteBuffer.allocate(2 + bare.length)
                    .putShort((short) type)
                    .put(bare)
                    .array();
            check(name, proposal, ProposalReader::proposal, Printed::of);
        }
    }

    private void client(final JsonNode vector) {
        message("key_package", vector.path("key_package"));
        message("welcome", vector.path("welcome"));
        tree(vector.path("ratchet_tree"));
        for (final var epoch : vector.path("epochs")) {
            message("commit", epoch.path("commit"));
            epoch.path("proposals").forEach(proposal -> message("proposal", proposal));
        }
    }

    private void length(final JsonNode vector) {
        final var header = hex(vector.path("vlbytes_header"));
        final int length = vector.path("length").asInt();
        if (length <= BYTES_MAX) {
            final var whole = Arrays.copyOf(header, header.length + length);
            check("length " + length, whole, in -> in.opaque("it"), it -> Wire.of(wire -> wire.vector(it)));
        }
    }

    private void message(final String name, final JsonNode hex) {
        final var bytes = hex(hex);
        read++;
        try {
            if (!Arrays.equals(bytes, Printed.of(MlsMessage.read(bytes, BYTES_MAX)))) {
                refused.add(name + ": printed back otherwise: " + hex.asText());
            }
        } catch (final MlsException wrong) {
            refused.add(name + ": " + wrong.getMessage() + ": " + hex.asText());
        }
    }

    private void tree(final JsonNode hex) {
        if (hex.isTextual()) { // null: it stands in the Welcome
            check("ratchet_tree", hex(hex), RatchetTree::read, Printed::of);
        }
    }

    private <T> void check(
            final String name, final byte[] bytes, final Reading<T> reading, final Function<T, byte[]> printing) {
        read++;
        try {
            if (!Arrays.equals(bytes, printing.apply(MlsInput.whole(name, bytes, BYTES_MAX + 8, reading)))) {
                refused.add(name + ": printed back otherwise: " + HexFormat.of().formatHex(bytes));
            }
        } catch (final MlsException wrong) {
            refused.add(name + ": " + wrong.getMessage() + ": " + HexFormat.of().formatHex(bytes));
        }
    }

    private static byte[] hex(final JsonNode text) {
        return HexFormat.of().parseHex(text.asText());
    }
}
