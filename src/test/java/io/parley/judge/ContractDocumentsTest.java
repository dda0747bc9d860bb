package io.parley.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.parley.content.Body;
import io.parley.protocol.CloseCode;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.Fields;
import io.parley.protocol.Limits;
import io.parley.protocol.PageRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/// The two contract documents: well-formed by their own standards, true in their examples, and in agreement
/// with the code's constants.
final class ContractDocumentsTest {
    private static final Contract OPEN_API = Contract.openApi();
    private static final Contract ASYNC_API = Contract.asyncApi();
    private static final Contract ADMIN = Contract.admin();
    /// A Schema Object of OpenAPI 3.1 is one of OpenAPI's own dialect, which is plain JSON Schema for all that
    /// these documents use.
    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemas(Map.of(
                    "https://spec.openapis.org/oas/3.1/dialect/base",
                    "{\"$ref\":\"https://json-schema.org/draft/2020-12/schema\"}")));

    /// Of HTTP (415) and of tus: no code is made for them.
    private static final Set<Integer> STATUSES_OF_THEIR_OWN = Set.of(410, 412, 415, 423, 460);

    @Test
    void the_documents_follow_the_official_schemas_of_their_formats() throws IOException {
        assertEquals(List.of(), violations("openapi-3.1.json", OPEN_API.document()));
        assertEquals(List.of(), violations("openapi-3.1.json", ADMIN.document()));
        assertEquals(List.of(), violations("asyncapi-3.0.json", ASYNC_API.document()));
    }

    private static List<String> violations(final String metaSchema, final JsonNode document) throws IOException {
        final var file = Path.of("src", "test", "java", "io", "parley", "judge", "metaschemas", metaSchema);
        return REGISTRY.getSchema(Files.readString(file), InputFormat.JSON).validate(document).stream()
                .map(Object::toString)
                .toList();
    }

    @Test
    void every_schema_in_them_is_a_schema() {
        final var metaSchema = REGISTRY.getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        for (final var document : List.of(OPEN_API, ADMIN, ASYNC_API)) {
            for (final var schema : document.at("/components/schemas").properties()) {
                assertEquals(List.of(), metaSchema.validate(schema.getValue()), schema.getKey());
            }
        }
    }

    @Test
    void every_reference_in_them_leads_somewhere() {
        for (final var document : List.of(OPEN_API, ADMIN, ASYNC_API)) {
            for (final var reference : document.document().findValuesAsText("$ref")) {
                assertTrue(document.at(reference.substring(1)).isContainerNode(), reference);
            }
        }
    }

    @Test
    void every_example_in_them_is_valid_by_its_own_schema() {
        assertTrue(examples(OPEN_API, "", OPEN_API.document()) > 100, "the examples are found");
        assertTrue(examples(ASYNC_API, "", ASYNC_API.document()) > 30, "the examples are found");
        assertTrue(examples(ADMIN, "", ADMIN.document()) > 40, "the examples are found");
    }

    /// Checks the examples below `pointer` and says how many there were.
    private static int examples(final Contract contract, final String pointer, final JsonNode node) {
        int count = 0;
        final boolean isSchema = !node.has("schema") && !node.has("payload");
        final var schema = isSchema ? pointer : Contract.child(pointer, node.has("schema") ? "schema" : "payload");
        if (node.has("example")) {
            count += check(contract, schema, node.get("example"));
        }
        for (final var example : node.path("examples")) {
            final var value = isSchema ? example : example.path(node.has("schema") ? "value" : "payload");
            count += check(contract, schema, value);
        }
        for (final var member : node.properties()) {
            if (!member.getKey().startsWith("example")) {
                count += examples(contract, Contract.child(pointer, member.getKey()), member.getValue());
            }
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            count += examples(contract, pointer + "/" + i, node.get(i));
        }
        return count;
    }

    private static int check(final Contract contract, final String schema, final JsonNode example) {
        assertFalse(example.isMissingNode(), "no example at " + schema);
        assertEquals(List.of(), contract.violations(schema, example), schema);
        return 1;
    }

    @Test
    void the_frames_of_the_document_pass_the_judge() {
        final var judge = new FrameJudge();
        for (final var message : ASYNC_API.at("/components/messages").properties()) {
            for (final var example : message.getValue().path("examples")) {
                final var frame = example.path("payload").toString();
                if (message.getKey().startsWith("client")) {
                    judge.judgeClientFrameOrThrow(frame);
                } else {
                    judge.judgeServerFrameOrThrow(frame);
                }
            }
        }
        assertEquals(Set.of(), judge.clientFramesNeverSeen());
        assertEquals(Set.of(), judge.serverFramesNeverSeen());
    }

    @Test
    void the_management_port_speaks_of_the_same_things_as_the_client_port() {
        final var names =
                List.of("UserId", "Uid", "DeviceId", "ConversationId", "MessageId", "Time", "ErrorCode", "Problem");
        for (final var name : names) {
            assertEquals(OPEN_API.at("/components/schemas/" + name), ADMIN.at("/components/schemas/" + name), name);
        }
    }

    @Test
    void both_documents_say_the_same_of_what_they_share() {
        final var shared = new TreeSet<String>();
        for (final var schema : ASYNC_API.at("/components/schemas").properties()) {
            final var other =
                    OPEN_API.document().path("components").path("schemas").path(schema.getKey());
            if (!other.isMissingNode()) {
                assertEquals(schema.getValue(), other, schema.getKey());
                shared.add(schema.getKey());
            }
        }
        assertTrue(shared.containsAll(Set.of("ConversationId", "Entry", "ErrorCode", "SendBody")), shared.toString());
    }

    @Test
    void what_clients_send_may_grow_and_what_the_server_sends_is_closed() {
        for (final var schema : ASYNC_API.at("/components/schemas").properties()) {
            if (schema.getKey().startsWith("Server")) {
                assertFalse(schema.getValue().path("additionalProperties").asBoolean(true), schema.getKey());
            } else if (schema.getKey().startsWith("Client")) {
                assertTrue(schema.getValue().path("additionalProperties").asBoolean(false), schema.getKey());
            }
        }
        for (final var contract : List.of(OPEN_API, ADMIN)) {
            for (final var operation : Operation.all(contract)) {
                operation
                        .requestSchema(contract)
                        .ifPresent(schema -> assertTrue(
                                contract.at(schema).path("additionalProperties").asBoolean(false), operation.id()));
                if (operation.id().endsWith("Api") || operation.id().startsWith("Download")) {
                    continue; // the documents themselves, of their standards' shape, and bytes, of none
                }
                for (final var response : operation.statuses().values()) {
                    operation
                            .answerSchemas(contract, response)
                            .values()
                            .forEach(schema -> assertFalse(
                                    contract.at(schema)
                                            .path("additionalProperties")
                                            .asBoolean(true),
                                    response));
                }
            }
        }
    }

    @Test
    void the_codes_are_those_of_the_server() {
        final var codes = Arrays.stream(ErrorCode.values()).map(ErrorCode::wire).toList();
        assertEquals(codes, texts(ASYNC_API.at("/components/schemas/ErrorCode/enum")));
        assertEquals(codes, texts(OPEN_API.at("/components/schemas/ErrorCode/enum")));
        assertEquals(
                Arrays.stream(CloseCode.values())
                        .map(code -> Integer.toString(code.code()))
                        .collect(Collectors.toCollection(TreeSet::new)),
                new FrameJudge().closeCodes());
    }

    @Test
    void a_problem_has_the_status_that_its_code_has_on_the_server() {
        final var statuses = new TreeMap<String, Integer>();
        for (final var code : ErrorCode.values()) {
            statuses.put(code.wire(), code.httpStatus());
        }
        final var seen = new TreeSet<String>();
        for (final var schema : OPEN_API.at("/components/schemas").properties()) {
            final var members = schema.getValue().path("properties");
            final int status = members.path("status").path("const").asInt();
            final var codes = Stream.concat(
                            texts(members.path("code").path("enum")).stream(),
                            Stream.of(members.path("code").path("const").asText("")))
                    .filter(code -> !code.isEmpty() && !STATUSES_OF_THEIR_OWN.contains(status))
                    .toList();
            for (final var code : codes) {
                assertEquals(statuses.get(code), status, schema.getKey());
                seen.add(code);
            }
        }
        statuses.remove(ErrorCode.UNKNOWN_TYPE.wire()); // frames only
        assertEquals(statuses.keySet(), seen);
    }

    private static List<String> texts(final JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    @Test
    void the_limits_are_those_of_the_server() throws ReflectiveOperationException {
        final var promised = ASYNC_API.at("/components/schemas/Limits/properties");
        final var names = new ArrayList<String>();
        for (final var limit : Limits.class.getRecordComponents()) {
            names.add(limit.getName());
            assertEquals(
                    limit.getAccessor().invoke(Limits.V1),
                    promised.path(limit.getName()).path("default").asInt(),
                    limit.getName());
        }
        assertEquals(
                names, promised.properties().stream().map(Map.Entry::getKey).toList());
        final var schemas = ASYNC_API.at("/components/schemas");
        final var pull = schemas.at("/ClientPull/properties/limit/anyOf/0");
        assertEquals(
                Body.TEXT_CHARACTERS_MAX,
                schemas.at("/TextBody/properties/text/maxLength").asInt());
        assertEquals(Body.BYTES_MAX, schemas.at("/SendBody/x-max-bytes").asInt());
        assertEquals(
                Fields.CLIENT_BYTES_MAX,
                schemas.at("/ClientMetadata/x-max-bytes").asInt());
        assertEquals(PageRequest.LIMIT_MAX, pull.path("maximum").asInt());
        assertEquals(PageRequest.LIMIT_DEFAULT, pull.path("default").asInt());
        assertEquals(
                Limits.V1.pageEntries(),
                schemas.at("/ServerPage/properties/messages/maxItems").asInt());
        assertEquals(Limits.V1.watch(), schemas.at("/Users/maxItems").asInt());
        for (final var name : List.of("limit", "messageCount")) {
            final var schema = parameter(name);
            assertEquals(PageRequest.LIMIT_MAX, schema.path("maximum").asInt(), name);
            assertEquals(PageRequest.LIMIT_DEFAULT, schema.path("default").asInt(), name);
        }
        assertEquals(
                Limits.V1.pageEntries(),
                OPEN_API.at("/components/schemas/Page/properties/messages/maxItems")
                        .asInt());
    }

    private static JsonNode parameter(final String name) {
        final var parameters = OPEN_API.at("/paths/~1v1~1conversations~1{id}~1messages/get/parameters");
        return StreamSupport.stream(parameters.spliterator(), false)
                .filter(parameter -> parameter.path("name").asText().equals(name))
                .map(parameter -> parameter.path("schema"))
                .findFirst()
                .orElseThrow();
    }
}
