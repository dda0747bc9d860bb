package io.parley.cli;

/// What a command's end says to a script. The numbers are documented in docs/cli.md and never change.
enum ExitCode {
    WELL(0, "Done."),
    REFUSED(1, "The server refused it, or the command failed; the message says why."),
    USAGE(2, "The command was not understood."),
    NO_CONNECTION(3, "No node could be reached, or none was able to do it in time."),
    NOT_LOGGED_IN(4, "Nobody is logged in here, or the login has ended: parley login."),
    IN_USE(5, "Another parley has this device's connection, or moves this very file."),
    IN_VAIN(6, "Stored, but the tick that --wait asked for did not come within --timeout.");

    private final int number;
    private final String meaning;

    ExitCode(final int number, final String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    int number() {
        return number;
    }

    String meaning() {
        return meaning;
    }
}
