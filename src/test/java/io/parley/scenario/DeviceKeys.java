package io.parley.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.content.Octets;
import io.parley.id.DeviceId;
import io.parley.keys.MlsDevice;
import io.parley.keys.Signer;
import java.util.Optional;

/// A device's keys for encryption, and the calls that are made about them.
final class DeviceKeys {
    private final Rest rest;
    private final Device device;
    private final DeviceId id;
    private final Optional<MlsDevice> mls;
    private final Octets signatureKey;

    DeviceKeys(final World world, final Device device) {
        this(world, device, new MlsDevice(device.uid(), new DeviceId(device.id())));
    }

    private DeviceKeys(final World world, final Device device, final MlsDevice mls) {
        this(world, device, Optional.of(mls), mls.signatureKey());
    }

    /// Of a device that has a key already, and brings no key packages.
    DeviceKeys(final World world, final Device device, final Octets signatureKey) {
        this(world, device, Optional.empty(), signatureKey);
    }

    private DeviceKeys(
            final World world, final Device device, final Optional<MlsDevice> mls, final Octets signatureKey) {
        this.rest = world.rest();
        this.device = device;
        this.id = new DeviceId(device.id());
        this.mls = mls;
        this.signatureKey = signatureKey;
    }

    String signatureKey() {
        return signatureKey.base64url();
    }

    /// The first device of an account: it brings the identity key.
    void publishes(final Signer identity) {
        final var body = World.json().put("signatureKey", signatureKey());
        body.putObject("identity")
                .put("key", identity.key().base64url())
                .put("signature", signature(identity).base64url());
        call("PUT", "/v1/keys/device", body).expect(200);
    }

    /// A later device: it waits for approval.
    void publishes() {
        call("PUT", "/v1/keys/device", World.json().put("signatureKey", signatureKey()))
                .expect(200);
    }

    void approves(final DeviceKeys other, final Signer identity) {
        final var body = World.json().put("signature", other.signature(identity).base64url());
        call("PUT", "/v1/keys/devices/" + other.id, body).expect(204);
    }

    private Octets signature(final Signer identity) {
        return identity.crossSign(device.uid(), id, signatureKey);
    }

    /// Adds key packages.
    void stocksUp(final int count) {
        final var body = World.json();
        final var packages = body.putArray("packages");
        mls.orElseThrow().keyPackages(count).forEach(each -> packages.add(each.base64url()));
        call("PUT", "/v1/keys/packages", body).expect(200);
    }

    void takesBack() {
        rest.delete("/v1/keys/packages", device.token()).expect(204);
    }

    /// Claims a key package of each device of `user`.
    JsonNode claims(final String id, final Device of) {
        return claim(id, of).expect(200).body();
    }

    /// Asks for a key package of each device of `user`.
    Rest.Answer claim(final String id, final Device of) {
        return rest.post(
                "/v1/keys/claims", device.token(), World.json().put("id", id).put("user", of.user()));
    }

    /// What is known of this device.
    JsonNode own() {
        return rest.get("/v1/keys/device", device.token()).expect(200).body();
    }

    /// What is known of a person's keys.
    JsonNode sees(final Device of) {
        return rest.get("/v1/users/" + of.user() + "/keys", device.token())
                .expect(200)
                .body();
    }

    private Rest.Answer call(final String method, final String path, final ObjectNode body) {
        return rest.call(method, path, device.token(), Optional.of(body.toString()));
    }
}
