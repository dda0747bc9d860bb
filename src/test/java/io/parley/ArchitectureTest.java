package io.parley;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.dependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.parley.client.ParleyClient;
import io.parley.client.ParleyRest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Which package may know which, and what may be used where: the map of ARCHITECTURE.md as rules.
final class ArchitectureTest {
    private static final JavaClasses PARLEY = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.parley");

    /// Each package, and all it may know of the others. The root package starts a node and may know all of
    /// them.
    private static final Map<String, Set<String>> KNOWS = Map.ofEntries(
            Map.entry("id", Set.of()),
            Map.entry("content", Set.of()),
            Map.entry("serialization", Set.of()),
            Map.entry("cluster", Set.of("serialization")),
            Map.entry("store", Set.of("content", "cluster")),
            Map.entry("websocket", Set.of()),
            Map.entry("mls", Set.of()),
            Map.entry("protocol", Set.of("id", "content", "mls")),
            Map.entry("conversation", Set.of("id", "content", "serialization", "cluster", "store", "mls")),
            Map.entry("user", Set.of("id", "serialization", "cluster", "store", "conversation")),
            Map.entry("account", Set.of("id", "serialization", "cluster", "store")),
            Map.entry("media", Set.of("id", "content", "cluster", "store", "conversation")),
            Map.entry("keys", Set.of("id", "content", "serialization", "cluster", "store", "mls")),
            Map.entry(
                    "session",
                    Set.of("id", "content", "cluster", "protocol", "websocket", "conversation", "user", "account")),
            Map.entry(
                    "http",
                    Set.of(
                            "id",
                            "content",
                            "cluster",
                            "protocol",
                            "websocket",
                            "conversation",
                            "user",
                            "account",
                            "keys",
                            "media",
                            "mls",
                            "store",
                            "session")),
            Map.entry(
                    "ops",
                    Set.of("id", "cluster", "store", "protocol", "conversation", "user", "account", "session", "http")),
            Map.entry("client", Set.of("id", "content", "protocol")),
            Map.entry("bench", Set.of("id", "content", "protocol", "client")),
            Map.entry("cli", Set.of("id", "content", "protocol", "client")));

    /// The classes of the command line that decide what is printed.
    private static final Set<String> CLI_DECISIONS = Set.of(
            "ChatView",
            "ChatLine",
            "Feed",
            "TextFeed",
            "JsonFeed",
            "Lines",
            "BodyText",
            "Printable",
            "Since",
            "Whom",
            "Amount");

    /// The packages of entities and sessions, and the classes in them that may know Pekko. All others decide or
    /// are decided about: plain Java that the simulator runs as well.
    private static final Map<String, Set<String>> ACTORS = Map.of(
            "conversation", Set.of("Conversation", "ConversationLog"),
            "user", Set.of("User"),
            "session", Set.of("Session", "Connections"),
            "account", Set.of("Account", "Accounts"),
            "keys", Set.of("Keys", "KeyDirectory"));

