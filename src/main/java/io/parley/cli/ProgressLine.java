package io.parley.cli;

import io.parley.client.TransferListener;
import java.time.Duration;

/// How a transfer goes, in one line that is written over again and again.
final class ProgressLine implements TransferListener {
    private final Terminal terminal;
    private final String name;
    private final boolean shown;
    private volatile long done;
    private volatile long total;

    /// @param name  of the file, to be shown
    /// @param shown whether somebody wants to see it
    ProgressLine(final Terminal terminal, final String name, final boolean shown) {
        this.terminal = terminal;
        this.name = Printable.of(name);
        this.shown = shown && terminal.errIsTerminal();
    }

    @Override
    public void progress(final Phase phase, final long doneNow, final long totalNow) {
        total = totalNow;
        if (phase == Phase.MOVING) {
            done = doneNow;
        }
        show((phase == Phase.HASHING ? "reading " : "") + part(doneNow, totalNow));
    }

    @Override
    public void waiting(final Duration wait, final String why) {
        if (wait.toMillis() > 500) {
            show(part(done, total) + ", trying again (" + Printable.of(why) + ")");
        }
    }

    /// How much has arrived, for people.
    String arrived() {
        return part(done, total);
    }

    private static String part(final long done, final long total) {
        final long percent = total == 0 ? 100 : done * 100 / total;
        return Amount.of(done) + " of " + Amount.of(total) + " (" + percent + " %)";
    }

    private void show(final String what) {
        if (shown) {
            terminal.rewrite(name + ": " + what);
        }
    }

    /// Takes the line away.
    void end() {
        if (shown) {
            terminal.rewrite("");
        }
    }
}
