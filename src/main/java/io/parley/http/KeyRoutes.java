package io.parley.http;

import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.delete;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.path;
import static org.apache.pekko.http.javadsl.server.Directives.post;
import static org.apache.pekko.http.javadsl.server.Directives.put;
import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import io.parley.account.Accounts;
import io.parley.account.Caller;
import io.parley.account.Outcome;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.keys.KeyDirectory;
import io.parley.keys.KeyDirectory.Asker;
import io.parley.keys.KeyDirectory.IdentityProof;
import io.parley.keys.KeyPackageCheck;
import io.parley.keys.KeysReply;
import io.parley.keys.Linkage;
import io.parley.mls.Ed25519;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.Fields;
import io.parley.protocol.FrameException;
import io.parley.session.Frames;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Route;

/// The directory of public keys for end-to-end encryption.
final class KeyRoutes {
    private static final int SEALING_KEY_BYTES_MAX = 256;
    private static final int SEALED_BYTES_MAX = 1_024;
    private static final int DEVICES_MAX = 16;

    private final Accounts accounts;
    private final KeyDirectory directory;
    private final Calls calls;
    private final InstantSource clock;

    KeyRoutes(final Accounts accounts, final KeyDirectory directory, final Calls calls, final InstantSource clock) {
        this.accounts = accounts;
        this.directory = directory;
        this.calls = calls;
        this.clock = clock;
    }

    Route routes() {
        return concat(
                path(
                        segment("keys").slash("device"),
                        () -> concat(
                                put(() -> calls.usersWithBody(Calls.Kind.CALL, this::publish)),
                                get(() -> calls.users(Calls.Kind.CALL, (caller, _) -> own(caller))))),
                path(
                        segment("keys").slash("devices").slash(segment()),
                        device -> put(() ->
                                calls.usersWithBody(Calls.Kind.CALL, (caller, body) -> approve(caller, device, body)))),
                path(
                        segment("keys").slash("packages"),
                        () -> concat(
                                put(() -> calls.usersWithBody(Calls.Kind.CALL, this::stockUp)),
                                delete(() -> calls.users(Calls.Kind.CALL, (caller, _) -> drop(caller))))),
                path(
                        segment("keys").slash("claims"),
                        () -> post(() -> calls.usersWithBody(Calls.Kind.LOOK_UP, this::claim))),
                path(
                        segment("users").slash(segment()).slash("keys"),
                        user -> get(() -> calls.users(
                                Calls.Kind.LOOK_UP, (caller, _) -> look(caller, UserRoutes.parsed(user))))));
    }

    private CompletionStage<HttpResponse> publish(final Caller caller, final Fields body) throws FrameException {
        final var signatureKey = body.requiredOctets("signatureKey", Ed25519.KEY_BYTES, Ed25519.KEY_BYTES);
        final var sealingKey = body.optionalOctets("sealingKey", Ed25519.KEY_BYTES, SEALING_KEY_BYTES_MAX);
        final var identity = identity(body);
        final var password = body.optionalString("password");
        calls.limits().keyUpload(caller.user());
        return password.map(given -> confirmed(caller, given))
                .orElseGet(() -> CompletableFuture.completedStage(false))
                .thenCompose(replace -> asker(caller)
                        .thenCompose(asker -> directory
                                .publish(asker, signatureKey, identity, replace, sealingKey)
                                .thenApply(KeyRoutes::published)));
    }

    private static Optional<IdentityProof> identity(final Fields body) throws FrameException {
        final var identity = body.optionalObject("identity");
        return identity.isEmpty()
                ? Optional.empty()
                : Optional.of(new IdentityProof(
                        identity.get().requiredOctets("key", Ed25519.KEY_BYTES, Ed25519.KEY_BYTES),
                        identity.get().requiredOctets("signature", Ed25519.SIGNATURE_BYTES, Ed25519.SIGNATURE_BYTES)));
    }

