package io.parley.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigResolveOptions;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The manifests in `k8s` are of Kubernetes' own types, fit together, and say of the program what is so.
final class ManifestsTest {
    private static final Path ROOT = Path.of("k8s");
    private static final Path RESOURCES = Path.of("src", "main", "resources");

    // of Kubernetes' types

    @Test
    void no_manifest_has_a_field_that_kubernetes_does_not_know() throws IOException {
        int seen = 0;
        for (final var file : files(".yaml")) {
            if (!file.endsWith("kustomization.yaml")) {
                for (final var document : Manifests.documents(file)) {
                    Manifests.typed(document);
                    seen++;
                }
            }
        }
        assertTrue(seen >= 9, "the manifests are found");
    }

    @Test
    void a_field_that_is_misspelt_would_be_noticed() throws IOException {
        final var file = ROOT.resolve("base").resolve("stateful-set.yaml");
        for (final var field : List.of("readinessProbe", "failureThreshold", "readOnlyRootFilesystem", "serviceName")) {
            final var text = Files.readString(file);
            assertTrue(text.contains(field + ":"), field);
            final var misspelt = Manifests.documents(text.replaceFirst(field + ":", field + "s:"));
            assertThrows(UnrecognizedPropertyException.class, () -> Manifests.typed(misspelt.getFirst()), field);
        }
    }

    @Test
    void everything_that_is_there_is_used() throws IOException {
        final var used = new TreeSet<Path>();
        for (final var kustomization : files("kustomization.yaml")) {
            final var directory = kustomization.resolveSibling("");
            final var said = Manifests.kustomization(directory);
            Stream.of(
                            said.resources().orElse(List.of()).stream(),
                            said.patches().orElse(List.of()).stream().map(Manifests.Patch::path),
                            said.configMapGenerator().orElse(List.of()).stream().flatMap(each -> each.files().stream()))
                    .flatMap(names -> names)
                    .forEach(name -> used.add(directory.resolve(name).normalize()));
        }
        final var there = new TreeSet<Path>(files(".yaml"));
        there.addAll(files(".conf"));
        there.removeIf(file -> file.endsWith("kustomization.yaml") || file.startsWith(ROOT.resolve("examples")));
        there.add(ROOT.resolve("base"));
        assertEquals(there, used);
    }

