package io.parley.cli;

import io.parley.client.Login;
import io.parley.client.NewDevice;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "login",
        sortOptions = false,
        description = "Logs in, as a device of the account's; the same device again if it was one. The password is "
                + "asked for, or read from PARLEY_PASSWORD or the standard input.")
final class LoginCommand implements Callable<Integer> {
    static final String DEVICE = "command line";

    private final ParleyCommand parley;

    @Parameters(paramLabel = "USER", description = "Who you are.")
    private String user = "";

    @Option(
            names = "--device",
            paramLabel = "NAME",
            defaultValue = DEVICE,
            description = "What your list of devices calls this one. Default: ${DEFAULT-VALUE}.")
    private String device = DEVICE;

    @Option(
            names = "--replace",
            paramLabel = "DEVICE",
            description = "The id of a device to unlink, where 16 are linked already.")
    private String replace = "";

    LoginCommand(final ParleyCommand parley) {
        this.parley = parley;
    }

    @Override
    public Integer call() throws Stop, IOException {
        final var who = ParleyCommand.userId(user);
        final var unlinked = replace.isEmpty() ? Optional.<DeviceId>empty() : Optional.of(deviceId(replace));
        return logIn(parley, who, parley.password("Password for " + who + ": "), device, unlinked);
    }

    static DeviceId deviceId(final String spelt) throws Stop {
        return DeviceId.parse(spelt)
                .orElseThrow(() -> new Stop(
                        ExitCode.USAGE,
                        "'" + Printable.of(spelt) + "' is no device: 16 lower-case hexadecimal digits"));
    }

    static int logIn(
            final ParleyCommand parley,
            final UserId who,
            final String password,
            final String device,
            final Optional<DeviceId> replace)
            throws Stop, IOException {
        final var home = parley.home().of(who);
        try (var _ = home.connection().take("login"); // its tokens end, and with them its connection
                var _ = home.tokens().await()) {
            final var again = home.login().map(Login::device);
            final var login = Stop.orResult(
                    parley.rest().login(who, password, new NewDevice(again, device, "command line"), replace));
            home.keep(login);
            parley.home().makeCurrent(who);
            parley.terminal().print("logged in as " + login.user() + ", device " + login.device());
        }
        return ExitCode.WELL.number();
    }
}
