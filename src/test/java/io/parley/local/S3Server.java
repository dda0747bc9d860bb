package io.parley.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// An S3-compatible server (S3Proxy), a process of its own that keeps its objects as files: they are there when
/// it is started again.
public final class S3Server extends LocalServer {
    /// This bucket is always there.
    public static final String BUCKET = "parley-media";

    public static final String ACCESS_KEY = "parley";
    public static final String SECRET_KEY = "not-a-secret";

    private static final Duration START_MAX = Duration.ofSeconds(30);
    private static final Duration STOP_MAX = Duration.ofSeconds(10);
    private static final int LAST_LINES = 15;

    private final int port;

    private S3Server(final Path directory, final int port) {
        super(1, directory, STOP_MAX);
        this.port = port;
    }

    /// Starts one in an empty directory, and returns when it can be used. It ends with this JVM.
    public static S3Server start(final Path directory) {
        try {
            final var server = new S3Server(directory, FreePorts.find().first());
            server.makeBucket(BUCKET);
            server.startAndWait();
            return server;
        } catch (final IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// Starts it again after it was stopped or killed, and returns when it can be used.
    public void startAndWait() {
        start();
        awaitRunning(START_MAX, this::listens, () -> "does not listen at port " + port);
    }

    private boolean listens() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(host(), port), 1_000);
            return true;
        } catch (final IOException notYet) {
            return false;
        }
    }

    @Override
    LocalProcess launch() throws IOException {
        final var jar = Path.of(System.getProperty("parley.s3.jar", "target/s3proxy.jar"))
                .toAbsolutePath();
        if (!Files.exists(jar)) {
            throw new LocalTrouble(jar + " is not there: run mvn -Dweb.skip test-compile");
        }
        final var settings = directory().resolve("s3proxy.conf");
        Files.writeString(settings, """
                s3proxy.endpoint=http://%s:%d
                s3proxy.authorization=aws-v4
                s3proxy.identity=%s
                s3proxy.credential=%s
                jclouds.provider=filesystem
                jclouds.filesystem.basedir=%s
                """.formatted(host(), port, ACCESS_KEY, SECRET_KEY, objects()));
        final var java = Path.of(System.getProperty("java.home"), "bin", "java");
        return LocalProcess.launch(
                List.of(
                        java.toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1", // it starts soon rather than serves fast
                        "-jar",
                        jar.toString(),
                        "--properties",
                        settings.toString()),
                directory(),
                output(),
                Lifetime.WITH_THIS_JVM);
    }

    /// Where the objects of all buckets are: each a file, named by bucket and key.
    public Path objects() {
        return directory().resolve("objects");
    }

    /// Makes another bucket.
    public void makeBucket(final String name) {
        try {
            Files.createDirectories(objects().resolve(name));
        } catch (final IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private Path output() {
        return directory().resolve("output.log");
    }

    public URI endpoint() {
        return URI.create("http://" + host() + ":" + port);
    }

    /// Settings of a node that keeps its uploads here.
    public Map<String, String> settings() {
        return Map.of(
                "PARLEY_MEDIA_S3_BUCKET", BUCKET,
                "PARLEY_MEDIA_S3_ENDPOINT", endpoint().toString(),
                "PARLEY_MEDIA_S3_ACCESS_KEY", ACCESS_KEY,
                "PARLEY_MEDIA_S3_SECRET_KEY", SECRET_KEY,
                "PARLEY_MEDIA_S3_PATH_STYLE", "on");
    }

    @Override
    String host() {
        return "127.0.0.1";
    }

    @Override
    List<Integer> ports() {
        return List.of(port);
    }

    @Override
    String lastWords() {
        try {
            final var lines = Files.readAllLines(output());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        } catch (final IOException nothing) {
            return "(none)";
        }
    }

    @Override
    public String toString() {
        return "S3 server (port " + port + ")";
    }
}
