package io.parley.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;

/// A history as it is written down: one event a line, as JSON.
public final class HistoryFile implements AutoCloseable {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final ObjectWriter WRITER = JSON.writerFor(Event.class);
    private static final ObjectReader READER = JSON.readerFor(Event.class);

    private final History history = new History();
    private final Writer file;

    private HistoryFile(final Writer file) {
        this.file = file;
    }

    /// Begins a history in a new file; one that is there is overwritten.
    public static HistoryFile create(final Path path) throws IOException {
        return new HistoryFile(Files.newBufferedWriter(path));
    }

    /// Any thread may record. What one has recorded stands before whatever another records afterwards.
    public void record(final Event event) {
        try {
            final var line = line(event);
            synchronized (this) {
                history.add(event);
                file.write(line);
                file.write('\n');
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What was recorded; to be looked at when nobody records any more.
    public synchronized History history() {
        return history;
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }

    /// Reads a stored history.
    ///
    /// @throws IOException also where a line is no event; the message names the line
    public static History read(final Path path) throws IOException {
        final var history = new History();
        try (var lines = Files.newBufferedReader(path)) {
            int number = 0;
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                try {
                    history.add(event(line));
                } catch (final JsonProcessingException broken) {
                    throw new IOException(
                            path + ", line " + number + " is no event: " + broken.getOriginalMessage(), broken);
                }
            }
        }
        return history;
    }

    static String line(final Event event) throws JsonProcessingException {
        return WRITER.writeValueAsString(event);
    }

    static Event event(final String line) throws JsonProcessingException {
        return READER.readValue(line);
    }
}
