package io.parley.http;

import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.path;
import static org.apache.pekko.http.javadsl.server.Directives.post;
import static org.apache.pekko.http.javadsl.server.Directives.put;
import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import io.parley.account.Accounts;
import io.parley.account.Caller;
import io.parley.account.Outcome;
import io.parley.cluster.ReplyTo;
import io.parley.content.MlsFraming;
import io.parley.content.Octets;
import io.parley.conversation.ConversationCommand;
import io.parley.conversation.ConversationCommand.CommitFiles;
import io.parley.conversation.ConversationCommand.Eligible;
import io.parley.conversation.Group;
import io.parley.conversation.GroupReply;
import io.parley.conversation.PostReply;
import io.parley.id.ConversationId;
import io.parley.id.UserId;
import io.parley.keys.CredentialIdentity;
import io.parley.keys.KeyDirectory;
import io.parley.keys.KeysReply;
import io.parley.mls.PublicMessage;
import io.parley.protocol.Addressing;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.Fields;
import io.parley.protocol.FrameException;
import io.parley.protocol.JsonPrinter;
import io.parley.protocol.WireJson;
import io.parley.session.Frames;
import io.parley.store.Blobs;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Route;

/// The MLS groups of encrypted conversations: what is uploaded for a commit, the commit, and what the group is.
final class GroupRoutes {
    /// A commit in base64url, and what goes with it.
    private static final int COMMIT_BODY_MAX = PublicMessage.BYTES_MAX * 4 / 3 + 4_096;

    private final Accounts accounts;
    private final KeyDirectory directory;
    private final Blobs blobs;
    private final StoredCommits stored;
    private final Entities entities;
    private final Calls calls;

    GroupRoutes(
            final Accounts accounts,
            final KeyDirectory directory,
            final Blobs blobs,
            final StoredCommits stored,
            final Entities entities,
            final Calls calls) {
        this.accounts = accounts;
        this.directory = directory;
        this.blobs = blobs;
        this.stored = stored;
        this.entities = entities;
        this.calls = calls;
    }

    Route routes() {
        final var conversation = segment("conversations").slash(segment());
        return concat(
                path(
                        conversation.slash("blobs").slash(segment()),
                        (id, hash) -> concat(
                                put(() -> calls.usersWithBytes(
                                        Calls.Kind.LOOK_UP,
                                        Blobs.BYTES_MAX,
                                        (caller, bytes) -> upload(caller, id, hash, bytes))),
                                get(() -> calls.users(Calls.Kind.LOOK_UP, (caller, _) -> download(caller, id, hash))))),
                path(
                        conversation.slash("commits"),
                        id -> post(() -> calls.usersWithBody(
                                Calls.Kind.LOOK_UP, COMMIT_BODY_MAX, (caller, body) -> commit(caller, id, body)))),
                path(
                        conversation.slash("group"),
                        id -> get(() -> calls.users(Calls.Kind.LOOK_UP, (caller, _) -> group(caller, id)))));
    }

    // blobs

    private CompletionStage<HttpResponse> upload(
            final Caller caller, final String spelt, final String hash, final byte[] bytes) throws FrameException {
        final var conversation = Addressing.conversation(caller.user(), spelt);
        final var expected = hash(hash);
        if (bytes.length == 0) {
            throw new Refused(ErrorCode.INVALID, "there is nothing in the body");
        }
        calls.limits().groupUpload(caller.user(), bytes.length);
        return blobs.put(conversation.value(), expected, bytes)
                .thenApply(_ -> Answers.noContent())
                .exceptionally(failure -> {
                    throw Problems.unwrapped(failure) instanceof IllegalArgumentException // all else was looked at here
                            ? new Refused(ErrorCode.INVALID, "the body has another SHA-256 than the path says")
                            : new Refused(Problem.unavailable());
                });
    }

    private CompletionStage<HttpResponse> download(final Caller caller, final String spelt, final String hash)
            throws FrameException {
        final var conversation = Addressing.conversation(caller.user(), spelt);
        calls.limits().page(caller.user());
        return asked(blobs.get(conversation.value(), hash(hash))).thenApply(found -> {
            final var bytes = found.orElseThrow(() -> new Refused(ErrorCode.NOT_FOUND, "there is no such blob"));
            calls.limits().pageRead(caller.user(), bytes.length);
            return HttpResponse.create().withStatus(200).withEntity(ContentTypes.APPLICATION_OCTET_STREAM, bytes);
        });
    }

