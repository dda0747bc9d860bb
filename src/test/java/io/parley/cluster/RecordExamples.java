package io.parley.cluster;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.DynamicTest;

/// A test for every record of some families of the program, with values made up from its components.
final class RecordExamples {
    private static final int EACH = 20;

    private RecordExamples() {}

    /// What must hold of a value.
    interface Check {
        void holdsOf(Object value, String seed) throws Exception;
    }

    /// One test a kind.
    static Stream<DynamicTest> tests(final List<Class<?>> kinds, final ActorTestKit kit, final Check check) {
        final long seed = System.nanoTime();
        return kinds.stream()
                .map(kind -> DynamicTest.dynamicTest(kind.getName(), () -> {
                    final var values = new RandomRecords(
                            new Random(seed), kit.createTestProbe(Object.class).ref());
                    for (int i = 0; i < EACH; i++) {
                        check.holdsOf(values.value(kind), "seed " + seed);
                    }
                }));
    }

    /// The records of the program that are of one of `families`.
    static List<Class<?>> kinds(final Class<?>... families) {
        return concrete(families)
                .filter(JavaClass::isRecord)
                .<Class<?>>map(JavaClass::reflect)
                .toList();
    }

    /// All of the program that can be made and are of one of `families`.
    static Stream<JavaClass> concrete(final Class<?>... families) {
        return new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.parley").stream()
                        .filter(kind ->
                                !kind.isInterface() && Arrays.stream(families).anyMatch(kind::isAssignableTo));
    }
}
