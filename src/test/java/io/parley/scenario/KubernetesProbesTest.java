package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.parley.kubernetes.Manifests;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
@ExtendWith(NodeOutput.class)
final class KubernetesProbesTest {
    @Test
    void a_real_node_answers_what_the_kubelet_and_prometheus_ask(@TempDir final Path data)
            throws IOException, InterruptedException {
        final var template = Manifests.of(Path.of("k8s", "one-node"))
                .only(StatefulSet.class)
                .getSpec()
                .getTemplate();
        final var container = template.getSpec().getContainers().getFirst();
        final var paths = new ArrayList<>(List.of(
                container.getStartupProbe().getHttpGet().getPath(),
                container.getLivenessProbe().getHttpGet().getPath(),
                container.getReadinessProbe().getHttpGet().getPath()));
        paths.add(template.getMetadata().getAnnotations().get("prometheus.io/path"));
        try (var node = NodeProcess.start(data, Map.of())) {
            for (final var path : paths) {
                final var answer = HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.managementPort() + path))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
                assertEquals(200, answer.statusCode(), path);
            }
        }
    }
}