    private CompletionStage<Boolean> confirmed(final Caller caller, final String password) {
        return accounts.confirmPassword(caller, password).thenApply(outcome -> switch (outcome) {
            case Outcome.Done _ -> true;
            case Outcome.WrongPassword _ -> throw new Refused(ErrorCode.FORBIDDEN, "'password' is not the password");
            case Outcome.Unauthenticated refused -> throw new Refused(Authenticated.tokenProblem(refused));
            case Outcome.Unavailable unavailable -> throw new Refused(ErrorCode.UNAVAILABLE, unavailable.why());
        });
    }

    private static HttpResponse published(final KeysReply.ToPublish reply) {
        return switch (reply) {
            case KeysReply.Published done -> Answers.json(200, KeyJson.published(done));
            case KeysReply.NoIdentity _ ->
                throw new Refused(
                        ErrorCode.CONFLICT, "the account has no identity key yet: make one, and send it as 'identity'");
            case KeysReply.OtherIdentity _ ->
                throw new Refused(
                        ErrorCode.CONFLICT,
                        "the account has another identity key: publish without 'identity' and have this device"
                                + " approved, or send 'password' too to replace it");
            case KeysReply.OtherKey _ ->
                throw new Refused(ErrorCode.CONFLICT, "this device has published another key: log in as a new device");
            case KeysReply.BadSignature _ ->
                throw new Refused(
                        ErrorCode.INVALID, "'identity.signature' is not by 'identity.key' of this device and its key");
            case KeysReply.NotNow _ -> throw unavailable();
        };
    }

    private CompletionStage<HttpResponse> own(final Caller caller) {
        return directory.own(caller.user(), caller.device()).thenApply(reply -> switch (reply) {
            case KeysReply.Own own -> Answers.json(200, KeyJson.own(own));
            case KeysReply.NoSuchDevice _ -> throw notPublished();
            case KeysReply.NotNow _ -> throw unavailable();
        });
    }

    private CompletionStage<HttpResponse> approve(final Caller caller, final String spelt, final Fields body)
            throws FrameException {
        final var device = DeviceRoutes.parsed(spelt);
        final var signature = body.requiredOctets("signature", Ed25519.SIGNATURE_BYTES, Ed25519.SIGNATURE_BYTES);
        final var sealed = body.optionalOctets("sealed", 1, SEALED_BYTES_MAX);
        calls.limits().keyUpload(caller.user());
        return asker(caller)
                .thenCompose(asker -> directory.sign(asker, device, signature, sealed))
                .thenApply(reply -> switch (reply) {
                    case KeysReply.Made _ -> Answers.noContent();
                    case KeysReply.NoSuchDevice _ ->
                        throw new Refused(ErrorCode.NOT_FOUND, "you have no such device that has published a key");
                    case KeysReply.NotApproved _ ->
                        throw new Refused(ErrorCode.FORBIDDEN, "this device is not approved itself");
                    case KeysReply.BadSignature _ ->
                        throw new Refused(
                                ErrorCode.INVALID, "'signature' is not by the account's identity key of that device");
                    case KeysReply.NotNow _ -> throw unavailable();
                });
    }

    private CompletionStage<HttpResponse> stockUp(final Caller caller, final Fields body) throws FrameException {
        final var packages =
                body.requiredOctetsList("packages", KeyPackageCheck.PACKAGES_MAX, 1, KeyPackageCheck.BYTES_MAX);
        final var lastResort = body.optionalOctets("lastResort", 1, KeyPackageCheck.BYTES_MAX);
        calls.limits().keyUpload(caller.user());
        return directory
                .check(caller.uid(), caller.device(), packages, lastResort)
                .thenCompose(checked -> switch (checked) {
                    case KeyPackageCheck.Wrong wrong -> throw new Refused(ErrorCode.INVALID, wrong.why());
                    case KeyPackageCheck.Right right ->
                        directory
                                .stockUp(caller.user(), caller.device(), right.brought())
                                .thenApply(KeyRoutes::stocked);
                });
    }

