package io.parley.judge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/// Holds frames against `asyncapi.json`: each by the schema of its `type` and direction. What it finds wrong it
/// names; what is right it counts. One judge serves any number of sockets and threads.
public final class FrameJudge {
    private final Contract contract = Contract.asyncApi();
    private final Form form = new Form(contract);
    private final int frameBytesMax = contract.at("/components/schemas/Limits/properties/frameBytes/default")
            .asInt();
    /// Pointer of each frame's schema by `type`.
    private final Map<String, String> clientSchemas = new TreeMap<>();

    private final Map<String, String> serverSchemas = new TreeMap<>();
    private final Sightings client;
    private final Sightings server;
    private final Sightings errors;
    private final Sightings closes;

    public FrameJudge() {
        for (final var operation : contract.document().path("operations")) {
            final boolean fromClient = operation.path("action").asText().equals("receive");
            collect(operation.path("messages"), fromClient ? clientSchemas : serverSchemas);
            collect(operation.path("reply").path("messages"), serverSchemas);
        }
        client = new Sightings(clientSchemas.keySet());
        server = new Sightings(serverSchemas.keySet());
        errors = new Sightings(texts(contract.at("/components/schemas/ErrorCode/enum")));
        closes = new Sightings(
                StreamSupport.stream(contract.at("/channels/ws/x-close-codes").spliterator(), false)
                        .map(close -> close.path("code").asText())
                        .collect(Collectors.toSet()));
    }

    private void collect(final JsonNode messages, final Map<String, String> schemas) {
        for (final var reference : messages) {
            final var message = contract.resolve(reference.path("$ref").asText().substring(1));
            final var schema = contract.resolve(message + "/payload");
            schemas.put(contract.at(schema + "/properties/type/const").asText(), schema);
        }
    }

    private static Set<String> texts(final JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .collect(Collectors.toSet());
    }

    /// What is wrong with a frame that a client sent; empty: nothing, and it is counted. Meant for frames that
    /// the server is to accept.
    public List<String> clientFrame(final String text) {
        return judge(text, clientSchemas, client, false);
    }

    /// What is wrong with a frame that the server sent; empty: nothing, and it is counted.
    public List<String> serverFrame(final String text) {
        return judge(text, serverSchemas, server, true);
    }

    /// As [#clientFrame(String)], but what is wrong is an error of the test.
    ///
    /// @throws AssertionError with what is wrong and the frame
    public void judgeClientFrameOrThrow(final String text) {
        throwIfAny(clientFrame(text), "client frame", text);
    }

    /// As [#serverFrame(String)], but what is wrong is an error of the test.
    ///
    /// @throws AssertionError with what is wrong and the frame
    public void judgeServerFrameOrThrow(final String text) {
        throwIfAny(serverFrame(text), "server frame", text);
    }

    /// What is wrong with a close code that the server sent; empty: nothing, and it is counted.
    public List<String> serverClose(final int code) {
        final var spelt = Integer.toString(code);
        if (!closeCodes().contains(spelt)) {
            return List.of("the close code " + spelt + " is not in the contract");
        }
        closes.saw(spelt);
        return List.of();
    }

    private List<String> judge(
            final String text, final Map<String, String> schemas, final Sightings sightings, final boolean strict) {
        final JsonNode frame;
        try {
            frame = Contract.JSON.readTree(text);
        } catch (final JsonProcessingException broken) {
            return List.of("not one JSON value: " + broken.getOriginalMessage());
        }
        final var type = frame.path("type").asText("");
        final var schema = schemas.get(type);
        if (schema == null) {
            return List.of("no frame of type '" + type + "' goes this way");
        }
        final var found = new ArrayList<>(contract.violations(schema, frame));
        found.addAll(form.violations(frame));
        final int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > frameBytesMax) {
            found.add(bytes + " bytes, more than a frame may have");
        }
        if (strict) {
            found.addAll(printed(text));
        }
        if (found.isEmpty()) {
            sightings.saw(type);
            if (strict && type.equals("error")) {
                errors.saw(frame.path("code").asText());
            }
        }
        return List.copyOf(found);
    }

    /// How a server prints: one compact object, `type` first.
    private static List<String> printed(final String text) {
        final var found = new ArrayList<String>();
        if (!Form.isCompact(text)) {
            found.add("white space between tokens");
        }
        if (!text.startsWith("{\"type\":")) {
            found.add("'type' is not the first member");
        }
        return found;
    }

    private static void throwIfAny(final List<String> violations, final String what, final String text) {
        if (!violations.isEmpty()) {
            throw new AssertionError(what + " against the contract: " + violations + "\n" + text);
        }
    }

    /// The types that clients send.
    public Set<String> clientTypes() {
        return new TreeSet<>(clientSchemas.keySet());
    }

    /// The types that the server sends.
    public Set<String> serverTypes() {
        return new TreeSet<>(serverSchemas.keySet());
    }

    /// The close codes of the contract.
    public Set<String> closeCodes() {
        final var codes = new TreeSet<>(closes.neverSeen());
        codes.addAll(closes.seen().keySet());
        return codes;
    }

    /// How many fine frames of each type were seen from clients.
    public SortedMap<String, Long> clientFramesSeen() {
        return client.seen();
    }

    /// How many fine frames of each type were seen from the server.
    public SortedMap<String, Long> serverFramesSeen() {
        return server.seen();
    }

    public Set<String> clientFramesNeverSeen() {
        return client.neverSeen();
    }

    public Set<String> serverFramesNeverSeen() {
        return server.neverSeen();
    }

    /// Error codes that no fine `error` frame has carried yet.
    public Set<String> errorCodesNeverSeen() {
        return errors.neverSeen();
    }

    public Set<String> closeCodesNeverSeen() {
        return closes.neverSeen();
    }
}
