package io.parley.judge;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// One operation of the OpenAPI document: which requests are its, and what it lays down for them.
///
/// @param id         its `operationId`
/// @param method     in capitals
/// @param path       matches its paths; a group for each parameter in the path, in order
/// @param parameters pointers of its parameters in path and query, by place and name
/// @param pathNames  the names of the parameters in the path, in order
/// @param pointer    where it stands in the document
/// @param statuses   pointers of its answers by status
record Operation(
        String id,
        String method,
        Pattern path,
        Map<String, String> parameters,
        List<String> pathNames,
        String pointer,
        Map<String, String> statuses) {
    private static final Pattern TEMPLATED = Pattern.compile("\\{([A-Za-z]+)}");

    /// All operations of a document, those with fewer parameters in the path first.
    static List<Operation> all(final Contract contract) {
        final var all = new ArrayList<Operation>();
        for (final var path : contract.document().path("paths").properties()) {
            for (final var method : path.getValue().properties()) {
                final var pointer = Contract.child(Contract.child("/paths", path.getKey()), method.getKey());
                all.add(read(contract, path.getKey(), method.getKey(), pointer));
            }
        }
        all.sort(java.util.Comparator.comparingInt(operation -> operation.pathNames.size()));
        return List.copyOf(all);
    }

    private static Operation read(
            final Contract contract, final String path, final String method, final String pointer) {
        final var node = contract.at(pointer);
        final var parameters = new TreeMap<String, String>();
        for (int i = 0; i < node.path("parameters").size(); i++) {
            final var parameter = contract.resolve(pointer + "/parameters/" + i);
            final var at = contract.at(parameter);
            parameters.put(key(at.path("in").asText(), at.path("name").asText()), parameter);
        }
        final var statuses = new TreeMap<String, String>();
        for (final var status : node.path("responses").properties()) {
            statuses.put(status.getKey(), contract.resolve(Contract.child(pointer + "/responses", status.getKey())));
        }
        final var names =
                TEMPLATED.matcher(path).results().map(found -> found.group(1)).toList();
        final var matching =
                Pattern.compile(TEMPLATED.matcher(path.replace(".", "\\.")).replaceAll("([^/]+)"));
        return new Operation(
                node.path("operationId").asText(),
                method.toUpperCase(java.util.Locale.ROOT),
                matching,
                parameters,
                names,
                pointer,
                statuses);
    }

    private static String key(final String in, final String name) {
        return in + " " + name;
    }

    boolean takes(final Exchange exchange) {
        return method.equals(exchange.method()) && path.matcher(exchange.path()).matches();
    }

    /// The parameters of a request, each with the pointer of its schema. Those that the document does not know
    /// are left out: the server ignores them.
    Map<String, String> valuesBySchema(final Exchange exchange) {
        final var values = new TreeMap<String, String>();
        final var matcher = path.matcher(exchange.path());
        if (matcher.matches()) {
            for (int i = 0; i < pathNames.size(); i++) {
                put(values, "path", pathNames.get(i), matcher.group(i + 1));
            }
        }
        for (final var pair : exchange.query().split("&", -1)) {
            final int equals = pair.indexOf('=');
            if (equals > 0) {
                put(values, "query", pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        return values;
    }

    private void put(final Map<String, String> values, final String in, final String name, final String encoded) {
        final var parameter = parameters.get(key(in, URLDecoder.decode(name, StandardCharsets.UTF_8)));
        if (parameter != null) {
            values.put(parameter + "/schema", URLDecoder.decode(encoded, StandardCharsets.UTF_8));
        }
    }

    /// Where the schema for a request body stands, if it takes one.
    Optional<String> requestSchema(final Contract contract) {
        final var schema = pointer + "/requestBody/content/application~1json/schema";
        return contract.document().at(schema).isMissingNode() ? Optional.empty() : Optional.of(schema);
    }

    /// Where the schema for answers of a content type stands, among those a status may have.
    Map<String, String> answerSchemas(final Contract contract, final String response) {
        return contract.at(response).path("content").properties().stream()
                .map(Map.Entry::getKey)
                .collect(Collectors.toMap(
                        type -> type, type -> Contract.child(response + "/content", type) + "/schema"));
    }

    /// The headers that an answer must have, each with the pointer of its schema.
    Map<String, String> answerHeaders(final Contract contract, final String response) {
        final var headers = new TreeMap<String, String>();
        for (final var header : contract.at(response).path("headers").properties()) {
            final var at = contract.resolve(Contract.child(response + "/headers", header.getKey()));
            final JsonNode node = contract.at(at);
            if (node.path("required").asBoolean()) {
                headers.put(header.getKey(), at + "/schema");
            }
        }
        return headers;
    }
}
