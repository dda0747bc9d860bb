package io.parley.scenario;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;

/// What an encrypted message costs the node beside a plain one: two pairs of people, the one encrypted, take
/// turns on one node, one message at a time, and the processor time of the node is read from the operating
/// system. The first rounds warm it up and do not count.
final class EncryptedCost {
    private static final int WARM_UP = 3;
    private static final int EACH = 1_500;
    private static final int ACKNOWLEDGED_EVERY = 100;
    private static final String TEXT = "See you at eight, at the usual place?";

    private record Pair(Device from, Device to) {}

    private record Round(double cpuMillis, double millis) {}

    private EncryptedCost() {}

    /// Prints a line for each round, and the medians.
    ///
    /// @param arguments how many rounds count
    public static void main(final String[] arguments) throws IOException {
        final int rounds = arguments.length == 0 ? 7 : Integer.parseInt(arguments[0]);
        final var data = Files.createTempDirectory("parley-cost");
        try (var node = NodeProcess.start(data, Map.of("PARLEY_RATE_LIMITS", "off"));
                var world = new World(node)) {
            final var plain = new Pair(world.person("ada"), world.person("bo"));
            final var one = new Phone(world, world.person("cy"));
            final var other = new Phone(world, world.person("di"));
            final var encrypted = new Pair(one.device, other.device);
            final var talk = World.between(one.device, other.device);
            one.mls.begins(talk + "/1");
            final var first = one.mls.commits(List.of(other.mls), List.of());
            one.commits("c-1", talk, first).expect(201);
            one.mls.merges(first);
            final var plainly = new ArrayList<Round>();
            final var encryptedly = new ArrayList<Round>();
            for (int round = 0; round < WARM_UP + rounds; round++) {
                final var said = new ArrayList<ObjectNode>();
                for (int n = 0; n < EACH; n++) { // before the clock runs: that is the client's work
                    said.add(one.message("e-" + round + "-" + n, TEXT, encrypted.to()));
                }
                final var ofPlain = measure(node, plain, n -> Device.message("p-" + n, TEXT, plain.to()), round);
                final var ofEncrypted = measure(node, encrypted, n -> said.get(n % EACH), round);
                if (round >= WARM_UP) {
                    plainly.add(ofPlain);
                    encryptedly.add(ofEncrypted);
                    print("plain", ofPlain);
                    print("encrypted", ofEncrypted);
                }
            }
            System.out.printf(
                    Locale.ROOT,
                    "encrypted : plain, medians of %d rounds of %d messages: CPU %.2f, time %.2f%n",
                    rounds,
                    EACH,
                    median(encryptedly.stream().map(Round::cpuMillis).toList())
                            / median(plainly.stream().map(Round::cpuMillis).toList()),
                    median(encryptedly.stream().map(Round::millis).toList())
                            / median(plainly.stream().map(Round::millis).toList()));
        }
        System.exit(0);
    }

    private static Round measure(
            final NodeProcess node, final Pair pair, final IntFunction<ObjectNode> messages, final int round)
            throws IOException {
        final double cpu = cpuMillis(node.pid());
        final long began = System.nanoTime();
        for (int n = 0; n < EACH; n++) {
            final var sent = pair.from().sends(messages.apply(round * EACH + n));
            if (sent.seq() % ACKNOWLEDGED_EVERY == 0) {
                pair.to()
                        .socket()
                        .say(Device.frame("delivered")
                                .put("conversation", sent.conversation())
                                .put("seq", sent.seq()));
            }
        }
        return new Round((cpuMillis(node.pid()) - cpu) / EACH, (System.nanoTime() - began) / 1e6 / EACH);
    }

    /// proc(5): user and system time in ticks of 10 ms.
    private static double cpuMillis(final long pid) throws IOException {
        final var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        final var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return 10.0 * (Long.parseLong(fields[11]) + Long.parseLong(fields[12]));
    }

    private static double median(final List<Double> values) {
        final var sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    private static void print(final String what, final Round round) {
        System.out.printf(
                Locale.ROOT, "%-10s CPU %.3f ms, %.3f ms a message%n", what, round.cpuMillis(), round.millis());
    }
}
