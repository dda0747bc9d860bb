package io.parley.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "logout",
        sortOptions = false,
        description = "Unlinks this device and forgets everything that is kept of it here. Without the server's answer "
                + "nothing is forgotten.")
final class LogoutCommand implements Callable<Integer> {
    private final ParleyCommand parley;

    @Option(names = "--discard", description = "Also where messages have not been sent yet: they are lost.")
    private boolean discard;

    LogoutCommand(final ParleyCommand parley) {
        this.parley = parley;
    }

    @Override
    public Integer call() throws Stop, IOException {
        final var account = parley.account();
        final var home = account.home();
        try (var _ = home.connection().take("logout")) {
            final var unsent = home.store().unsentCount();
            if (unsent > 0 && !discard) {
                throw new Stop(
                        ExitCode.USAGE,
                        unsent + " of your messages have not been sent yet: 'parley tail' sends them, 'parley logout "
                                + "--discard' loses them");
            }
            try {
                account.call(token -> account.rest().logout(token).thenApply(done -> true));
            } catch (final Stop why) {
                if (why.code() != ExitCode.NOT_LOGGED_IN) { // it had ended already
                    throw why;
                }
            }
            try (var _ = home.tokens().await()) {
                home.clear();
            }
            parley.terminal().print("logged out " + account.user());
        }
        return ExitCode.WELL.number();
    }
}
