package io.parley.faults;

import io.parley.local.LocalClusterSettings.Network;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What `bin/faults` is told.
///
/// @param length  each kind comes once, and then more until so much time has passed
/// @param kinds   which faults there are
/// @param ordered they come in this order; otherwise in that of the seed
/// @param rate    messages a second, of all people together
record FaultOptions(
        Duration length, long seed, List<Kind> kinds, boolean ordered, Flaw flaw, int rate, Network network) {
    private static final int RATE_MAX = 1_000;

    static final String HELP = """
            bin/faults: faults done to a real cluster under load, and what the clients' histories say of it

              --minutes N     each kind of fault once, and then more until so many minutes are over (0)
              --seed N        decides which fault comes when and whom it befalls (another one each time)
              --kinds A,B     only these, first in this order (all):
            %s
              --rate N        messages a second (20)
              --network N     proxies: the network between nodes is held up by proxies, on any machine;
                              packets: the kernel drops packets, in a network namespace of its own: Linux, as
                              root, with nft (proxies)
              --flaw F        the nodes break a promise, which must be found (none):
            %s

            Three nodes on three replicas on addresses of their own; some 5 GiB. Exit code: 0 every promise held;
            1 one did not, or the run came to no end; 2 wrong usage.
            """.formatted(names(Kind.values()), names(Flaw.values()));

    /// The command line says something that there is not.
    static final class Misuse extends RuntimeException {
        private static final long serialVersionUID = 1;

        private Misuse(final String sentence) {
            super(sentence);
        }
    }

    static FaultOptions of(final List<String> words, final long seed) {
        var options =
                new FaultOptions(Duration.ZERO, seed, List.of(Kind.values()), false, Flaw.NONE, 20, Network.PROXIES);
        for (int i = 0; i < words.size(); i += 2) {
            if (i + 1 == words.size()) {
                throw new Misuse(words.get(i) + " lacks what belongs to it");
            }
            options = options.with(words.get(i), words.get(i + 1));
        }
        return options;
    }

    private FaultOptions with(final String option, final String word) {
        return switch (option) {
            case "--minutes" ->
                new FaultOptions(
                        Duration.ofMinutes(number(word, 0, 10_000)), seed, kinds, ordered, flaw, rate, network);
            case "--seed" ->
                new FaultOptions(
                        length, number(word, Long.MIN_VALUE, Long.MAX_VALUE), kinds, ordered, flaw, rate, network);
            case "--kinds" ->
                new FaultOptions(
                        length,
                        seed,
                        Arrays.stream(word.split(","))
                                .map(each -> named(Kind.class, each))
                                .toList(),
                        true,
                        flaw,
                        rate,
                        network);
            case "--rate" ->
                new FaultOptions(length, seed, kinds, ordered, flaw, (int) number(word, 1, RATE_MAX), network);
            case "--flaw" -> new FaultOptions(length, seed, kinds, ordered, named(Flaw.class, word), rate, network);
            case "--network" -> new FaultOptions(length, seed, kinds, ordered, flaw, rate, named(Network.class, word));
            default -> throw new Misuse("there is no " + option);
        };
    }

    private static long number(final String word, final long least, final long most) {
        try {
            final long number = Long.parseLong(word);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (final NumberFormatException none) {
            // as below
        }
        throw new Misuse(word + " is no number from " + least + " to " + most);
    }

    private static <E extends Enum<E>> E named(final Class<E> kind, final String word) {
        return Arrays.stream(kind.getEnumConstants())
                .filter(each -> name(each).equals(word.toLowerCase(Locale.ROOT).replace('_', '-')))
                .findFirst()
                .orElseThrow(() -> new Misuse("there is no " + word));
    }

    private static String name(final Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String names(final Enum<?>[] values) {
        return Arrays.stream(values)
                .map(each -> "                  " + name(each))
                .collect(Collectors.joining("\n"));
    }
}
