package io.parley.kubernetes;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.io.Serial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The manifests below one directory of `k8s`, put together as kustomize would: resources, and patches merged
/// into them. Of kustomize it knows what these directories use, and refuses the rest.
public record Manifests(List<JsonNode> resources) {
    /// What a `kustomization.yaml` may say here.
    record Kustomization(
            String apiVersion,
            String kind,
            Optional<String> namespace,
            Optional<List<String>> resources,
            Optional<List<Patch>> patches,
            Optional<List<Generated>> configMapGenerator,
            Optional<List<Image>> images,
            Optional<List<JsonNode>> labels) {}

    record Patch(String path) {}

    record Generated(String name, List<String> files) {}

    record Image(String name, String newName, String newTag) {}

    private static final Map<String, Class<? extends HasMetadata>> KINDS = Map.of(
            "apps/v1 StatefulSet", StatefulSet.class,
            "v1 Service", Service.class,
            "v1 ServiceAccount", ServiceAccount.class,
            "networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class,
            "networking.k8s.io/v1 Ingress", Ingress.class,
            "policy/v1 PodDisruptionBudget", PodDisruptionBudget.class);

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addModule(new Jdk8Module())
            .build();

    /// The model keeps fields that it does not know in a map; here they are errors.
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .annotationIntrospector(new JacksonAnnotationIntrospector() {
                @Serial
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(final Annotated annotated) {
                    return false;
                }
            })
            .build();

    /// The lists that kustomize merges element by element, and what two elements have in common then.
    private static final Map<String, String> MERGED_BY = Map.of(
            "containers",
            "name",
            "env",
            "name",
            "volumes",
            "name",
            "volumeMounts",
            "mountPath",
            "ports",
            "containerPort");

    /// What kustomize would make of `directory`.
    public static Manifests of(final Path directory) throws IOException {
        final var said = YAML.readValue(directory.resolve("kustomization.yaml").toFile(), Kustomization.class);
        if (!said.kind().equals("Kustomization") || !said.apiVersion().equals("kustomize.config.k8s.io/v1beta1")) {
            throw new IOException(directory + " has no kustomization");
        }
        final var resources = new ArrayList<JsonNode>();
        for (final var named : said.resources().orElse(List.of())) {
            final var path = directory.resolve(named).normalize();
            resources.addAll(Files.isDirectory(path) ? of(path).resources() : documents(path));
        }
        for (final var patch : said.patches().orElse(List.of())) {
            for (final var document : documents(directory.resolve(patch.path()))) {
                final var target = resources.stream()
                        .filter(each -> identity(each).equals(identity(document)))
                        .findFirst()
                        .orElseThrow(
                                () -> new IOException(patch + " changes what is not there: " + identity(document)));
                merge((ObjectNode) target, (ObjectNode) document);
            }
        }
        for (final var generated : said.configMapGenerator().orElse(List.of())) {
            for (final var file : generated.files()) {
                if (!Files.exists(directory.resolve(file))) {
                    throw new IOException(generated + " is made of files that are not there");
                }
            }
        }
        return new Manifests(resources);
    }

    static List<JsonNode> documents(final Path file) throws IOException {
        return documents(Files.readString(file));
    }

    static List<JsonNode> documents(final String yaml) throws IOException {
        try (var values = YAML.readerFor(JsonNode.class).<JsonNode>readValues(yaml)) {
            return values.readAll();
        }
    }

    static Kustomization kustomization(final Path directory) throws IOException {
        return YAML.readValue(directory.resolve("kustomization.yaml").toFile(), Kustomization.class);
    }

    private static String identity(final JsonNode resource) {
        return resource.path("apiVersion").asText() + " "
                + resource.path("kind").asText() + " "
                + resource.path("metadata").path("name").asText();
    }

    private static void merge(final ObjectNode into, final ObjectNode patch) {
        patch.properties().forEach(field -> {
            final var name = field.getKey();
            final var value = field.getValue();
            if (into.get(name) instanceof ObjectNode there && value instanceof ObjectNode more) {
                merge(there, more);
            } else if (into.get(name) instanceof ArrayNode there
                    && value instanceof ArrayNode more
                    && MERGED_BY.containsKey(name)) {
                into.set(name, merged(there, more, MERGED_BY.getOrDefault(name, "name")));
            } else {
                into.set(name, value);
            }
        });
    }

    /// The patch's elements come first, as kustomize has it.
    private static ArrayNode merged(final ArrayNode there, final ArrayNode more, final String key) {
        final var rest = new ArrayList<JsonNode>();
        there.forEach(rest::add);
        final var merged = there.arrayNode();
        for (final var each : more) {
            final var same = rest.stream()
                    .filter(other -> other.path(key).equals(each.path(key)))
                    .findFirst();
            same.ifPresent(rest::remove);
            if (same.isPresent()) {
                merge((ObjectNode) same.get(), (ObjectNode) each);
            }
            merged.add(same.orElse(each));
        }
        return merged.addAll(rest);
    }

    /// Read as Kubernetes' own type of its kind.
    ///
    /// @throws IOException where it has a field that this type does not have
    static HasMetadata typed(final JsonNode resource) throws IOException {
        final var kind = KINDS.get(resource.path("apiVersion").asText() + " "
                + resource.path("kind").asText());
        if (kind == null) {
            throw new IOException("a kind that no test knows: " + identity(resource));
        }
        return STRICT.treeToValue(resource, kind);
    }

    /// All of one kind.
    <T extends HasMetadata> List<T> all(final Class<T> kind) throws IOException {
        final var found = new ArrayList<T>();
        for (final var resource : resources) {
            final var typed = typed(resource);
            if (kind.isInstance(typed)) {
                found.add(kind.cast(typed));
            }
        }
        return found;
    }

    /// The only one of its kind.
    public <T extends HasMetadata> T only(final Class<T> kind) throws IOException {
        final var found = all(kind);
        if (found.size() != 1) {
            throw new IOException(found.size() + " of " + kind.getSimpleName());
        }
        return found.getFirst();
    }
}
