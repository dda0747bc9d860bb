package io.parley.judge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Holds REST exchanges against `openapi.json`: the operation by method and path, the status, the answer's
/// headers and body, and, where the server accepted it, the request. What is wrong it names; what is right it
/// counts, as `SendMessage 201`. One judge serves any number of threads.
public final class RestJudge {
    private static final String BYTES = "application/octet-stream"; // of which nothing more is to be judged

    private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,18}");

    private final Contract contract;
    private final Form form = new Form(Contract.openApi());
    private final List<Operation> operations;
    private final Sightings sightings;

    /// A judge of the client port.
    public RestJudge() {
        this(Contract.openApi());
    }

    private RestJudge(final Contract contract) {
        this.contract = contract;
        this.operations = Operation.all(contract);
        this.sightings = new Sightings(operations.stream()
                .flatMap(operation ->
                        operation.statuses().keySet().stream().map(status -> operation.id() + " " + status))
                .collect(Collectors.toSet()));
    }

    /// A judge of what operators ask on the management port.
    public static RestJudge ofAdministration() {
        return new RestJudge(Contract.admin());
    }

    /// As [#exchange(Exchange)], where of the answer's headers only the content type is known; the others are
    /// not judged.
    public List<String> exchange(
            final String method,
            final String pathWithQuery,
            final Optional<String> requestBody,
            final int status,
            final Optional<String> contentType,
            final Optional<String> answerBody) {
        final var headers =
                contentType.map(type -> Map.of("Content-Type", List.of(type))).orElse(Map.of());
        return judge(new Exchange(method, pathWithQuery, requestBody, status, headers, answerBody), false);
    }

    /// What is wrong with an exchange; empty: nothing, and it is counted.
    public List<String> exchange(final Exchange exchange) {
        return judge(exchange, true);
    }

    /// As [#exchange(Exchange)], but what is wrong is an error of the test.
    ///
    /// @throws AssertionError with what is wrong and the exchange
    public void judgeExchangeOrThrow(final Exchange exchange) {
        throwIfAny(exchange(exchange), exchange);
    }

    /// As [#judgeExchangeOrThrow(Exchange)], where of the answer's headers only the content type is known.
    public void judgeExchangeOrThrow(
            final String method,
            final String pathWithQuery,
            final Optional<String> requestBody,
            final int status,
            final Optional<String> contentType,
            final Optional<String> answerBody) {
        throwIfAny(
                exchange(method, pathWithQuery, requestBody, status, contentType, answerBody),
                new Exchange(method, pathWithQuery, requestBody, status, Map.of(), answerBody));
    }

    private static void throwIfAny(final List<String> violations, final Exchange exchange) {
        if (!violations.isEmpty()) {
            // without the request's body: it may hold a password
            throw new AssertionError("%s %s -> %d against the contract: %s\n%s"
                    .formatted(
                            exchange.method(),
                            exchange.path(),
                            exchange.status(),
                            violations,
                            exchange.answerBody().orElse("(no body)")));
        }
    }

    private List<String> judge(final Exchange exchange, final boolean withHeaders) {
        final var operation =
                operations.stream().filter(each -> each.takes(exchange)).findFirst();
        if (operation.isEmpty()) {
            return List.of("no operation " + exchange.method() + " " + exchange.path());
        }
        final var status = Integer.toString(exchange.status());
        final var response = operation.get().statuses().get(status);
        if (response == null) {
            return List.of(operation.get().id() + " does not document the status " + status);
        }
        final var found = new ArrayList<String>();
        if (exchange.wasAccepted()) {
            found.addAll(request(operation.get(), exchange));
        }
        found.addAll(answer(operation.get().answerSchemas(contract, response), exchange));
        if (withHeaders) {
            found.addAll(headers(operation.get().answerHeaders(contract, response), exchange));
        }
        if (found.isEmpty()) {
            sightings.saw(operation.get().id() + " " + status);
        }
        return List.copyOf(found);
    }

    private List<String> request(final Operation operation, final Exchange exchange) {
        final var found = new ArrayList<String>();
        operation
                .valuesBySchema(exchange)
                .forEach((schema, value) -> contract.violations(schema, typed(schema, value))
                        .forEach(violation -> found.add("parameter at " + schema + " = '" + value + "' " + violation)));
        final var schema = operation.requestSchema(contract);
        if (schema.isPresent()) {
            found.addAll(body("request", schema.get(), exchange.requestBody()));
        }
        return found;
    }

    private List<String> answer(final Map<String, String> schemas, final Exchange exchange) {
        if (schemas.isEmpty()) {
            return exchange.answerBody().isPresent()
                    ? List.of("an answer with a body where none is documented")
                    : List.of();
        }
        final var type = exchange.header("Content-Type")
                .map(header -> header.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT))
                .orElse("none");
        final var schema = schemas.get(type);
        if (schema == null) {
            return List.of("content type " + type + " instead of " + schemas.keySet());
        }
        if (type.equals(BYTES)) {
            return exchange.answerBody().isPresent() ? List.of() : List.of("the answer has no body");
        }
        return body("answer", schema, exchange.answerBody());
    }

    private List<String> body(final String what, final String schema, final Optional<String> text) {
        if (text.isEmpty()) {
            return List.of("the " + what + " has no body");
        }
        final JsonNode json;
        try {
            json = Contract.JSON.readTree(text.get());
        } catch (final JsonProcessingException broken) {
            return List.of("the " + what + " is not one JSON value: " + broken.getOriginalMessage());
        }
        final var found = new ArrayList<String>();
        contract.violations(schema, json).forEach(violation -> found.add(what + " " + violation));
        form.violations(json).forEach(violation -> found.add(what + " " + violation));
        return found;
    }

    private List<String> headers(final Map<String, String> schemas, final Exchange exchange) {
        final var found = new ArrayList<String>();
        schemas.forEach((name, schema) -> exchange.header(name)
                .ifPresentOrElse(
                        value -> contract.violations(schema, typed(schema, value))
                                .forEach(violation -> found.add("header " + name + " " + violation)),
                        () -> found.add("header " + name + " is missing")));
        return found;
    }

    /// A parameter or header as the JSON value its schema speaks of.
    private JsonNode typed(final String schema, final String value) {
        final boolean integer = contract.at(schema).path("type").asText().equals("integer");
        return integer && INTEGER.matcher(value).matches()
                ? LongNode.valueOf(Long.parseLong(value))
                : TextNode.valueOf(value);
    }

    /// The paths of the contract, with a name in each place of a parameter.
    public Set<String> paths() {
        return contract.document().path("paths").properties().stream()
                .map(path -> path.getKey().replaceAll("\\{[A-Za-z]+}", "alice"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// The `operationId`s of the contract.
    public Set<String> operations() {
        return operations.stream().map(Operation::id).collect(Collectors.toCollection(TreeSet::new));
    }

    /// How many fine exchanges of each operation and status were seen, by `SendMessage 201`.
    public SortedMap<String, Long> seen() {
        return sightings.seen();
    }

    /// The operations and statuses of the contract that no fine exchange has had yet.
    public Set<String> neverSeen() {
        return sightings.neverSeen();
    }

    /// The operations that no fine exchange has had with a status below 400 yet.
    public Set<String> operationsNeverServed() {
        final var never = new TreeSet<>(operations());
        sightings.seen().keySet().stream()
                .map(seen -> seen.split(" "))
                .filter(seen -> seen[1].compareTo("400") < 0)
                .forEach(seen -> never.remove(seen[0]));
        return never;
    }
}
