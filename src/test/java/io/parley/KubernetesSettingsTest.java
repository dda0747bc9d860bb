package io.parley;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigResolveOptions;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.parley.kubernetes.Manifests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node takes the settings that the manifests in `k8s` give it.
final class KubernetesSettingsTest {
    private static final Path K8S = Path.of("k8s");

    @Test
    void a_single_node_takes_them() throws IOException, Settings.Wrong {
        final var settings = settings("one-node", environment("one-node", 0));
        assertTrue(settings.cluster().isEmpty());
        assertEquals("0.0.0.0", settings.bind());
        assertEquals("0.0.0.0", settings.managementBind());
        assertEquals(Path.of("/data/parley"), settings.dataDirectory());
        assertEquals(Set.of("chat.example"), settings.api().hosts());
        assertEquals(List.of("10.0.0.0/8"), settings.api().trustedProxies());
    }

    @Test
    void each_node_of_a_cluster_takes_them_and_is_what_the_seed_list_calls_it(@TempDir final Path files)
            throws IOException, Settings.Wrong {
        final var set = Manifests.of(K8S.resolve("cluster")).only(StatefulSet.class);
        final var called = IntStream.range(0, set.getSpec().getReplicas())
                .mapToObj(ordinal -> "parley-" + ordinal + ".parley-members.parley.svc.cluster.local:7355")
                .toList();
        for (int ordinal = 0; ordinal < called.size(); ordinal++) {
            final var environment = environment("cluster", ordinal);
            for (final var file : List.of("CERT", "KEY", "CA")) { // the pod's secrets are not here
                environment.put(
                        "PARLEY_CLUSTER_TLS_" + file,
                        Files.writeString(files.resolve(file), "").toString());
            }
            final var cluster = settings("cluster", environment).cluster().orElseThrow();
            assertEquals(called, cluster.seeds());
            assertEquals(called.get(ordinal), cluster.host() + ":" + cluster.port());
            assertTrue(cluster.tls().isPresent());
        }
    }

    @Test
    void without_its_certificates_a_node_of_the_cluster_refuses_to_start() throws IOException {
        final var environment = environment("cluster", 0);
        environment.keySet().removeIf(name -> name.startsWith("PARLEY_CLUSTER_TLS_"));
        final var wrong = assertThrows(Settings.Wrong.class, () -> settings("cluster", environment));
        assertTrue(String.valueOf(wrong.getMessage()).contains("PARLEY_CLUSTER_INSECURE"), wrong.getMessage());
    }

    /// As the kubelet makes it: a variable may name those before it.
    private static Map<String, String> environment(final String overlay, final int ordinal) throws IOException {
        final var set = Manifests.of(K8S.resolve(overlay)).only(StatefulSet.class);
        final var environment = new LinkedHashMap<String, String>();
        for (final var variable :
                set.getSpec().getTemplate().getSpec().getContainers().getFirst().getEnv()) {
            var value = valueOf(variable, set.getMetadata().getName() + "-" + ordinal);
            for (final var earlier : environment.entrySet()) {
                value = value.replace("$(" + earlier.getKey() + ")", earlier.getValue());
            }
            assertTrue(!value.contains("$("), variable + " names what does not stand before it");
            environment.put(variable.getName(), value);
        }
        return environment;
    }

    private static String valueOf(final EnvVar variable, final String pod) {
        if (variable.getValueFrom() == null) {
            return variable.getValue();
        }
        final var field = variable.getValueFrom().getFieldRef();
        return field == null
                ? "a-secret-that-is-long-enough"
                : switch (field.getFieldPath()) {
                    case "metadata.name" -> pod;
                    case "metadata.namespace" -> "parley";
                    default -> throw new AssertionError(field + " is not known here");
                };
    }

    private static Settings settings(final String overlay, final Map<String, String> environment)
            throws Settings.Wrong {
        return Settings.of(ConfigFactory.parseFile(
                        K8S.resolve(overlay).resolve("parley.conf").toFile())
                .withFallback(ConfigFactory.parseMap(environment))
                .resolve(ConfigResolveOptions.noSystem()));
    }
}
