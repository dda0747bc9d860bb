package io.parley.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// The nodes a command may talk to, in one spelling whatever way and order they were written.
///
/// @param addresses one or more, such as `http://127.0.0.1:8080`, sorted
record Nodes(List<URI> addresses) {
    static final String DEFAULT = "http://127.0.0.1:8080";

    private static final int HASH_BYTES = 6; // enough to tell a person's lists apart

    static Nodes parse(final String list) throws Stop {
        final var all = new ArrayList<URI>();
        for (final var each : list.split(",", -1)) {
            if (!each.isBlank()) {
                all.add(address(each.strip()));
            }
        }
        if (all.isEmpty()) {
            throw new Stop(ExitCode.USAGE, "--nodes names no node; one looks like " + DEFAULT);
        }
        return new Nodes(all.stream().distinct().sorted().toList());
    }

    private static URI address(final String spelt) throws Stop {
        try {
            final var uri = new URI(spelt);
            final var scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            final var isPlain = (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"))
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && uri.getRawUserInfo() == null;
            if ((scheme.equals("http") || scheme.equals("https")) && uri.getHost() != null && isPlain) {
                final var host = uri.getHost().toLowerCase(Locale.ROOT);
                return new URI(scheme + "://" + host + (uri.getPort() < 0 ? "" : ":" + uri.getPort()));
            }
        } catch (final URISyntaxException misspelt) {
            // told below
        }
        throw new Stop(
                ExitCode.USAGE, "'" + Printable.of(spelt) + "' is no address of a node; one looks like " + DEFAULT);
    }

    /// A name for a directory: readable, and different for each list.
    String key() {
        final var first = addresses.getFirst();
        final var name = (first.getHost() + (first.getPort() < 0 ? "" : "_" + first.getPort()))
                .replaceAll("[^A-Za-z0-9._-]", "_");
        try {
            final var digest =
                    MessageDigest.getInstance("SHA-256").digest(toString().getBytes(StandardCharsets.UTF_8));
            return name + "-" + HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (final NoSuchAlgorithmException impossible) { // every JDK has it
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public String toString() {
        return addresses.stream().map(URI::toString).collect(Collectors.joining(","));
    }
}
