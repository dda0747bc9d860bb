package io.parley.bench;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What the load driver was asked to do.
///
/// @param urls      the nodes; the two of a pair are at neighbours in this list
/// @param drain     how long what is under way at the end may take to arrive
/// @param inFlight  messages of one pair that are under way at once
/// @param textBytes length of each message's text, in ASCII characters
/// @param serverPids processes whose CPU time is read and added up
record LoadOptions(
        List<URI> urls,
        int pairs,
        int inFlight,
        Duration measured,
        Duration warmUp,
        Duration drain,
        int textBytes,
        List<Long> serverPids,
        long seed,
        String userPrefix) {
    static final int PAIRS_MAX = 2_000; // sockets and logins of one machine
    static final int IN_FLIGHT_MAX = 100; // what the server lets one socket have unanswered
    static final int SECONDS_MAX = 3_600;
    static final int TEXT_BYTES_MAX = 4_096;

    static final String HELP = """
            Measures a Parley node: pairs of users that answer each other over real sockets, each message checked once and
            in order. Exits with 0 if all was well, 1 if a message was lost, doubled or out of order, 2 if it could not run.

              java … io.parley.bench.Load [options]

              --url URL,…          the node, or several: the two of a pair are at  (http://127.0.0.1:8080)
                                   different ones
              --pairs N            pairs of users, 1 to 2000                       (32)
              --in-flight K        messages of a pair under way at once, 1 to 100  (1: ping-pong)
              --seconds S          how long to measure, 1 to 3600                  (20)
              --warmup S           how long to run before, 0 to 3600               (5)
              --drain S            how long the last ones may take, 0 to 3600      (30)
              --text-bytes B       length of each text, 32 to 4096                 (100)
              --server-pid PID,…   also measure the CPU time of these processes    (not)
              --seed N             makes the texts and ids of this run             (the time)
              --user-prefix P      users are P0a, P0b, P1a, …                      (load)
              --allow-remote       take a URL that is not this machine's
              --help               this text

            Start the node with PARLEY_RATE_LIMITS=off. Users that exist already must have been made by this program.
            """;

    /// The options that `arguments` spell.
    ///
    /// @param seed where none is given
    static LoadOptions parse(final List<String> arguments, final long seed) throws Arguments.Mistake {
        final var given = new Arguments(arguments);
        final var options = new LoadOptions(
                urls(given.text("--url").orElse("http://127.0.0.1:8080")),
                (int) given.number("--pairs", 32, 1, PAIRS_MAX),
                (int) given.number("--in-flight", 1, 1, IN_FLIGHT_MAX),
                Duration.ofSeconds(given.number("--seconds", 20, 1, SECONDS_MAX)),
                Duration.ofSeconds(given.number("--warmup", 5, 0, SECONDS_MAX)),
                Duration.ofSeconds(given.number("--drain", 30, 0, SECONDS_MAX)),
                (int) given.number("--text-bytes", 100, PlayedText.BYTES_MIN, TEXT_BYTES_MAX),
                given.numbers("--server-pid"),
                given.number("--seed").orElse(seed),
                given.text("--user-prefix").orElse("load"));
        final var remote = given.flag("--allow-remote");
        given.nothingElse();
        for (final var url : options.urls()) {
            if (!remote && !isLoopback(url)) {
                throw new Arguments.Mistake(url.getHost() + " is not this machine; --allow-remote, if it is yours");
            }
        }
        if (!options.userPrefix().matches("[a-z0-9][a-z0-9._-]{0,19}")) {
            throw new Arguments.Mistake("--user-prefix: 1 to 20 of a-z 0-9 . _ -, beginning with a letter or digit");
        }
        return options;
    }

    private static List<URI> urls(final String text) throws Arguments.Mistake {
        final var urls = new ArrayList<URI>();
        for (final var each : text.split(",", -1)) {
            urls.add(url(each));
        }
        return List.copyOf(urls);
    }

    /// Where somebody is connected.
    ///
    /// @param pair from 0
    /// @param side 0 or 1
    URI url(final int pair, final int side) {
        return urls.get((pair + side) % urls.size());
    }

    private static URI url(final String text) throws Arguments.Mistake {
        try {
            final var url = URI.create(text);
            if (url.getHost() != null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
                return url;
            }
        } catch (final IllegalArgumentException misspelt) {
            // said below
        }
        throw new Arguments.Mistake("--url: such as http://127.0.0.1:8080");
    }

    private static boolean isLoopback(final URI url) throws Arguments.Mistake {
        try {
            return InetAddress.getByName(url.getHost()).isLoopbackAddress();
        } catch (final UnknownHostException unknown) {
            throw new Arguments.Mistake("--url: nobody knows " + url.getHost());
        }
    }
}
