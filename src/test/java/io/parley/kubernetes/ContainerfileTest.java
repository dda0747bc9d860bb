package io.parley.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigResolveOptions;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The image is made of what the build makes, and fits the manifests.
final class ContainerfileTest {
    /// One line of it, with those that continue it.
    private record Instruction(String word, String rest) {
        String[] words() {
            return rest.split("\\s+", -1);
        }
    }

    private static final Set<String> KNOWN =
            Set.of("FROM", "RUN", "COPY", "WORKDIR", "ENV", "USER", "EXPOSE", "ENTRYPOINT");

    private static List<Instruction> instructions() throws IOException {
        final var text = Files.readString(Path.of("Containerfile"))
                .replaceAll("(?m)^#.*\\n", "")
                .replaceAll("\\\\\\n\\s*", "");
        final var instructions = new ArrayList<Instruction>();
        for (final var line : text.lines().filter(each -> !each.isBlank()).toList()) {
            final int space = line.indexOf(' ');
            final var instruction = new Instruction(line.substring(0, space), line.substring(space + 1));
            assertTrue(KNOWN.contains(instruction.word()), line);
            instructions.add(instruction);
        }
        return instructions;
    }

    /// From the last `FROM` on: what runs.
    private static List<Instruction> image() throws IOException {
        final var all = instructions();
        int from = 0;
        for (int i = 0; i < all.size(); i++) {
            from = all.get(i).word().equals("FROM") ? i : from;
        }
        return all.subList(from, all.size());
    }

    private static Instruction last(final String word) throws IOException {
        return image().reversed().stream()
                .filter(each -> each.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + word));
    }

    private static List<String> entryPoint() throws IOException {
        return Arrays.asList(new ObjectMapper().readValue(last("ENTRYPOINT").rest(), String[].class));
    }

    @Test
    void what_is_copied_from_here_is_here_and_what_is_copied_from_the_build_is_made_by_it() throws IOException {
        final var sent = Files.readAllLines(Path.of(".containerignore"));
        assertEquals("*", sent.getFirst(), "nothing but what is named");
        final var steps = new TreeSet<String>();
        final var made = new TreeSet<String>();
        for (final var instruction : instructions()) {
            if (instruction.word().equals("FROM") && instruction.words().length == 3) {
                steps.add(instruction.words()[2]);
            }
            Pattern.compile("(?:-DoutputDirectory=|--create .*--file )(\\S+)")
                    .matcher(instruction.rest())
                    .results()
                    .forEach(directory -> made.add("/build/" + directory.group(1)));
            if (instruction.word().equals("COPY")) {
                final var words = instruction.words();
                if (!words[0].startsWith("--from=")) {
                    assertTrue(Files.exists(Path.of(words[0])), words[0]);
                    assertTrue(sent.contains("!" + words[0]), words[0] + " is not sent to the build");
                } else if (words[0].equals("--from=build")) {
                    assertTrue(made.contains(words[1]), words[1] + " of " + made);
                } else {
                    assertTrue(steps.contains(words[0].substring("--from=".length())), words[0]);
                }
            }
        }
        assertTrue(Files.exists(Path.of("target", "classes", "io", "parley", "Main.class")), "as the build makes it");
    }

    @Test
    void it_runs_as_the_user_that_the_manifests_name_and_not_as_root() throws IOException {
        final var pod = Manifests.of(Path.of("k8s", "one-node"))
                .only(StatefulSet.class)
                .getSpec()
                .getTemplate()
                .getSpec();
        assertEquals(
                pod.getSecurityContext().getRunAsUser() + ":"
                        + pod.getSecurityContext().getRunAsGroup(),
                last("USER").rest());
        assertFalse(last("USER").rest().startsWith("0"));
    }

    @Test
    void its_ports_are_those_of_the_manifests() throws IOException {
        final var container = Manifests.of(Path.of("k8s", "cluster"))
                .only(StatefulSet.class)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst();
        assertEquals(
                new TreeSet<>(container.getPorts().stream()
                        .map(ContainerPort::getContainerPort)
                        .map(String::valueOf)
                        .toList()),
                new TreeSet<>(List.of(last("EXPOSE").words())));
    }

    @Test
    void it_starts_parley_as_the_build_does_and_with_a_file_of_settings_that_is_there() throws IOException {
        final var command = entryPoint();
        final var flags =
                Pattern.compile("<jvm\\.flags>(.*)</jvm\\.flags>").matcher(Files.readString(Path.of("pom.xml")));
        assertTrue(flags.find());
        assertTrue(command.containsAll(List.of(flags.group(1).split(" ", -1))), command.toString());
        assertEquals("io.parley.Main", command.getLast());
        final var copied = image().stream()
                .filter(each -> each.word().equals("COPY"))
                .map(each -> each.words()[each.words().length - 1])
                .toList();
        final var learns = image().stream()
                .filter(each -> each.word().equals("RUN"))
                .map(Instruction::rest)
                .collect(Collectors.joining(" && "));
        assertEquals("@/opt/parley/class-path", command.get(command.indexOf("-cp") + 1));
        assertTrue(learns.contains("> /opt/parley/class-path"), learns);
        assertTrue(learns.contains(flags.group(1)), learns);
        assertTrue(command.contains("-XX:AOTCache=/opt/parley/parley.aot"), command.toString());
        for (final var place : List.of("/opt/parley/parley.jar", "/opt/parley/lib", "/opt/parley/learn-start")) {
            assertTrue(copied.contains(place) && learns.contains(place), place + " of " + copied);
        }
        assertTrue(command.contains("-Dconfig.file=/etc/parley/parley.conf"));
        assertTrue(copied.contains("/etc/parley/parley.conf"));
        assertEquals(
                8080,
                ConfigFactory.parseFile(Path.of("ops", "image", "parley.conf").toFile())
                        .resolve(ConfigResolveOptions.noSystem())
                        .getInt("parley.port"));
    }
}
