package io.parley.faults;

import io.parley.bench.Arguments;
import io.parley.bench.Arguments.Mistake;
import io.parley.local.LocalClusterSettings.Network;
import java.time.Duration;
import java.util.ArrayList;
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
    private static final int MINUTES_MAX = 10_000;
    private static final List<Network> BREAKABLE = List.of(Network.PROXIES, Network.PACKETS);

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

    /// The options that `words` spell.
    ///
    /// @param seed where none is given
    static FaultOptions of(final List<String> words, final long seed) throws Mistake {
        final var given = new Arguments(words);
        final var kinds = given.text("--kinds");
        final var options = new FaultOptions(
                Duration.ofMinutes(given.number("--minutes", 0, 0, MINUTES_MAX)),
                given.number("--seed").orElse(seed),
                kinds.isPresent() ? kinds(kinds.get()) : List.of(Kind.values()),
                kinds.isPresent(),
                named("--flaw", List.of(Flaw.values()), given.text("--flaw").orElse("none")),
                (int) given.number("--rate", 20, 1, RATE_MAX),
                named("--network", BREAKABLE, given.text("--network").orElse("proxies")));
        given.nothingElse();
        return options;
    }

    private static List<Kind> kinds(final String list) throws Mistake {
        final var kinds = new ArrayList<Kind>();
        for (final var each : list.split(",", -1)) {
            kinds.add(named("--kinds", List.of(Kind.values()), each));
        }
        return List.copyOf(kinds);
    }

    private static <E extends Enum<E>> E named(final String option, final List<E> all, final String word)
            throws Mistake {
        return all.stream()
                .filter(each -> name(each).equals(word.toLowerCase(Locale.ROOT).replace('_', '-')))
                .findFirst()
                .orElseThrow(() -> new Mistake(option + ": there is no " + word));
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
