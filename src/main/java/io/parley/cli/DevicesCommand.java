package io.parley.cli;

import io.parley.client.LinkedDevice;
import io.parley.protocol.JsonPrinter;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "devices", sortOptions = false, description = "Lists the devices linked to your account.")
final class DevicesCommand implements Callable<Integer> {
    private final ParleyCommand parley;

    @Option(
            names = "--unlink",
            paramLabel = "DEVICE",
            description = "Unlinks this one instead; this device itself goes with 'parley logout'.")
    private String unlink = "";

    @Option(names = "--json", description = "One JSON object per line.")
    private boolean json;

    DevicesCommand(final ParleyCommand parley) {
        this.parley = parley;
    }

    @Override
    public Integer call() throws Stop, IOException {
        final var account = parley.account();
        if (!unlink.isEmpty()) {
            final var device = LoginCommand.deviceId(unlink);
            if (device.equals(account.login().device())) {
                throw new Stop(ExitCode.USAGE, "that is this device: parley logout");
            }
            account.call(token -> account.rest().unlink(token, device).thenApply(done -> true));
            parley.terminal().print("unlinked " + device);
            return ExitCode.WELL.number();
        }
        final var lines = parley.lines(account.user());
        for (final var device : account.call(token -> account.rest().devices(token))) {
            parley.terminal().print(json ? object(device) : line(device, lines));
        }
        return ExitCode.WELL.number();
    }

    static String line(final LinkedDevice device, final Lines lines) {
        return device.device() + "  " + lines.bold(Printable.of(device.name())) + " ("
                + Printable.of(device.platform()) + ")  linked " + lines.dayAndTime(device.linked())
                + device.lastSeen()
                        .map(seen -> "  last seen " + lines.dayAndTime(seen))
                        .orElse("")
                + (device.current() ? "  this one" : "");
    }

    static String object(final LinkedDevice device) {
        final var object = new JsonPrinter()
                .object()
                .member("device", device.device().value())
                .member("name", device.name())
                .member("platform", device.platform())
                .member("linked", device.linked());
        device.lastSeen().ifPresent(seen -> object.member("lastSeen", seen));
        return Printable.json(object.member("current", device.current()).end().toString());
    }
}
