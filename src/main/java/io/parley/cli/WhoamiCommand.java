package io.parley.cli;

import io.parley.protocol.JsonPrinter;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "whoami", sortOptions = false, description = "Says who is logged in here; asks the server, too.")
final class WhoamiCommand implements Callable<Integer> {
    private final ParleyCommand parley;

    @Option(names = "--json", description = "As a JSON object.")
    private boolean json;

    WhoamiCommand(final ParleyCommand parley) {
        this.parley = parley;
    }

    @Override
    public Integer call() throws Stop, IOException {
        final var account = parley.account();
        final var profile = account.call(token -> account.rest().profile(token, account.user()));
        final var unsent = account.home().store().unsentCount();
        final var terminal = parley.terminal();
        if (json) {
            final var object = new JsonPrinter()
                    .object()
                    .member("user", profile.user().value())
                    .member("name", profile.name())
                    .member("uid", profile.uid())
                    .member("device", account.login().device().value())
                    .member("nodes", account.nodes().toString())
                    .member("unsent", unsent)
                    .end();
            terminal.print(Printable.json(object.toString()));
        } else {
            terminal.print(profile.user() + " (" + Printable.of(profile.name()) + "), device "
                    + account.login().device() + ", at " + account.nodes());
            if (unsent > 0) {
                terminal.print(unsent + " of your messages have not been sent yet");
            }
        }
        return ExitCode.WELL.number();
    }
}
