package io.parley.http;

import static org.apache.pekko.http.javadsl.server.Directives.complete;
import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.conditional;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.path;
import static org.apache.pekko.http.javadsl.server.Directives.pathEnd;
import static org.apache.pekko.http.javadsl.server.Directives.pathPrefix;
import static org.apache.pekko.http.javadsl.server.Directives.pathSingleSlash;
import static org.apache.pekko.http.javadsl.server.Directives.redirect;
import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpCharsets;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.Uri;
import org.apache.pekko.http.javadsl.model.headers.EntityTag;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.util.ByteString;

/// The two contract documents, and a page that shows the calls. Some 1.7 MB in memory, most of it Swagger UI's
/// script.
final class DocsRoutes {
    private static final ContentType CSS = ContentTypes.create(MediaTypes.TEXT_CSS, HttpCharsets.UTF_8);
    private static final ContentType JAVASCRIPT =
            ContentTypes.create(MediaTypes.APPLICATION_JAVASCRIPT, HttpCharsets.UTF_8);

    /// The page's own origin and nothing else; Swagger UI's style sheet has its pictures in itself (`data:`).
    private static final HttpHeader PAGE_POLICY = RawHeader.create(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
                    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");

    /// Kept, but asked about each time: another version of the node has other documents.
    private static final HttpHeader CACHING = RawHeader.create("Cache-Control", "no-cache");

    /// A file, ready to be sent.
    private record Page(HttpResponse response, EntityTag tag) {
        static Page of(final String resource, final ContentType type) {
            final byte[] bytes = bytes(resource);
            return new Page(
                    HttpResponse.create()
                            .withEntity(HttpEntities.create(type, ByteString.fromArrayUnsafe(bytes)))
                            .addHeaders(List.of(PAGE_POLICY, CACHING)),
                    EntityTag.create(fingerprint(bytes), false));
        }

        Route route() {
            return get(() -> conditional(tag, () -> complete(response)));
        }
    }

    private final Page openApi = Page.of("/api/openapi.json", ContentTypes.APPLICATION_JSON);
    private final Page asyncApi = Page.of("/api/asyncapi.json", ContentTypes.APPLICATION_JSON);
    private final Page html = Page.of("/api/docs.html", ContentTypes.TEXT_HTML_UTF8);
    private final Page css = Page.of("/api/docs.css", CSS);
    private final Page script = Page.of("/api/docs.js", JAVASCRIPT);
    private final Page uiCss = Page.of(swaggerUi("swagger-ui.css"), CSS);
    private final Page uiScript = Page.of(swaggerUi("swagger-ui-bundle.js"), JAVASCRIPT);

    /// What stands under `/v1`.
    Route contracts() {
        return concat(path("openapi.json", openApi::route), path("asyncapi.json", asyncApi::route));
    }

    /// The page at `/docs/`.
    Route page() {
        return pathPrefix(
                "docs",
                () -> concat(
                        pathEnd(() -> get(() -> redirect(Uri.create("/docs/"), StatusCodes.PERMANENT_REDIRECT))),
                        pathSingleSlash(html::route),
                        path("docs.css", css::route),
                        path("docs.js", script::route),
                        path(segment("ui").slash("swagger-ui.css"), uiCss::route),
                        path(segment("ui").slash("swagger-ui-bundle.js"), uiScript::route)));
    }

    private static String swaggerUi(final String file) {
        final var artifact = new Properties();
        try {
            artifact.load(new StringReader(new String(
                    bytes("/META-INF/maven/org.webjars/swagger-ui/pom.properties"), StandardCharsets.ISO_8859_1)));
        } catch (final IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return "/META-INF/resources/webjars/swagger-ui/" + artifact.getProperty("version") + "/" + file;
    }

    private static byte[] bytes(final String resource) {
        try (var in = DocsRoutes.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("not on the class path: " + resource);
            }
            return in.readAllBytes();
        } catch (final IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static String fingerprint(final byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 16);
        } catch (final NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // every Java has SHA-256
        }
    }
}
