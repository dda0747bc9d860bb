package io.parley.judge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// One of the two contract documents as the node serves it, with the schemas in it compiled when first asked
/// for. Safe from any thread.
final class Contract {
    /// Strict where RFC 8259 leaves a choice: a member named twice or anything after the value is refused.
    static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final String address;
    private final JsonNode document;
    private final SchemaRegistry registry;
    private final Map<String, Schema> compiled = new ConcurrentHashMap<>(); // as many as the document has schemas

    private Contract(final String address, final String text) {
        this.address = address;
        this.document = parse(text);
        this.registry = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                builder -> builder.schemas(Map.of(address, text))
                        .schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .formatAssertionsEnabled(true)
                                .locale(Locale.ROOT)
                                .build()));
    }

    static Contract openApi() {
        return load("/api/openapi.json");
    }

    /// Of the management port.
    static Contract admin() {
        return load("/api/admin.json");
    }

    static Contract asyncApi() {
        return load("/api/asyncapi.json");
    }

    private static Contract load(final String resource) {
        try (var in = Contract.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is not on the class path");
            }
            return new Contract(
                    "https://parley.invalid" + resource,
                    new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
        } catch (final IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static JsonNode parse(final String text) {
        try {
            return JSON.readTree(text);
        } catch (final JsonProcessingException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    JsonNode document() {
        return document;
    }

    /// The node at a JSON pointer, after following references.
    JsonNode at(final String pointer) {
        return document.at(resolve(pointer));
    }

    /// The pointer of what stands at `pointer`, after following references.
    String resolve(final String pointer) {
        final var node = document.at(pointer);
        if (node.isMissingNode()) {
            throw new IllegalArgumentException("nothing stands at " + pointer);
        }
        final var reference = node.path("$ref").asText("");
        return reference.isEmpty() ? pointer : resolve(reference.substring(1));
    }

    /// What is wrong with `value` by the schema at `pointer`; empty: nothing.
    List<String> violations(final String pointer, final JsonNode value) {
        return compiled.computeIfAbsent(pointer, this::compile).validate(value).stream()
                .map(error -> (error.getInstanceLocation() + ": " + error.getMessage()).strip())
                .sorted()
                .toList();
    }

    private Schema compile(final String pointer) {
        final var fragment = pointer.replace("%", "%25").replace("{", "%7B").replace("}", "%7D");
        final var schema = registry.getSchema(SchemaLocation.of(address + "#" + fragment));
        schema.initializeValidators();
        return schema;
    }

    /// The pointer of a member: `~` and `/` in its name are escaped.
    static String child(final String pointer, final String name) {
        return pointer + "/" + name.replace("~", "~0").replace("/", "~1");
    }
}
