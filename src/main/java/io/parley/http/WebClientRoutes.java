package io.parley.http;

import static org.apache.pekko.http.javadsl.server.Directives.complete;
import static org.apache.pekko.http.javadsl.server.Directives.extractUnmatchedPath;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.reject;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.server.Route;

/// The web client: the files that the build put under `web/` on the class path, named in `web/files.txt`. What
/// it put beside them compressed is not named there, and no address of its own. A node that was built without
/// the client says so at `/`.
final class WebClientRoutes {
    /// Kept, but asked about each time: the page names the other files, whose names change with their content.
    private static final HttpHeader ASK = header("Cache-Control", "no-cache");

    private static final HttpHeader KEEP = header("Cache-Control", "public, max-age=31536000, immutable");

    /// The service worker, at one address for ever. It answers the page's own players and asks nobody for
    /// anything: its policy leaves it nothing that it could reach.
    private static final String SERVICE_WORKER = "stream.js";

    private static final HttpHeader REACHES_NOTHING =
            header("Content-Security-Policy", "default-src 'none'; require-trusted-types-for 'script'; trusted-types");

    private final Map<String, StaticFile> filesByPath;

    /// @param nodes the origins of all nodes, which its page may call
    WebClientRoutes(final List<String> nodes) {
        this("/web/", nodes);
    }

    /// @param root where on the class path the files are, and `files.txt` that names them
    WebClientRoutes(final String root, final List<String> nodes) {
        final var policies = policies(nodes);
        final var files = new HashMap<String, StaticFile>();
        StaticFile.bytes(root + "files.txt")
                .map(list -> new String(list, StandardCharsets.UTF_8).lines())
                .ifPresent(names -> names.filter(name -> !name.isBlank())
                        .forEach(name -> files.put("/" + name, StaticFile.of(root + name, headers(policies, name)))));
        final var page = files.get("/index.html");
        if (page != null) {
            files.put("/", page);
        }
        filesByPath = Map.copyOf(files);
    }

    /// Looks at the path before the method, so that what others refuse for its method stays refused for that.
    Route routes() {
        return extractUnmatchedPath(path -> {
            final var file = filesByPath.get(path);
            if (file != null) {
                return file.route();
            }
            return path.equals("/") ? get(() -> complete(without())) : reject();
        });
    }

    /// Its own origin and nothing else, but for calls to the other nodes; scripts come from files only, and the
    /// one place that makes a script's address in code (for the worker) goes through the policy `parley`. The
    /// library for encryption is WebAssembly, which may be compiled (`wasm-unsafe-eval`); texts may not. What
    /// was decrypted is shown from `blob:`. Voice messages and pictures are recorded by the page itself, once
    /// the person has allowed the browser to.
    private static List<HttpHeader> policies(final List<String> nodes) {
        final var callable = Stream.concat(Stream.of("'self'"), NodeOrigins.sources(nodes).stream())
                .collect(Collectors.joining(" "));
        return List.of(
                header(
                        "Content-Security-Policy",
                        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
                                + "img-src 'self' blob:; media-src 'self' blob:; connect-src "
                                + callable
                                + "; font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
                                + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
                                + "trusted-types parley"),
                header("Cross-Origin-Opener-Policy", "same-origin"),
                header("Cross-Origin-Resource-Policy", "same-origin"),
                header("Permissions-Policy", "camera=(self), geolocation=(), microphone=(self)"));
    }

    /// A worker runs under the policy that came with its own file, and a kept one would not know of a node that
    /// was added since.
    private static List<HttpHeader> headers(final List<HttpHeader> policies, final String name) {
        if (name.equals(SERVICE_WORKER)) {
            return List.of(REACHES_NOTHING, header("Cross-Origin-Resource-Policy", "same-origin"), ASK);
        }
        final boolean isKept = name.startsWith("assets/") && !name.startsWith("assets/worker");
        return Stream.concat(policies.stream(), Stream.of(isKept ? KEEP : ASK)).toList();
    }

    private static HttpResponse without() {
        return HttpResponse.create()
                .withStatus(StatusCodes.OK)
                .withEntity(
                        ContentTypes.TEXT_PLAIN_UTF8,
                        "This is a Parley node. It was built without the web client (-Dweb.skip); its calls are shown at /docs/.\n");
    }

    private static HttpHeader header(final String name, final String value) {
        return RawHeader.create(name, value);
    }
}
