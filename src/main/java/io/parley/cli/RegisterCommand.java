package io.parley.cli;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "register",
        sortOptions = false,
        description = "Makes an account and logs in. The password is asked for, or read from PARLEY_PASSWORD or the "
                + "standard input; it has at least 10 characters.")
final class RegisterCommand implements Callable<Integer> {
    private final ParleyCommand parley;

    @Parameters(paramLabel = "USER", description = "The name people write to: a-z 0-9 . _ -, 2 to 32 of them.")
    private String user = "";

    @Option(names = "--name", paramLabel = "NAME", description = "The name to show. Default: USER.")
    private String name = "";

    @Option(
            names = "--device",
            paramLabel = "NAME",
            defaultValue = LoginCommand.DEVICE,
            description = "What your list of devices calls this one. Default: ${DEFAULT-VALUE}.")
    private String device = LoginCommand.DEVICE;

    RegisterCommand(final ParleyCommand parley) {
        this.parley = parley;
    }

    @Override
    public Integer call() throws Stop, IOException {
        final var who = ParleyCommand.userId(user);
        final var password = parley.password("Password for " + who + ": ");
        if (parley.asksForPassword() && !parley.password("The same again: ").equals(password)) {
            throw new Stop(ExitCode.USAGE, "the two passwords differ; nothing was done");
        }
        Stop.orResult(parley.rest().register(who, password, Optional.of(name).filter(given -> !given.isEmpty())));
        parley.terminal().print("registered " + who);
        return LoginCommand.logIn(parley, who, password, device, Optional.empty());
    }
}
