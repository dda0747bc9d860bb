package io.parley.http;

import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.path;
import static org.apache.pekko.http.javadsl.server.Directives.pathEnd;
import static org.apache.pekko.http.javadsl.server.Directives.pathPrefix;
import static org.apache.pekko.http.javadsl.server.Directives.pathSingleSlash;
import static org.apache.pekko.http.javadsl.server.Directives.redirect;
import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.Uri;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.server.Route;

/// The two contract documents, and a page that shows the calls. Some 1.7 MB in memory, most of it Swagger UI's
/// script.
final class DocsRoutes {
    /// The page's own origin and nothing else; Swagger UI's style sheet has its pictures in itself (`data:`).
    private static final HttpHeader PAGE_POLICY = RawHeader.create(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
                    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");

    /// Kept, but asked about each time: another version of the node has other documents.
    private static final HttpHeader CACHING = RawHeader.create("Cache-Control", "no-cache");

    private final StaticFile openApi = file("/api/openapi.json");
    private final StaticFile asyncApi = file("/api/asyncapi.json");
    private final StaticFile html = file("/api/docs.html");
    private final StaticFile css = file("/api/docs.css");
    private final StaticFile script = file("/api/docs.js");
    private final StaticFile uiCss = file(swaggerUi("swagger-ui.css"));
    private final StaticFile uiScript = file(swaggerUi("swagger-ui-bundle.js"));

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
            artifact.load(
                    new ByteArrayInputStream(StaticFile.bytes("/META-INF/maven/org.webjars/swagger-ui/pom.properties")
                            .orElseThrow(() -> new IllegalStateException("Swagger UI is not on the class path"))));
        } catch (final IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return "/META-INF/resources/webjars/swagger-ui/" + artifact.getProperty("version") + "/" + file;
    }

    private static StaticFile file(final String resource) {
        return StaticFile.of(resource, List.of(PAGE_POLICY, CACHING));
    }
}