    private static List<Path> files(final String end) throws IOException {
        try (var files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().endsWith(end)).sorted().toList();
        }
    }

    // fitting together

    @ParameterizedTest
    @ValueSource(strings = {"one-node", "cluster"})
    void whoever_selects_pods_selects_those_of_the_stateful_set(final String overlay) throws IOException {
        final var manifests = Manifests.of(ROOT.resolve(overlay));
        final var set = manifests.only(StatefulSet.class);
        final var labels = set.getSpec().getTemplate().getMetadata().getLabels();
        final var selectors = new ArrayList<Map<String, String>>();
        selectors.add(set.getSpec().getSelector().getMatchLabels());
        manifests
                .all(Service.class)
                .forEach(each -> selectors.add(each.getSpec().getSelector()));
        manifests
                .all(NetworkPolicy.class)
                .forEach(each -> selectors.add(each.getSpec().getPodSelector().getMatchLabels()));
        manifests
                .all(PodDisruptionBudget.class)
                .forEach(each -> selectors.add(each.getSpec().getSelector().getMatchLabels()));
        pod(set).getTopologySpreadConstraints().stream()
                .map(each -> each.getLabelSelector())
                .map(LabelSelector::getMatchLabels)
                .forEach(selectors::add);
        for (final var selector : selectors) {
            assertFalse(selector.isEmpty(), "an empty selector is everybody's");
            assertTrue(labels.entrySet().containsAll(selector.entrySet()), selector + " of " + labels);
        }
        assertTrue(
                manifests.all(Service.class).stream()
                        .anyMatch(service -> service.getMetadata()
                                        .getName()
                                        .equals(set.getSpec().getServiceName())
                                && "None".equals(service.getSpec().getClusterIP())
                                && service.getSpec().getPublishNotReadyAddresses()),
                "the nodes have names before they are ready");
        assertEquals(manifests.only(ServiceAccount.class).getMetadata().getName(), pod(set).getServiceAccountName());
    }

    @ParameterizedTest
    @ValueSource(strings = {"one-node", "cluster"})
    void ports_are_those_that_the_node_listens_at(final String overlay) throws IOException {
        final var manifests = Manifests.of(ROOT.resolve(overlay));
        final var container = container(manifests);
        final var ports = container.getPorts().stream()
                .collect(Collectors.toMap(ContainerPort::getName, ContainerPort::getContainerPort));
        final var defaults = ConfigFactory.parseResources("application.conf")
                .resolve(ConfigResolveOptions.noSystem())
                .getConfig("parley");
        assertEquals(defaults.getInt("port"), ports.get("client"));
        assertEquals(defaults.getInt("management-port"), ports.get("management"));
        assertEquals(Integer.toString(defaults.getInt("port")), env(container).get("PARLEY_PORT"));
        assertEquals(
                Integer.toString(defaults.getInt("management-port")),
                env(container).get("PARLEY_MANAGEMENT_PORT"));
        if (overlay.equals("cluster")) {
            assertEquals(env(container).get("PARLEY_CLUSTER_PORT"), String.valueOf(ports.get("cluster")));
        }
        final var named = new ArrayList<IntOrString>();
        manifests
                .all(Service.class)
                .forEach(each -> each.getSpec().getPorts().forEach(port -> named.add(port.getTargetPort())));
        manifests
                .all(NetworkPolicy.class)
                .forEach(each -> each.getSpec()
                        .getIngress()
                        .forEach(rule -> rule.getPorts().forEach(port -> named.add(port.getPort()))));
        probes(container).forEach(probe -> named.add(probe.getHttpGet().getPort()));
        for (final var port : named) {
            assertTrue(ports.containsKey(port.getStrVal()), port + " is a port of the container");
        }
        final var scraped = manifests
                .only(StatefulSet.class)
                .getSpec()
                .getTemplate()
                .getMetadata()
                .getAnnotations();
        assertEquals(String.valueOf(ports.get("management")), scraped.get("prometheus.io/port"));
    }

    @Test
    void the_example_of_an_ingress_leads_to_the_service() throws IOException {
        final var ingress = (Ingress)
                Manifests.typed(Manifests.documents(ROOT.resolve("examples").resolve("ingress.yaml"))
                        .getFirst());
        final var to = ingress.getSpec()
                .getRules()
                .getFirst()
                .getHttp()
                .getPaths()
                .getFirst()
                .getBackend()
                .getService();
        final var service = Manifests.of(ROOT.resolve("cluster")).all(Service.class).stream()
                .filter(each -> each.getMetadata().getName().equals(to.getName()))
                .findFirst()
                .orElseThrow();
        assertEquals(
                service.getSpec().getPorts().getFirst().getName(), to.getPort().getName());
        for (final var timeout : List.of("proxy-read-timeout", "proxy-send-timeout")) {
            assertTrue(
                    Integer.parseInt(ingress.getMetadata()
                                    .getAnnotations()
                                    .get("nginx.ingress.kubernetes.io/" + timeout))
                            > 15,
                    "Parley closes what is silent before nginx does");
        }
        final var host = ingress.getSpec().getRules().getFirst().getHost();
        for (final var overlay : List.of("one-node", "cluster")) {
            final var settings = ConfigFactory.parseFile(
                    ROOT.resolve(overlay).resolve("parley.conf").toFile());
            assertEquals(List.of(host), settings.getStringList("parley.http.hosts"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"one-node", "cluster"})
    void every_path_that_is_mounted_has_its_volume_and_every_file_its_mount(final String overlay) throws IOException {
        final var manifests = Manifests.of(ROOT.resolve(overlay));
        final var set = manifests.only(StatefulSet.class);
        final var container = container(manifests);
        final var volumes = new TreeSet<String>();
        pod(set).getVolumes().forEach(volume -> volumes.add(volume.getName()));
        set.getSpec()
                .getVolumeClaimTemplates()
                .forEach(claim -> volumes.add(claim.getMetadata().getName()));
        final var mounted = new TreeSet<String>();
        container.getVolumeMounts().forEach(mount -> assertTrue(mounted.add(mount.getName()), mount + " twice"));
        assertEquals(volumes, mounted);
        env(container).forEach((name, value) -> {
            if (value.startsWith("/")) {
                assertTrue(
                        container.getVolumeMounts().stream()
                                .anyMatch(mount -> value.startsWith(mount.getMountPath() + "/")),
                        name + " names " + value + ", which is on the read-only file system of the image");
            }
        });
        final var said = Manifests.kustomization(ROOT.resolve(overlay));
        pod(set).getVolumes().stream()
                .filter(volume -> volume.getConfigMap() != null)
                .forEach(volume -> assertTrue(said.configMapGenerator().orElse(List.of()).stream()
                        .anyMatch(
                                each -> each.name().equals(volume.getConfigMap().getName()))));
        assertTrue(said.images().orElse(List.of()).stream()
                .anyMatch(image -> image.name().equals(container.getImage())));
    }

    // what is said of the program

    @ParameterizedTest
    @ValueSource(strings = {"one-node", "cluster"})
    void every_variable_is_a_setting(final String overlay) throws IOException {
        final var settings = new TreeSet<String>();
        try (var files = Files.list(RESOURCES)) {
            for (final var file :
                    files.filter(each -> each.toString().endsWith(".conf")).toList()) {
                Pattern.compile("\\$\\{\\?(PARLEY_[A-Z_]+)}")
                        .matcher(Files.readString(file))
                        .results()
                        .forEach(variable -> settings.add(variable.group(1)));
            }
        }
        final var names = container(Manifests.of(ROOT.resolve(overlay))).getEnv().stream()
                .map(EnvVar::getName)
                .toList();
        assertEquals(names.stream().distinct().toList(), names);
        for (final var name : names) {
            assertTrue(settings.contains(name) || name.startsWith("POD_"), name + " is no setting");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"one-node", "cluster"})
    void nobody_gets_more_rights_than_a_node_needs(final String overlay) throws IOException {
        final var manifests = Manifests.of(ROOT.resolve(overlay));
        final var pod = pod(manifests.only(StatefulSet.class));
        final var container = container(manifests);
        assertTrue(pod.getSecurityContext().getRunAsNonRoot());
        assertTrue(pod.getSecurityContext().getRunAsUser() > 0);
        assertEquals(
                "RuntimeDefault", pod.getSecurityContext().getSeccompProfile().getType());
        assertFalse(pod.getAutomountServiceAccountToken());
        assertFalse(manifests.only(ServiceAccount.class).getAutomountServiceAccountToken());
        assertFalse(pod.getEnableServiceLinks(), "PARLEY_PORT would be an address of the Service");
        assertFalse(container.getSecurityContext().getAllowPrivilegeEscalation());
        assertTrue(container.getSecurityContext().getReadOnlyRootFilesystem());
        assertEquals(
                List.of("ALL"), container.getSecurityContext().getCapabilities().getDrop());
        assertEquals(
                container.getResources().getLimits().get("memory"),
                container.getResources().getRequests().get("memory"));
    }

    @Test
    void the_cluster_port_is_for_members_only() throws IOException {
        final var manifests = Manifests.of(ROOT.resolve("cluster"));
        for (final var policy : manifests.all(NetworkPolicy.class)) {
            assertEquals(List.of("Ingress"), policy.getSpec().getPolicyTypes());
            for (final var rule : policy.getSpec().getIngress()) {
                assertFalse(rule.getPorts().isEmpty(), "a rule without ports would open all of them");
                assertFalse(rule.getFrom().isEmpty(), "a rule without a source would let everybody in");
                if (rule.getPorts().stream()
                        .anyMatch(port -> "cluster".equals(port.getPort().getStrVal()))) {
                    assertEquals(1, rule.getPorts().size());
                    assertEquals(1, rule.getFrom().size());
                    assertEquals(
                            policy.getSpec().getPodSelector(),
                            rule.getFrom().getFirst().getPodSelector());
                }
            }
        }
        for (final var service : manifests.all(Service.class)) {
            assertTrue(service.getSpec().getPorts().stream()
                    .noneMatch(port -> "cluster".equals(port.getTargetPort().getStrVal())));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"one-node", "cluster"})
    void there_is_time_for_the_drain(final String overlay) throws IOException {
        final var manifests = Manifests.of(ROOT.resolve(overlay));
        final var patience = ConfigFactory.load(
                overlay.equals("cluster")
                        ? ConfigFactory.parseResources("cassandra.conf")
                                .withFallback(ConfigFactory.parseResources("application.conf"))
                        : ConfigFactory.parseResources("application.conf"));
        final var phases = patience.getConfig("pekko.coordinated-shutdown.phases");
        final var usual = patience.getDuration("pekko.coordinated-shutdown.default-phase-timeout");
        final long drain = phases.root().keySet().stream()
                .mapToLong(
                        phase -> (phases.hasPath(phase + ".timeout") ? phases.getDuration(phase + ".timeout") : usual)
                                .toSeconds())
                .sum();
        final long sleep =
                container(manifests).getLifecycle().getPreStop().getSleep().getSeconds();
        final long grace = pod(manifests.only(StatefulSet.class)).getTerminationGracePeriodSeconds();
        assertTrue(grace >= sleep + drain, grace + " s for " + sleep + " s and phases of " + drain + " s");
    }

    private static PodSpec pod(final StatefulSet set) {
        return set.getSpec().getTemplate().getSpec();
    }

    private static Container container(final Manifests manifests) throws IOException {
        return pod(manifests.only(StatefulSet.class)).getContainers().getFirst();
    }

    private static List<Probe> probes(final Container container) {
        return List.of(container.getStartupProbe(), container.getLivenessProbe(), container.getReadinessProbe());
    }

    private static Map<String, String> env(final Container container) {
        return container.getEnv().stream()
                .filter(each -> each.getValue() != null)
                .collect(Collectors.toMap(EnvVar::getName, EnvVar::getValue));
    }
}
