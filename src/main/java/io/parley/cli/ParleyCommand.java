package io.parley.cli;

import io.parley.client.FileTransfers;
import io.parley.client.ParleyRest;
import io.parley.id.UserId;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// The program `parley`: what every command shares, and its start.
@Command(
        name = "parley",
        description = "Messages from the command line: to people on Parley, from you and your scripts.",
        synopsisSubcommandLabel = "COMMAND",
        sortOptions = false,
        footer = {
            "",
            "Conversations are in plain text: there is no end-to-end encryption on the command line yet.",
            "",
            "PARLEY_NODES and PARLEY_USER stand for the options, PARLEY_PASSWORD for the question.",
            "Below XDG_STATE_HOME (~/.local/state) logins and unsent messages are kept.",
            "NO_COLOR: output without colours."
        })
public final class ParleyCommand implements Runnable {
    private static final String OUT = "out";
    private static final String IN = "in";
    private static final String ERR = "err";

    private final Surroundings surroundings;

    @Option(
            names = "--nodes",
            paramLabel = "URL[,URL…]",
            scope = ScopeType.INHERIT,
            description =
                    "The nodes to talk to, one or more; any will do. Default: $PARLEY_NODES, or " + Nodes.DEFAULT + ".")
    private String nodes = "";

    @Option(
            names = "--user",
            paramLabel = "USER",
            scope = ScopeType.INHERIT,
            description = "Whose login to use. Default: $PARLEY_USER, or who logged in last.")
    private String user = "";

    @CommandLine.Spec
    private @Nullable CommandSpec spec;