    private static HttpResponse stocked(final KeysReply.ToStock reply) {
        return switch (reply) {
            case KeysReply.Stock stock -> Answers.json(200, KeyJson.stock(stock));
            case KeysReply.NoSuchDevice _ ->
                throw new Refused(ErrorCode.CONFLICT, "this device has published no signature key yet");
            case KeysReply.WrongKey _ ->
                throw new Refused(ErrorCode.INVALID, "the key packages are signed with another key than this device's");
            case KeysReply.TooMany many ->
                throw new Refused(
                        ErrorCode.CONFLICT,
                        "at most " + KeyPackageCheck.PACKAGES_MAX + " key packages are kept, and " + many.left()
                                + " are there");
            case KeysReply.NotNow _ -> throw unavailable();
        };
    }

    private CompletionStage<HttpResponse> drop(final Caller caller) {
        return directory.drop(caller.user(), caller.device()).thenApply(reply -> switch (reply) {
            case KeysReply.Made _ -> Answers.noContent();
            case KeysReply.NotNow _ -> throw unavailable();
        });
    }

    private CompletionStage<HttpResponse> claim(final Caller caller, final Fields body) throws FrameException {
        final var id = body.requiredMessageId("id");
        final var user = body.requiredUserId("user");
        final var only = devices(body);
        calls.limits().claim(caller.user());
        return linked(user)
                .thenCompose(account -> directory
                        .claim(user, linkage(account), id.value(), caller.user(), caller.device(), only)
                        .thenApply(reply -> switch (reply) {
                            case KeysReply.Claimed claimed -> Answers.json(200, KeyJson.claimed(account, claimed));
                            case KeysReply.TooOften often ->
                                throw new Refused(Problem.rateLimited(
                                        "you claimed too many key packages of this person",
                                        Duration.between(clock.instant(), often.until())
                                                        .toSeconds()
                                                + 1));
                            case KeysReply.NotNow _ -> throw unavailable();
                        }));
    }

    private static List<DeviceId> devices(final Fields body) throws FrameException {
        final var devices = new ArrayList<DeviceId>();
        if (body.has("devices")) {
            for (final var spelt : body.requiredStrings("devices", DEVICES_MAX)) {
                devices.add(DeviceRoutes.parsed(spelt));
            }
            if (devices.isEmpty()) {
                throw new FrameException(ErrorCode.INVALID, "'devices' is empty: leave it out to mean all");
            }
        }
        return devices;
    }

    private CompletionStage<HttpResponse> look(final Caller caller, final UserId user) {
        return linked(user)
                .thenCompose(account -> directory.look(user, linkage(account)).thenApply(reply -> switch (reply) {
                    case KeysReply.Directory found ->
                        Answers.json(
                                200,
                                KeyJson.directory(account, found, caller.user().equals(user)));
                    case KeysReply.NotNow _ -> throw unavailable();
                }));
    }

    private CompletionStage<Asker> asker(final Caller caller) {
        return linked(caller.user())
                .thenApply(account ->
                        new Asker(caller.user(), caller.uid(), caller.device(), caller.generation(), linkage(account)));
    }

    private CompletionStage<Outcome.LinkedNow> linked(final UserId user) {
        return accounts.linked(user).thenApply(outcome -> switch (outcome) {
            case Outcome.LinkedNow now -> now;
            case Outcome.UnknownUser _ -> throw new Refused(Frames.unknownUser(user));
            case Outcome.Unavailable unavailable -> throw new Refused(ErrorCode.UNAVAILABLE, unavailable.why());
        });
    }

    static Linkage linkage(final Outcome.LinkedNow account) {
        return new Linkage(account.version(), account.devices());
    }

    private static Refused notPublished() {
        return new Refused(ErrorCode.NOT_FOUND, "this device has published no signature key yet");
    }

    private static Refused unavailable() {
        return new Refused(Problem.unavailable());
    }
}