    private static Octets hash(final String spelt) {
        return Octets.parse(spelt)
                .filter(octets -> octets.length() == Blobs.HASH_BYTES)
                .orElseThrow(() ->
                        new Refused(ErrorCode.INVALID, "this is not a SHA-256: 32 bytes in base64url without padding"));
    }

    /// What the store answers; where it cannot now, the call is to be repeated.
    private static <T> CompletionStage<T> asked(final CompletionStage<T> answer) {
        return answer.exceptionally(failure -> {
            throw new Refused(Problem.unavailable());
        });
    }

    // commits

    private CompletionStage<HttpResponse> commit(final Caller caller, final String spelt, final Fields body)
            throws FrameException {
        final var conversation = Addressing.conversation(caller.user(), spelt);
        final var id = body.requiredMessageId("id");
        final var message = body.requiredOctets("commit", 1, PublicMessage.BYTES_MAX);
        final var files = new CommitFiles(
                body.optionalOctets("welcome", Blobs.HASH_BYTES, Blobs.HASH_BYTES),
                body.requiredOctets("groupInfo", Blobs.HASH_BYTES, Blobs.HASH_BYTES),
                body.optionalOctets("tree", Blobs.HASH_BYTES, Blobs.HASH_BYTES));
        final var replaces = replaces(body);
        final var after = body.optionalInteger("after", 0, Fields.INTEGER_MAX);
        calls.limits().groupUpload(caller.user(), message.length());
        return eligible(new HashSet<>(conversation.people()))
                .thenCombine(
                        uploaded(conversation, files),
                        (eligible, uploaded) -> (Function<ReplyTo<PostReply>, ConversationCommand>)
                                replyTo -> new ConversationCommand.Commit(
                                        conversation,
                                        caller.user(),
                                        caller.device(),
                                        id,
                                        message,
                                        files,
                                        uploaded,
                                        eligible,
                                        replaces,
                                        after,
                                        replyTo))
                .thenCompose(entities::<PostReply>askConversation)
                .thenCompose(reply -> committed(caller, conversation, files, reply));
    }

    private static Optional<MlsFraming> replaces(final Fields body) throws FrameException {
        final var replaces = body.optionalObject("replaces");
        return replaces.isEmpty()
                ? Optional.empty()
                : Optional.of(new MlsFraming(
                        replaces.get().requiredOctets("group", 1, Group.ID_BYTES_MAX),
                        replaces.get().requiredInteger("epoch", 0, Fields.INTEGER_MAX)));
    }

    private CompletionStage<Boolean> uploaded(final ConversationId conversation, final CommitFiles files) {
        CompletionStage<Boolean> all = CompletableFuture.completedStage(true);
        for (final var hash : all(files)) {
            all = all.thenCombine(
                    asked(blobs.get(conversation.value(), hash)), (some, found) -> some && found.isPresent());
        }
        return all;
    }

    private static Set<Octets> all(final CommitFiles files) {
        final var all = new HashSet<Octets>();
        all.add(files.groupInfo());
        files.welcome().ifPresent(all::add);
        files.tree().ifPresent(all::add);
        return all;
    }

    /// Only what an accepted commit names stays for good: what is named by others, or by somebody who means
    /// harm, disappears or stays as if it had not been. A node that dies in between is made good by the sender,
    /// who has no answer and asks again.
    private CompletionStage<HttpResponse> committed(
            final Caller caller, final ConversationId conversation, final CommitFiles files, final PostReply reply) {
        if (reply instanceof final PostReply.Accepted accepted) {
            calls.limits().lookedUp(caller.user(), accepted.entriesRead());
            final var named = accepted.resent()
                    ? namedBefore(caller, conversation, accepted.seq())
                    : CompletableFuture.completedStage(all(files));
            return named.thenCompose(each -> bound(conversation, each))
                    .thenApply(_ -> Answers.json(
                            accepted.resent() ? 200 : 201,
                            WireJson.sent(accepted.id(), accepted.conversation(), accepted.seq(), accepted.time())));
        }
        throw new Refused(Frames.refusal(reply).orElseThrow());
    }