    ParleyCommand(final Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    public static void main(final String[] arguments) {
        final var out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        final var err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        final var terminals = terminals();
        final var environment = System.getenv();
        final var colour = terminals.contains(OUT)
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !"dumb".equals(environment.get("TERM"));
        final var terminal = new Terminal(
                System.in,
                out,
                err,
                terminals.contains(IN),
                terminals.contains(ERR),
                colour,
                ParleyCommand::readHidden);
        final var code = run(Surroundings.ofThisProcess(terminal, environment), arguments);
        out.flush();
        System.exit(code);
    }

    /// Which of the standard streams are terminals; the script that starts this knows, the JDK only about all.
    private static Set<String> terminals() {
        final var told = System.getProperty("parley.terminals");
        if (told != null) {
            return Set.copyOf(Arrays.asList(told.split(",", -1)));
        }
        return console().isPresent() ? Set.of(IN, OUT, ERR) : Set.of();
    }

    private static Optional<char[]> readHidden(final String prompt) {
        return console().flatMap(console -> Optional.ofNullable(console.readPassword("%s", prompt)));
    }

    /// Where a person sits at both ends.
    private static Optional<Console> console() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal);
    }

    /// Runs with these arguments. Returns the exit code.
    static int run(final Surroundings surroundings, final String... arguments) {
        final var terminal = surroundings.terminal();
        final var root = new ParleyCommand(surroundings);
        final var line = new CommandLine(root);
        line.addSubcommand(new RegisterCommand(root))
                .addSubcommand(new LoginCommand(root))
                .addSubcommand(new LogoutCommand(root))
                .addSubcommand(new WhoamiCommand(root))
                .addSubcommand(new SendCommand(root))
                .addSubcommand(new FetchCommand(root))
                .addSubcommand(new TailCommand(root))
                .addSubcommand(new ChatCommand(root))
                .addSubcommand(new HistoryCommand(root))
                .addSubcommand(new ChatsCommand(root))
                .addSubcommand(new DevicesCommand(root))
                .addSubcommand(new CommandLine.HelpCommand());
        final var codes = new LinkedHashMap<String, String>();
        for (final var code : ExitCode.values()) {
            codes.put(Integer.toString(code.number()), code.meaning());
        }
        all(line, each -> {
            if (!(each.getCommand() instanceof CommandLine.HelpCommand)) { // has it already
                each.getCommandSpec()
                        .addOption(OptionSpec.builder("-h", "--help")
                                .usageHelp(true)
                                .description("Shows this.")
                                .build());
            }
            each.getCommandSpec().usageMessage().optionListHeading("%nOptions:%n");
        });
        line.getCommandSpec()
                .usageMessage()
                .commandListHeading("%nCommands:%n")
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(codes);
        return line.setExpandAtFiles(false) // people write to @somebody
                .setParameterExceptionHandler((mistake, _) -> misunderstood(terminal, mistake))
                .setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        terminal.colour() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
                .setUsageHelpWidth(100)
                .setExecutionExceptionHandler((thrown, _, _) -> {
                    final var why = Stop.of(thrown);
                    final var message = String.valueOf(why.getMessage());
                    if (!message.isEmpty()) {
                        terminal.note("parley: " + Printable.of(message));
                    }
                    return why.code().number();
                })
                .execute(arguments);
    }

    /// A line on what was wrong and one on where to look, instead of the whole usage.
    private static int misunderstood(final Terminal terminal, final CommandLine.ParameterException mistake) {
        final var command = mistake.getCommandLine().getCommandSpec();
        terminal.note("parley: " + Printable.of(String.valueOf(mistake.getMessage())));
        if (mistake instanceof final CommandLine.UnmatchedArgumentException unmatched
                && !unmatched.getSuggestions().isEmpty()) {
            terminal.note("parley: perhaps " + String.join(" or ", unmatched.getSuggestions()) + "?");
        }
        terminal.note("parley: see parley help" + (command.parent() == null ? "" : " " + command.name()));
        return ExitCode.USAGE.number();
    }

    private static void all(final CommandLine line, final Consumer<CommandLine> what) {
        what.accept(line);
        line.getSubcommands().values().forEach(each -> all(each, what));
    }

    /// Without a command.
    @Override
    public void run() {
        if (spec != null) {
            throw new CommandLine.ParameterException(spec.commandLine(), "say what to do");
        }
    }

    Surroundings surroundings() {
        return surroundings;
    }

    Terminal terminal() {
        return surroundings.terminal();
    }

    Nodes nodes() throws Stop {
        return Nodes.parse(
                nodes.isEmpty() ? surroundings.variable("PARLEY_NODES").orElse(Nodes.DEFAULT) : nodes);
    }

    ParleyRest rest() throws Stop {
        return new ParleyRest(nodes().addresses(), surroundings.runtime());
    }

    Home home() throws Stop {
        return new Home(surroundings.state(), nodes());
    }

    /// The account a command acts for.
    Account account() throws Stop, IOException {
        final var named = user.isEmpty() ? surroundings.variable("PARLEY_USER") : Optional.of(user);
        final Optional<UserId> who = named.isPresent() ? Optional.of(userId(named.get())) : home().current();
        final var nodes = nodes();
        final var home = home().of(who.orElseThrow(() -> Stop.notLoggedIn(nodes)));
        final var login = home.login();
        if (login.isEmpty()) {
            throw Stop.notLoggedIn(nodes);
        }
        final var rest = rest();
        return new Account(nodes, home, login.get(), rest, new StoredTokens(home, rest, surroundings.clock()));
    }

    /// What moves the files of an account.
    ///
    /// @param patience how long without a byte that arrives
    FileTransfers transfers(final Account account, final Duration patience) {
        return new FileTransfers(
                account.nodes().addresses(),
                account.tokens(),
                account.home().uploads(),
                patience,
                Live.SETTINGS,
                surroundings.runtime());
    }

    static UserId userId(final String spelt) throws Stop {
        return UserId.parse(spelt)
                .orElseThrow(() -> new Stop(
                        ExitCode.USAGE,
                        "'" + Printable.of(spelt)
                                + "' is no user: 2 to 32 of a-z 0-9 . _ -, beginning with a letter or digit"));
    }

    Lines lines(final UserId self) {
        return new Lines(self, surroundings.zone(), terminal().colour());
    }

    /// The password: from `PARLEY_PASSWORD`, asked of the person, or the input's next line.
    String password(final String prompt) throws Stop, IOException {
        final var variable = surroundings.variable("PARLEY_PASSWORD");
        if (variable.isPresent()) {
            return variable.get();
        }
        final var typed = terminal().inIsTerminal()
                ? terminal().readHidden(prompt)
                : terminal().readLine();
        return typed.filter(password -> !password.isEmpty())
                .orElseThrow(() -> new Stop(
                        ExitCode.USAGE,
                        "no password: type it, give it on the standard input, or in PARLEY_PASSWORD"
                                + (terminal().inIsTerminal()
                                        ? " (it cannot be asked for where the output is no terminal)"
                                        : "")));
    }

    /// Whether a password would be asked of a person.
    boolean asksForPassword() {
        return surroundings.variable("PARLEY_PASSWORD").isEmpty() && terminal().inIsTerminal();
    }
}
