package io.parley.http;

import io.parley.account.Outcome;
import io.parley.content.Octets;
import io.parley.keys.KeysReply;
import io.parley.protocol.JsonPrinter;
import java.util.HashMap;
import java.util.Optional;
import java.util.stream.Collectors;

/// How keys stand in answers: bytes in base64url without padding.
final class KeyJson {
    private KeyJson() {}

    static String published(final KeysReply.Published published) {
        return new JsonPrinter()
                .object()
                .member("version", published.version())
                .member("approved", published.approved())
                .end()
                .toString();
    }

    static String stock(final KeysReply.Stock stock) {
        return new JsonPrinter()
                .object()
                .member("left", stock.left())
                .member("lastResort", stock.lastResort())
                .end()
                .toString();
    }

    static String own(final KeysReply.Own own) {
        final var json = new JsonPrinter()
                .object()
                .member("device", own.device().value())
                .member("signatureKey", own.signatureKey().base64url());
        member(json, "signature", own.signature());
        member(json, "sealed", own.sealed());
        return json.member("left", own.left())
                .member("lastResort", own.lastResort())
                .end()
                .toString();
    }

    /// @param account whose keys they are
    /// @param asOwner with what is for the person's own devices
    static String directory(
            final Outcome.LinkedNow account, final KeysReply.Directory directory, final boolean asOwner) {
        final var json = begin(account, directory);
        for (final var device : directory.devices()) {
            begin(json, device);
            if (asOwner) {
                member(json, "sealingKey", device.sealingKey());
            }
            json.end();
        }
        return end(json, account, directory);
    }

    /// @param account whose keys they are
    static String claimed(final Outcome.LinkedNow account, final KeysReply.Claimed claimed) {
        final var packages = new HashMap<String, KeysReply.Given>();
        claimed.packages().forEach(each -> packages.put(each.device().value(), each));
        final var json = begin(account, claimed.directory());
        for (final var device : claimed.directory().devices()) {
            begin(json, device);
            final var keyPackage = packages.get(device.device().value());
            if (keyPackage != null) {
                json.member("keyPackage", keyPackage.bytes().base64url()).member("lastResort", keyPackage.lastResort());
            }
            json.end();
        }
        return end(json, account, claimed.directory());
    }

    private static JsonPrinter begin(final Outcome.LinkedNow account, final KeysReply.Directory directory) {
        final var json = new JsonPrinter()
                .object()
                .member("user", directory.user().value())
                .member("uid", account.uid())
                .member("version", directory.version());
        member(json, "identity", directory.identity());
        return json.name("devices").array();
    }

    /// Devices that have published nothing cannot be in an encrypted conversation: who begins one wants to know
    /// whether it would leave any out.
    private static String end(
            final JsonPrinter json, final Outcome.LinkedNow account, final KeysReply.Directory directory) {
        final var published =
                directory.devices().stream().map(KeysReply.Device::device).collect(Collectors.toSet());
        final long without = account.devices().stream()
                .filter(device -> !published.contains(device))
                .count();
        return json.endArray().member("devicesWithoutKeys", without).end().toString();
    }

    private static void begin(final JsonPrinter json, final KeysReply.Device device) {
        json.object()
                .member("device", device.device().value())
                .member("signatureKey", device.signatureKey().base64url())
                .member("since", device.since());
        member(json, "signature", device.signature());
    }

    private static void member(final JsonPrinter json, final String name, final Optional<Octets> bytes) {
        bytes.ifPresent(octets -> json.member(name, octets.base64url()));
    }
}
