package io.parley.bench;

import io.parley.client.ClientRuntime;
import io.parley.client.Login;
import io.parley.client.NewDevice;
import io.parley.client.ParleyRest;
import io.parley.client.RefreshingTokens;
import io.parley.client.RefusedException;
import io.parley.id.UserId;
import io.parley.protocol.ErrorCode;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// The load driver: `java … io.parley.bench.Load --help`.
///
/// ```
/// PARLEY_RATE_LIMITS=off mvn -q compile exec:exec          # in one terminal
/// java … io.parley.bench.Load --pairs 32 --server-pid 4711  # in another
/// ```
public final class Load {
    private static final int LOGINS_AT_ONCE = 8; // a login costs the node an Argon2id
    private static final Duration READY_MAX = Duration.ofMinutes(2);
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    private static final int CALLBACK_THREADS = 2;
    private static final int WELL = 0;
    private static final int FAULTS = 1;
    private static final int COULD_NOT = 2;

    private final LoadOptions options;
    private final PrintStream out;
    private final Tally tally = new Tally();
    private final String run;
    private final PlayedText texts;

    private Load(final LoadOptions options, final PrintStream out) {
        this.options = options;
        this.out = out;
        this.run = Long.toHexString(options.seed());
        this.texts = new PlayedText(run, options.textBytes());
    }

    public static void main(final String[] arguments) {
        System.exit(run(List.of(arguments), System.out));
    }

    /// Runs with these arguments. Returns the exit code.
    static int run(final List<String> arguments, final PrintStream out) {
        if (arguments.contains("--help")) {
            out.print(LoadOptions.HELP);
            return WELL;
        }
        try {
            return new Load(LoadOptions.parse(arguments, System.nanoTime() & 0xffff_ffff_ffffL), out).play();
        } catch (final Arguments.Mistake mistake) {
            out.println(mistake.getMessage());
        } catch (final IOException | CompletionException | TimeoutException failed) {
            out.println("could not run: " + failed);
        }
        return COULD_NOT;
    }

    private int play() throws IOException, TimeoutException {
        try (var runtime = ClientRuntime.create(CALLBACK_THREADS)) {
            final var players = new ArrayList<Player>();
            try {
                connect(runtime, players);
                final var report = measure(players);
                out.print(report.table());
                out.println(report.json());
                return report.isWell() ? WELL : FAULTS;
            } finally {
                closeAll(players);
            }
        }
    }

    private void connect(final ClientRuntime runtime, final List<Player> players) throws TimeoutException {
        final var rest = new ParleyRest(options.url(0, 0), runtime);
        final var permits = new Semaphore(LOGINS_AT_ONCE);
        final var logins = new ArrayList<CompletableFuture<Login>>();
        for (int i = 0; i < options.pairs(); i++) {
            for (final var side : List.of("a", "b")) {
                permits.acquireUninterruptibly();
                logins.add(login(rest, new UserId(options.userPrefix() + i + side))
                        .whenComplete((login, failure) -> permits.release()));
            }
        }
        for (int i = 0; i < logins.size(); i++) {
            final var other = logins.get(i ^ 1).join().user();
            final var tokens = new RefreshingTokens(rest, logins.get(i).join(), runtime, changed -> {});
            players.add(new Player(options.url(i / 2, i % 2), tokens, other, texts, run, tally, runtime));
        }
        final var ready =
                CompletableFuture.allOf(players.stream().map(Player::ready).toArray(CompletableFuture[]::new));
        ready.orTimeout(READY_MAX.toSeconds(), TimeUnit.SECONDS).join();
        out.println(players.size() + " users connected");
    }

    private static CompletableFuture<Login> login(final ParleyRest rest, final UserId user) {
        final var password = "load-test-" + user.value(); // anybody may know it: these users have nothing to lose
        return rest.register(user, password, Optional.empty())
                .handle((done, failure) -> {
                    if (failure != null && !isConflict(failure)) {
                        throw new CompletionException(failure);
                    }
                    return user;
                })
                .thenCompose(registered -> rest.login(user, password, NewDevice.named("load")));
    }

    private static boolean isConflict(final Throwable failure) {
        final var cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof final RefusedException refused && refused.code() == ErrorCode.CONFLICT;
    }

    private LoadReport measure(final List<Player> players) throws IOException {
        players.forEach(Player::answerOnly);
        for (int i = 0; i < players.size(); i += 2) {
            players.get(i).play(options.inFlight());
        }
        await(options.warmUp(), () -> false);
        final var serverBefore = serverSeconds();
        final var ownBefore = Cpu.seconds(ProcessHandle.current().pid());
        final var beforeNanos = System.nanoTime();
        tally.measure(true);
        await(options.measured(), () -> false);
        tally.measure(false);
        final var nanos = System.nanoTime() - beforeNanos;
        final var own = Cpu.seconds(ProcessHandle.current().pid()) - ownBefore;
        final var server = serverSeconds() - serverBefore;
        players.forEach(Player::stop);
        await(options.drain(), () -> isQuiet(players));
        return LoadReport.of(options, tally, players, nanos, server, own);
    }

    private double serverSeconds() throws IOException {
        double seconds = 0;
        for (final long pid : options.serverPids()) {
            seconds += Cpu.seconds(pid);
        }
        return seconds;
    }

    /// Whether everything sent is answered, has arrived and is ticked.
    private static boolean isQuiet(final List<Player> players) {
        for (int i = 0; i < players.size(); i++) {
            final var player = players.get(i);
            if (player.unanswered() > 0
                    || player.unticked() > 0
                    || players.get(i ^ 1).arrivedCount() < player.sentNumber()) {
                return false;
            }
        }
        return true;
    }

    /// Waits until `what` is so, or that long.
    private static void await(final Duration longest, final BooleanSupplier what) {
        final var end = System.nanoTime() + longest.toNanos();
        while (System.nanoTime() - end < 0 && !what.getAsBoolean()) {
            LockSupport.parkNanos(Math.min(LOOK_EVERY.toNanos(), end - System.nanoTime()));
        }
    }

    private static void closeAll(final List<Player> players) {
        final var closings = players.stream()
                .map(player -> Thread.ofVirtual().start(player::close))
                .toList();
        for (final var closing : closings) {
            try {
                closing.join();
            } catch (final InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
