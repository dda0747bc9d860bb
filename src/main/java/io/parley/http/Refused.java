package io.parley.http;

import io.parley.protocol.ErrorCode;
import io.parley.protocol.FrameException;
import io.parley.session.Frames;
import java.io.Serial;
import java.util.function.Function;

/// A refusal on its way to the client. Unchecked, because it travels through futures; expected, so without a
/// stack trace.
public final class Refused extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    /// Refuses with this document.
    public Refused(final Problem problem) {
        super(problem.code().wire() + ": " + problem.detail(), null, false, false);
        this.problem = problem;
    }

    /// Refuses with the status of the code.
    ///
    /// @param detail for people; never a secret and never what was sent
    public Refused(final ErrorCode code, final String detail) {
        this(Problem.of(code, detail));
    }

    Refused(final Frames.Refused refused) {
        this(Problem.of(refused));
    }

    Problem problem() {
        return problem;
    }

    /// Something that may be refused by the rules of the protocol.
    @FunctionalInterface
    public interface Judging<A, B> {
        B apply(A given) throws FrameException;
    }

    /// `judging`, for futures.
    public static <A, B> Function<A, B> unchecked(final Judging<A, B> judging) {
        return given -> {
            try {
                return judging.apply(given);
            } catch (final FrameException refused) {
                throw new Refused(Problem.of(refused.error()));
            }
        };
    }
}
