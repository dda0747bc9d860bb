package io.parley.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.content.Octets;
import io.parley.id.DeviceId;
import io.parley.keys.CredentialIdentity;
import io.parley.keys.Signer;
import io.parley.mls.MlsMember;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// A device that encrypts; its cryptography is Bouncy Castle's.
final class Phone {
    final World world;
    final Device device;
    final MlsMember mls;
    final DeviceKeys keys;
    final Signer identity;

    /// The first of its person.
    Phone(final World world, final Device device) {
        this(world, device, new Signer());
        keys.publishes(identity);
    }

    private Phone(final World world, final Device device, final Signer identity) {
        this.world = world;
        this.device = device;
        this.identity = identity;
        final var name = CredentialIdentity.of(device.uid(), new DeviceId(device.id()));
        this.mls = new MlsMember(new String(name.toArray(), StandardCharsets.UTF_8));
        this.keys = new DeviceKeys(world, device, Octets.of(mls.signatureKey()));
    }

    /// Another one of the same person, which waits for approval.
    Phone another() {
        final var other = new Phone(world, world.another(device).connects(), identity);
        other.keys.publishes();
        return other;
    }

    /// Uploads what goes with a commit and posts it.
    Rest.Answer commits(final String id, final String conversation, final MlsMember.Made made) {
        final var body = World.json().put("id", id).put("commit", base64url(made.commit()));
        if (made.welcome().length > 0) {
            body.put("welcome", uploads(conversation, made.welcome()));
        }
        body.put("groupInfo", uploads(conversation, ("info of " + id).getBytes(StandardCharsets.UTF_8)));
        return posts(conversation, body);
    }

    Rest.Answer posts(final String conversation, final ObjectNode body) {
        return world.rest().post("/v1/conversations/" + conversation + "/commits", device.token(), body);
    }

    String uploads(final String conversation, final byte[] bytes) {
        final var hash = base64url(sha256(bytes));
        world.rest()
                .putBytes("/v1/conversations/" + conversation + "/blobs/" + hash, device.token(), bytes)
                .expect(204);
        return hash;
    }

    byte[] downloads(final String conversation, final String hash) {
        return world.rest().getBytes("/v1/conversations/" + conversation + "/blobs/" + hash, device.token());
    }

    JsonNode group(final String conversation) {
        return world.rest()
                .get("/v1/conversations/" + conversation + "/group", device.token())
                .expect(200)
                .body();
    }

    ObjectNode message(final String id, final String text, final Device to) {
        final var frame = Device.frame("send").put("id", id).put("to", to.user());
        frame.putObject("body").put("type", "mls").put("message", base64url(mls.says(text)));
        return frame;
    }

    static byte[] sha256(final byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (final NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }

    static String base64url(final byte[] bytes) {
        return Octets.of(bytes).base64url();
    }
}
