package io.parley.scenario;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.parley.content.Octets;
import io.parley.store.Checksum;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/// What uploads cost the node: how its memory grows, as the operating system has it, with one large file and
/// with many at once, and how long they take beside the plainest file server there is, in turns: one that
/// writes what comes into a file, syncs it, and sends it. The first rounds warm both up and do not count.
final class UploadCost {
    private static final int WARM_UP = 6;
    private static final int ROUNDS = 5;
    private static final int MIB = 1 << 20;
    private static final int WARM_BYTES = 100 * MIB;
    private static final long LARGE_BYTES = 2L << 30;
    private static final int AT_ONCE = 50;
    private static final int EACH_BYTES = 100 * MIB;
    private static final int LOOK_MILLIS = 50;
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final NodeProcess node;
    private final Device ada;
    private final Path directory;

    private UploadCost(final NodeProcess node, final Device ada, final Path directory) {
        this.node = node;
        this.ada = ada;
        this.directory = directory;
    }

    /// Prints a line for each measurement.
    ///
    /// @param arguments none
    public static void main(final String[] arguments) throws Exception {
        final var data = Files.createTempDirectory("parley-uploads");
        final var files = Files.createTempDirectory("parley-files");
        final var settings = Map.of("PARLEY_RATE_LIMITS", "off", "PARLEY_MEDIA_QUOTA", "100 GiB");
        try (var node = NodeProcess.start(data, settings);
                var world = new World(node)) {
            new UploadCost(node, world.person("ada"), files).run();
        } finally {
            delete(files);
            delete(data);
        }
        System.exit(0);
    }

    private void run() throws Exception {
        final var hundred = made(WARM_BYTES, "hundred");
        final var plain = plainServer();
        final var up = new ArrayList<Double>();
        final var plainUp = new ArrayList<Double>();
        final var down = new ArrayList<Double>();
        final var plainDown = new ArrayList<Double>();
        for (int round = 0; round < WARM_UP + ROUNDS; round++) {
            final var created = created(hundred);
            final double took = seconds(() -> put(created, hundred));
            final double gave = seconds(() -> get(uri(created)));
            final var other =
                    URI.create("http://127.0.0.1:" + plain.getAddress().getPort() + "/file");
            final double tookPlainly = seconds(() -> putPlainly(other, hundred));
            final double gavePlainly = seconds(() -> get(other));
            if (round >= WARM_UP) {
                up.add(took);
                down.add(gave);
                plainUp.add(tookPlainly);
                plainDown.add(gavePlainly);
            }
        }
        plain.stop(0);
        say("100 MiB up: %.2f s, plain file server %.2f s: %.1f times (medians of %d)", up, plainUp);
        say("100 MiB down: %.2f s, plain file server %.2f s: %.1f times (medians of %d)", down, plainDown);

        final var large = made(LARGE_BYTES, "large");
        grown("one file of 2 GiB up and down", () -> {
            final var created = created(large);
            put(created, large);
            return get(uri(created));
        });
        Files.delete(large);
        final var each = made(EACH_BYTES, "each");
        final var all = new ArrayList<String>();
        for (int n = 0; n < AT_ONCE; n++) {
            all.add(created(each));
        }
        grown(AT_ONCE + " of 100 MiB up at once", () -> atOnce(all, created -> put(created, each)));
        grown(AT_ONCE + " of 100 MiB down at once", () -> atOnce(all, created -> get(uri(created))));
    }

    @FunctionalInterface
    private interface Work {
        boolean with(String created) throws Exception;
    }

