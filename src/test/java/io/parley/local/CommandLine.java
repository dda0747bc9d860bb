package io.parley.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// What `bin/cassandra` and `bin/cluster` have in common: help, exit codes, and one command at a time.
///
/// @param name as it is called
record CommandLine(String name, String help) {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int MISUSED = 2;
    static final int NOT_ALL_UP = 3;

    /// The command line says something that there is not.
    static final class Misuse extends RuntimeException {
        private static final long serialVersionUID = 1;

        Misuse(final String sentence) {
            super(sentence);
        }
    }

    /// What is done, with its exit code.
    interface Commands {
        /// Does it.
        ///
        /// @param command the first word
        /// @param rest those behind it
        int perform(String command, List<String> rest) throws IOException;
    }

    /// A part of it that nobody else does meanwhile.
    interface Work {
        int perform() throws IOException;
    }

    int run(final List<String> words, final Commands commands) {
        if (words.isEmpty() || words.getFirst().equals("help") || words.contains("--help")) {
            System.out.print(help);
            return words.isEmpty() ? MISUSED : DONE;
        }
        try {
            return commands.perform(words.getFirst(), words.subList(1, words.size()));
        } catch (final Misuse wrong) {
            System.err.println(name + ": " + wrong.getMessage() + "; " + name + " help says what there is");
            return MISUSED;
        } catch (final LocalTrouble | IOException trouble) {
            System.err.println(name + ": " + trouble.getMessage());
            return FAILED;
        }
    }

    /// Two commands at once would start a process twice.
    ///
    /// @param lock a file
    int alone(final Path lock, final Work work) throws IOException {
        final var parent = lock.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        try (var channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var held = channel.tryLock()) {
            if (held == null) {
                throw new LocalTrouble(atWork(lock));
            }
            return work.perform();
        } catch (final OverlappingFileLockException impossible) {
            throw new LocalTrouble(atWork(lock), impossible);
        }
    }

    private static String atWork(final Path lock) {
        return "another command is at work there: it holds " + lock;
    }

    /// The only word there is.
    static int theNumber(final List<String> rest) {
        if (rest.size() != 1) {
            throw new Misuse("say which node, by its number");
        }
        return number(rest.getFirst());
    }

    static int number(final String word) {
        try {
            final int number = Integer.parseInt(word);
            if (number > 0) {
                return number;
            }
        } catch (final NumberFormatException none) {
            // as below
        }
        throw new Misuse(word + " is no number from 1 on");
    }

    static void none(final List<String> rest) {
        if (!rest.isEmpty()) {
            throw new Misuse("nothing is known about " + String.join(" ", rest));
        }
    }
}
