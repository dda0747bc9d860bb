package io.parley.ops;

import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.delete;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.path;
import static org.apache.pekko.http.javadsl.server.Directives.put;
import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.parley.http.Answers;
import io.parley.http.Bodies;
import io.parley.http.Calls;
import io.parley.http.Refused;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.Fields;
import io.parley.protocol.FrameException;
import io.parley.protocol.JsonPrinter;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Route;
import org.slf4j.LoggerFactory;

/// The levels of loggers, until the node ends. What `logback.xml` says counts again when a level is taken back.
final class LogLevels {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_$][A-Za-z0-9_$]*(\\.[A-Za-z_$][A-Za-z0-9_$]*)*");
    private static final int NAME_MAX = 200;

    /// A logger that somebody names is there for ever; a node has some hundreds.
    private static final int LOGGERS_MAX = 10_000;

    private static final Map<String, Level> LEVELS = Map.of(
            "TRACE", Level.TRACE,
            "DEBUG", Level.DEBUG,
            "INFO", Level.INFO,
            "WARN", Level.WARN,
            "ERROR", Level.ERROR,
            "OFF", Level.OFF);

    private final Bodies bodies;
    private final AdminCalls calls;
    private final LoggerContext context;
    private final Map<String, Level> configured;

    /// @throws IllegalStateException if the node logs through anything but Logback
    LogLevels(final Bodies bodies, final AdminCalls calls) {
        this.bodies = bodies;
        this.calls = calls;
        if (!(LoggerFactory.getILoggerFactory() instanceof final LoggerContext logback)) {
            throw new IllegalStateException("the node logs through Logback");
        }
        this.context = logback;
        this.configured = logback.getLoggerList().stream()
                .filter(logger -> logger.getLevel() != null)
                .collect(Collectors.toUnmodifiableMap(Logger::getName, Logger::getLevel));
    }

    Route routes() {
        final var logger = segment("loggers").slash(segment());
        return concat(
                path("loggers", () -> get(() -> Calls.answering(_ -> CompletableFuture.completedStage(list())))),
                path(
                        logger,
                        name -> concat(
                                get(() ->
                                        Calls.answering(_ -> CompletableFuture.completedStage(answer(checked(name))))),
                                put(() -> Calls.answering(request -> set(checked(name), request))),
                                delete(() -> Calls.answering(_ -> takeBack(checked(name)))))));
    }

    private HttpResponse list() {
        final var json = new JsonPrinter().object().name("loggers").array();
        context.getLoggerList().stream()
                .filter(logger -> logger.getLevel() != null)
                .forEach(logger -> print(json, logger.getName()));
        return Answers.json(200, json.endArray().end().toString());
    }

    private HttpResponse answer(final String name) {
        return Answers.json(200, print(new JsonPrinter(), name).toString());
    }

    private JsonPrinter print(final JsonPrinter json, final String name) {
        return json.object()
                .member("logger", name)
                .member("level", own(name).map(Level::toString))
                .member("effective", effective(name).toString())
                .member("configured", Optional.ofNullable(configured.get(name)).map(Level::toString))
                .end();
    }

    private CompletionStage<HttpResponse> set(final String name, final HttpRequest request) {
        return bodies.read(request)
                .thenApply(Refused.unchecked(LogLevels::level))
                .thenCompose(
                        level -> calls.changing("log_level_set", name + " " + level, done(() -> set(name, level))));
    }

    private static Level level(final Fields body) throws FrameException {
        final var level = LEVELS.get(body.requiredString("level"));
        if (level == null) {
            throw new FrameException(
                    ErrorCode.INVALID, "'level' is not as it should be: give TRACE, DEBUG, INFO, WARN, ERROR or OFF");
        }
        return level;
    }

    private HttpResponse set(final String name, final Level level) {
        if (context.exists(name) == null && context.getLoggerList().size() >= LOGGERS_MAX) {
            throw new Refused(ErrorCode.CONFLICT, "there are " + LOGGERS_MAX + " loggers: no more can be made");
        }
        context.getLogger(name).setLevel(level);
        return answer(name);
    }

    private CompletionStage<HttpResponse> takeBack(final String name) {
        return calls.changing("log_level_reset", name, done(() -> {
            final var logger = context.exists(name);
            if (logger != null) {
                logger.setLevel(configured.get(name)); // null: inherits
            }
            return answer(name);
        }));
    }

    private static CompletionStage<HttpResponse> done(final Supplier<HttpResponse> change) {
        try {
            return CompletableFuture.completedStage(change.get());
        } catch (final RuntimeException refused) {
            return CompletableFuture.failedStage(refused);
        }
    }

    private Optional<Level> own(final String name) {
        return Optional.ofNullable(context.exists(name)).map(Logger::getLevel);
    }

    /// That of the nearest logger above that has one; the logger itself need not be there.
    private Level effective(final String name) {
        String at = name;
        while (true) {
            final var logger = context.exists(at);
            if (logger != null) {
                return logger.getEffectiveLevel();
            }
            final int dot = at.lastIndexOf('.');
            at = dot < 0 ? org.slf4j.Logger.ROOT_LOGGER_NAME : at.substring(0, dot);
        }
    }

    private static String checked(final String name) {
        if (name.length() > NAME_MAX || !NAME.matcher(name).matches()) {
            throw new Refused(ErrorCode.INVALID, "this is not a logger's name: a package or class, or ROOT");
        }
        return name;
    }
}