    private static Boolean atOnce(final List<String> all, final Work work) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            final var running = new ArrayList<Future<Boolean>>();
            for (final var created : all) {
                running.add(threads.submit(() -> work.with(created)));
            }
            boolean isDone = true;
            for (final var one : running) {
                isDone &= one.get();
            }
            return isDone;
        }
    }

    // calls

    private String created(final Path file) throws Exception {
        final var metadata = "conversation " + Uploader.base64(World.between(ada, ada)) + ",sha256 "
                + Uploader.base64(sha256(file).base64url());
        final var answer = CLIENT.send(
                tus("/v1/media")
                        .header("Upload-Length", Long.toString(Files.size(file)))
                        .header("Upload-Metadata", metadata)
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
        if (answer.statusCode() != 201) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return answer.headers().firstValue("Location").orElseThrow();
    }

    private Boolean put(final String created, final Path file) throws Exception {
        final var answer = CLIENT.send(
                tus(created)
                        .header("Upload-Offset", "0")
                        .header("Content-Type", "application/offset+octet-stream")
                        .method("PATCH", HttpRequest.BodyPublishers.ofFile(file))
                        .build(),
                BodyHandlers.ofString());
        if (answer.statusCode() != 204) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return true;
    }

    private HttpRequest.Builder tus(final String path) {
        return HttpRequest.newBuilder(uri(path))
                .header("Authorization", "Bearer " + ada.token())
                .header("Tus-Resumable", "1.0.0");
    }

    private URI uri(final String path) {
        return URI.create("http://127.0.0.1:" + node.port() + path);
    }

    private Boolean putPlainly(final URI uri, final Path file) throws Exception {
        return CLIENT.send(
                                HttpRequest.newBuilder(uri)
                                        .PUT(HttpRequest.BodyPublishers.ofFile(file))
                                        .build(),
                                BodyHandlers.discarding())
                        .statusCode()
                == 204;
    }

    private Boolean get(final URI uri) throws Exception {
        final var answer = CLIENT.send(
                HttpRequest.newBuilder(uri)
                        .header("Authorization", "Bearer " + ada.token())
                        .build(),
                BodyHandlers.discarding());
        if (answer.statusCode() != 200) {
            throw new AssertionError("status " + answer.statusCode());
        }
        return true;
    }

    // what it is compared with

    private HttpServer plainServer() throws IOException {
        final var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/file", this::served);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        return server;
    }

    private void served(final HttpExchange exchange) throws IOException {
        final var file = directory.resolve("served");
        try (exchange) {
            if (exchange.getRequestMethod().equals("PUT")) {
                try (var out = Files.newOutputStream(file)) {
                    exchange.getRequestBody().transferTo(out);
                }
                try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
                exchange.sendResponseHeaders(204, -1);
            } else {
                exchange.sendResponseHeaders(200, Files.size(file));
                Files.copy(file, exchange.getResponseBody());
            }
        }
    }

    // measuring

    private void grown(final String what, final Callable<Boolean> work) throws Exception {
        final long before = residentKib();
        final var isOver = new AtomicBoolean();
        final long[] peak = {before};
        final var watch = Thread.ofPlatform().start(() -> {
            while (!isOver.get()) {
                peak[0] = Math.max(peak[0], residentKib());
                try {
                    Thread.sleep(LOOK_MILLIS);
                } catch (final InterruptedException stopped) {
                    return;
                }
            }
        });
        final double took = seconds(work);
        isOver.set(true);
        watch.join();
        System.out.printf(
                Locale.ROOT,
                "%s: %.1f s, resident memory %d MiB before, at most %d MiB more%n",
                what,
                took,
                before >> 10,
                (peak[0] - before) >> 10);
    }

    /// proc(5).
    private long residentKib() {
        try {
            return Files.readAllLines(Path.of("/proc/" + node.pid() + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (final IOException gone) {
            throw new AssertionError(gone);
        }
    }

    private static double seconds(final Callable<Boolean> work) throws Exception {
        final long began = System.nanoTime();
        if (!work.call()) {
            throw new AssertionError("not done");
        }
        return (System.nanoTime() - began) / 1e9;
    }

    private static void say(final String sentence, final List<Double> ours, final List<Double> plain) {
        System.out.printf(
                Locale.ROOT, sentence + "%n", median(ours), median(plain), median(ours) / median(plain), ROUNDS);
    }

    private static double median(final List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    // files

    private Path made(final long bytes, final String name) throws IOException {
        final var file = directory.resolve(name);
        final var block = new byte[MIB];
        try (var out = Files.newOutputStream(file)) {
            for (long at = 0; at < bytes; at += block.length) {
                ThreadLocalRandom.current().nextBytes(block);
                out.write(block);
            }
        }
        return file;
    }

    private static Octets sha256(final Path file) throws IOException {
        final var digest = Checksum.sha256();
        final var block = new byte[MIB];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(block); read >= 0; read = in.read(block)) {
                digest.update(block, 0, read);
            }
        }
        return Octets.of(digest.digest());
    }

    private static void delete(final Path directory) throws IOException {
        try (var all = Files.walk(directory)) {
            for (final var path :
                    all.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