    /// What the commit at `seq` names and is still needed; what its sender names now, who says it again, counts
    /// for nothing. Once the epoch is over, only who was added by it needs anything of it.
    private CompletionStage<Set<Octets>> namedBefore(
            final Caller caller, final ConversationId conversation, final long seq) {
        return asked(stored.files(conversation, seq)).thenCombine(groupOf(caller, conversation), (files, group) -> {
            final var named = new HashSet<Octets>();
            files.flatMap(CommitFiles::welcome).ifPresent(named::add);
            if (group.filter(now -> now.since() == seq).isPresent()) {
                files.ifPresent(each -> named.addAll(all(each)));
            }
            return named;
        });
    }

    private CompletionStage<Boolean> bound(final ConversationId conversation, final Set<Octets> files) {
        return files.isEmpty()
                ? CompletableFuture.completedStage(true)
                : asked(blobs.bind(conversation.value(), files));
    }

    // who may be in the group

    /// The linked and approved devices of these people.
    private CompletionStage<List<Eligible>> eligible(final Set<UserId> people) {
        CompletionStage<List<Eligible>> all = CompletableFuture.completedStage(List.of());
        for (final var user : people) {
            all = all.thenCombine(eligible(user), (some, more) -> {
                final var both = new ArrayList<>(some);
                both.addAll(more);
                return both;
            });
        }
        return all;
    }

    private CompletionStage<List<Eligible>> eligible(final UserId user) {
        return accounts.linked(user).thenCompose(outcome -> switch (outcome) {
            case Outcome.LinkedNow account ->
                directory.look(user, KeyRoutes.linkage(account)).thenApply(reply -> switch (reply) {
                    case KeysReply.Directory found -> eligible(user, account.uid(), found);
                    case KeysReply.NotNow _ -> throw new Refused(Problem.unavailable());
                });
            case Outcome.UnknownUser _ -> CompletableFuture.completedStage(List.of()); // deleted: nobody of his is
            case Outcome.Unavailable unavailable -> throw new Refused(ErrorCode.UNAVAILABLE, unavailable.why());
        });
    }

    private static List<Eligible> eligible(final UserId user, final String uid, final KeysReply.Directory found) {
        return found.devices().stream()
                .filter(device -> device.signature().isPresent())
                .map(device -> new Eligible(
                        user, device.device(), CredentialIdentity.of(uid, device.device()), device.signatureKey()))
                .toList();
    }

    // the group

    private CompletionStage<HttpResponse> group(final Caller caller, final String spelt) throws FrameException {
        final var conversation = Addressing.conversation(caller.user(), spelt);
        return groupOf(caller, conversation)
                .thenApply(group -> Answers.json(
                        200,
                        json(group.orElseThrow(
                                () -> new Refused(ErrorCode.NOT_FOUND, "this conversation is not encrypted")))));
    }

    private CompletionStage<Optional<Group>> groupOf(final Caller caller, final ConversationId conversation) {
        return entities.<GroupReply>askConversation(
                        replyTo -> new ConversationCommand.AskGroup(conversation, caller.user(), replyTo))
                .thenApply(reply -> switch (reply) {
                    case GroupReply.State state -> state.group();
                    case GroupReply.NotAMember _ -> throw new Refused(Frames.notFound());
                    case GroupReply.Unavailable _ -> throw new Refused(Problem.unavailable());
                });
    }

    private static String json(final Group group) {
        final var json = new JsonPrinter()
                .object()
                .member("group", group.id().base64url())
                .member("epoch", group.epoch())
                .member("seq", group.since())
                .member("groupInfo", group.groupInfo().base64url())
                .member("tree", group.tree().map(Octets::base64url))
                .name("members")
                .array();
        for (final var leaf : group.leaves()) {
            json.object()
                    .member("leaf", leaf.index())
                    .member("user", leaf.user().value())
                    .member("device", leaf.device().value())
                    .end();
        }
        return json.endArray().end().toString();
    }
}
