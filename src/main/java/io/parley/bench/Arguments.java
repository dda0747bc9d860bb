package io.parley.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The arguments of a command, taken one by one: `--name value`, or `--name` alone.
public final class Arguments {
    /// A mistake in the arguments, told to whoever typed them.
    public static final class Mistake extends Exception {
        private static final long serialVersionUID = 1L;

        /// @param message one sentence
        public Mistake(final String message) {
            super(message, null, false, false);
        }
    }

    private final List<String> left;

    /// None taken yet.
    public Arguments(final List<String> all) {
        left = new ArrayList<>(all);
    }

    /// Whether `name` is there.
    public boolean flag(final String name) {
        return left.remove(name);
    }

    /// What stands behind `name`.
    public Optional<String> text(final String name) throws Mistake {
        final var at = left.indexOf(name);
        if (at < 0) {
            return Optional.empty();
        }
        if (at + 1 >= left.size()) {
            throw new Mistake(name + " needs a value");
        }
        left.remove(at);
        return Optional.of(left.remove(at));
    }

    /// The numbers behind `name`, with commas between them.
    public List<Long> numbers(final String name) throws Mistake {
        final var numbers = new ArrayList<Long>();
        for (final var each : text(name).map(text -> text.split(",", -1)).orElseGet(() -> new String[0])) {
            numbers.add(parsed(each, name + ": whole numbers, with commas"));
        }
        return List.copyOf(numbers);
    }

    /// The number behind `name`.
    public OptionalLong number(final String name) throws Mistake {
        final var text = text(name);
        return text.isPresent() ? OptionalLong.of(parsed(text.get(), name + ": a whole number")) : OptionalLong.empty();
    }

    /// The number behind `name`, from `least` to `most`.
    public long number(final String name, final long otherwise, final long least, final long most) throws Mistake {
        final var number = number(name).orElse(otherwise);
        if (number < least || number > most) {
            throw new Mistake(name + ": from " + least + " to " + most);
        }
        return number;
    }

    private static long parsed(final String text, final String otherwise) throws Mistake {
        try {
            return Long.parseLong(text);
        } catch (final NumberFormatException misspelt) {
            throw new Mistake(otherwise);
        }
    }

    /// All have been taken.
    public void nothingElse() throws Mistake {
        if (!left.isEmpty()) {
            throw new Mistake("unknown: " + left.getFirst() + " (see --help)");
        }
    }
}