    @TestFactory
    Stream<DynamicTest> a_package_knows_only_those_it_may_know() {
        final var used = new HashMap<String, Set<String>>();
        for (final var kind : PARLEY) {
            kind.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass())
                    .filter(target -> target.getPackageName().startsWith("io.parley"))
                    .forEach(target -> used.computeIfAbsent(part(kind), _ -> new TreeSet<>())
                            .add(part(target)));
        }
        return packages()
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    final var allowed = KNOWS.get(name);
                    assertTrue(allowed != null, "a new package: say here what it may know");
                    final var beyond = new TreeSet<>(used.getOrDefault(name, Set.of()));
                    beyond.remove(name);
                    beyond.removeAll(allowed == null ? Set.of() : allowed);
                    assertEquals(Set.of(), beyond, name + " may not know these");
                }));
    }

    @Test
    void packages_do_not_know_each_other_in_a_circle() {
        slices().matching("io.parley.(*)..").should().beFreeOfCycles().check(PARLEY);
    }

    @Test
    void names_contents_and_the_wire_know_no_actors_and_no_libraries_but_jackson() {
        for (final var free : List.of("id", "content", "protocol")) {
            classes()
                    .that(resideInAPackage("io.parley." + free))
                    .should()
                    .onlyDependOnClassesThat(
                            resideInAnyPackage("io.parley..", "java..", "com.fasterxml.jackson..", "org.jspecify.."))
                    .check(PARLEY);
        }
    }

    @Test
    void the_reader_of_mls_knows_no_library_at_all() {
        classes()
                .that(resideInAPackage("io.parley.mls"))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("io.parley.mls", "java..", "org.jspecify.."))
                .check(PARLEY);
    }

    @Test
    void whatever_decides_knows_no_pekko() {
        ACTORS.forEach((name, actors) -> noClasses()
                .that(resideInAPackage("io.parley." + name).and(areNot(actors)))
                .should()
                .dependOnClassesThat(resideInAPackage("org.apache.pekko.."))
                .check(PARLEY));
    }

    @Test
    void rules_and_states_have_no_clock_and_no_chance() {
        noClasses()
                .that()
                .haveSimpleNameEndingWith("Rules")
                .or()
                .haveSimpleNameEndingWith("State")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(
                        Clock.class, InstantSource.class, Random.class, ThreadLocalRandom.class, SecureRandom.class)
                .check(PARLEY);
        noClasses()
                .that()
                .haveSimpleNameEndingWith("Rules")
                .should()
                .callMethod(Instant.class, "now")
                .check(PARLEY);
    }

    @Test
    void what_decides_on_the_command_line_knows_no_terminal_and_no_network() {
        noClasses()
                .that(resideInAPackage("io.parley.cli").and(DescribedPredicate.not(areNot(CLI_DECISIONS))))
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("io.parley.cli.Terminal")
                .orShould()
                .dependOnClassesThat(resideInAnyPackage("picocli..", "java.nio..", "java.net.http.."))
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(ParleyClient.class, ParleyRest.class)
                .check(PARLEY);
        noClasses()
                .that()
                .resideOutsideOfPackage("io.parley.cli")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("picocli..")
                .check(PARLEY);
    }

    @Test
    void only_sessions_and_requests_see_frames_and_commands() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.parley.session..", "io.parley.http..", "io.parley.ops..") // operators ask too
                .should(dependOnClassesThat(resideInAPackage("io.parley.protocol"))
                        .and(dependOnClassesThat(
                                resideInAnyPackage("io.parley.conversation", "io.parley.user", "io.parley.account"))))
                .check(PARLEY);
    }

    @Test
    void nobody_knows_the_node_itself() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.parley")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.parley")
                .check(PARLEY);
    }

    @Test
    void logs_go_through_the_log_and_only_programs_print() {
        NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(PARLEY);
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("io.parley.Main")
                .and()
                .doNotHaveFullyQualifiedName("io.parley.cli.ParleyCommand")
                .and()
                .resideOutsideOfPackage("io.parley.bench")
                .should(ACCESS_STANDARD_STREAMS)
                .check(PARLEY);
    }

    @Test
    void nothing_sleeps() {
        noClasses().should().callMethod(Thread.class, "sleep", long.class).check(PARLEY);
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class, int.class)
                .check(PARLEY);
        noClasses().should().callMethod(Thread.class, "sleep", Duration.class).check(PARLEY);
    }

    @Test
    void a_class_is_named_after_its_part_in_the_story() {
        for (final var empty : List.of("Manager", "Helper", "Util", "Utils", "Impl", "Data", "Info")) {
            noClasses()
                    .that()
                    .doNotHaveSimpleName("GroupInfo") // RFC 9420's own word
                    .should()
                    .haveSimpleNameEndingWith(empty)
                    .check(PARLEY);
        }
    }

    @Test
    void every_package_is_free_of_nulls() {
        assertEquals(
                List.of(),
                Stream.concat(
                                Stream.of(PARLEY.getPackage("io.parley")),
                                PARLEY.getPackage("io.parley").getSubpackagesInTree().stream())
                        .filter(each -> !each.isAnnotatedWith(NullMarked.class))
                        .map(JavaPackage::getName)
                        .toList());
    }

    private static Stream<String> packages() {
        return PARLEY.stream()
                .map(ArchitectureTest::part)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new))
                .stream();
    }

    /// The package below `io.parley` that a class belongs to; empty for the root.
    private static String part(final JavaClass kind) {
        final var name = kind.getPackageName();
        return name.equals("io.parley")
                ? ""
                : name.substring("io.parley.".length()).split("\\.", -1)[0];
    }

    private static DescribedPredicate<JavaClass> areNot(final Set<String> names) {
        return DescribedPredicate.describe("are not " + names, kind -> {
            var outermost = kind;
            while (outermost.getEnclosingClass().isPresent()) {
                outermost = outermost.getEnclosingClass().get();
            }
            return !names.contains(outermost.getSimpleName());
        });
    }
}
