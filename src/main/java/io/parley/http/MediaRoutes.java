package io.parley.http;

import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.delete;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.mapRequest;
import static org.apache.pekko.http.javadsl.server.Directives.options;
import static org.apache.pekko.http.javadsl.server.Directives.patch;
import static org.apache.pekko.http.javadsl.server.Directives.path;
import static org.apache.pekko.http.javadsl.server.Directives.post;
import static org.apache.pekko.http.javadsl.server.Directives.withoutRequestTimeout;
import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import io.parley.account.Caller;
import io.parley.conversation.ConversationCommand;
import io.parley.conversation.GroupReply;
import io.parley.id.MediaId;
import io.parley.media.MediaStore.Appended;
import io.parley.media.MediaStore.Found;
import io.parley.media.Standing;
import io.parley.media.Upload;
import io.parley.media.Uploads;
import io.parley.media.Uploads.Begun;
import io.parley.protocol.Addressing;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.FrameException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/// Uploads by the tus protocol 1.0 (<https://tus.io/protocols/resumable-upload>: core, creation with and
/// without data, termination, expiration), and downloads of what messages carry.
final class MediaRoutes {
    private static final String OCTETS = "application/offset+octet-stream";
    private static final int LOST = 410;

    private final Uploads uploads;
    private final Entities entities;
    private final Calls calls;

    MediaRoutes(final Uploads uploads, final Entities entities, final Calls calls) {
        this.uploads = uploads;
        this.entities = entities;
        this.calls = calls;
    }

    Route routes() {
        final var all = concat(
                path(
                        "media",
                        () -> concat(
                                options(() -> Calls.answering(_ -> CompletableFuture.completedStage(abilities()))),
                                post(() -> users((caller, request) -> create(caller, request))))),
                path(
                        segment("media").slash(segment()),
                        id -> concat(
                                options(() -> Calls.answering(_ -> CompletableFuture.completedStage(abilities()))),
                                patch(() -> users((caller, request) -> append(caller, id, request))),
                                delete(() -> users((caller, request) -> terminate(caller, id, request))),
                                get(() -> users((caller, request) -> Tus.isSpoken(request) // HEAD comes as GET
                                        ? progress(caller, id, request)
                                        : download(caller, id, request))))));
        return withoutRequestTimeout(
                () -> mapRequest(MediaRoutes::meant, () -> all)); // connections end that are silent
    }

    private Route users(final Calls.Plain call) {
        return calls.users(Calls.Kind.CALL, call);
    }

    /// The request that is meant, where something on the way lets only some methods pass.
    private static HttpRequest meant(final HttpRequest request) {
        return request.method().equals(HttpMethods.POST)
                ? request.getHeader("X-HTTP-Method-Override")
                        .flatMap(header -> switch (header.value()) {
                            case "PATCH" -> Optional.of(request.withMethod(HttpMethods.PATCH));
                            case "DELETE" -> Optional.of(request.withMethod(HttpMethods.DELETE));
                            default -> Optional.<HttpRequest>empty();
                        })
                        .orElse(request)
                : request;
    }

    private HttpResponse abilities() {
        return Answers.noContent()
                .addHeaders(List.of(
                        Tus.version(),
                        RawHeader.create("Tus-Resumable", Tus.VERSION),
                        RawHeader.create("Tus-Extension", "creation,creation-with-upload,termination,expiration"),
                        RawHeader.create("Tus-Max-Size", Long.toString(uploads.bytesMax()))));
    }

    // uploads

    private CompletionStage<HttpResponse> create(final Caller caller, final HttpRequest request) throws FrameException {
        Tus.check(request);
        if (request.getHeader("Upload-Defer-Length").isPresent()) {
            throw new Refused(ErrorCode.INVALID, "give Upload-Length: how long it will be has to be known");
        }
        final long bytes = Tus.number(request, "Upload-Length");
        final var said = UploadMetadata.of(request);
        final var conversation = Addressing.conversation(caller.user(), said.conversation());
        final boolean hasData = !request.entity().isKnownEmpty();
        if (hasData) {
            checkType(request);
        }
        return asked(uploads.create(caller.user(), conversation, bytes, said.sha256(), said.type()))
                .thenCompose(begun -> switch (begun) {
                    case Begun.Created(final var found) ->
                        hasData
                                ? createdWithData(caller, found, request)
                                : CompletableFuture.completedStage(created(found));
                    case Begun.TooLarge(final long most) ->
                        throw new Refused(ErrorCode.TOO_LARGE, "an upload may have " + most + " bytes here at most");
                    case Begun.OverQuota(final long held, final long most) ->
                        throw new Refused(
                                ErrorCode.TOO_LARGE,
                                "your uploads have " + held + " bytes, and with this they would have more than the "
                                        + most + " that are yours");
                    case Begun.OtherType(final var types) ->
                        throw new Refused(
                                ErrorCode.INVALID,
                                "declare a type that is taken here as 'filetype' in Upload-Metadata: "
                                        + String.join(
                                                ", ", types.stream().sorted().toList()));
                    case Begun.NoPlace _ ->
                        throw new Refused(
                                ErrorCode.FORBIDDEN,
                                "this server takes no uploads: its operator has given no place for them");
                });
    }

    private static HttpResponse created(final Found found) {
        return Tus.progress(HttpResponse.create().withStatus(201), found)
                .addHeader(RawHeader.create(
                        "Location", "/v1/media/" + found.upload().id()));
    }

    private CompletionStage<HttpResponse> createdWithData(
            final Caller caller, final Found found, final HttpRequest request) {
        return uploads.append(caller.user(), found.upload().id(), 0, announced(request), bytes(request))
                .handle((appended, failure) -> {
                    if (appended instanceof Appended.Grown(final var now)) {
                        return created(now);
                    }
                    if (failure == null && appended instanceof Appended.OtherBytes) {
                        return answer(appended);
                    }
                    return created(found); // it is there; the bytes can be sent again
                });
    }

    private CompletionStage<HttpResponse> append(final Caller caller, final String spelt, final HttpRequest request) {
        Tus.check(request);
        checkType(request);
        final long offset = Tus.number(request, "Upload-Offset");
        return asked(uploads.append(caller.user(), id(spelt), offset, announced(request), bytes(request)))
                .thenApply(MediaRoutes::answer);
    }

    private static HttpResponse answer(final Appended appended) {
        return switch (appended) {
            case Appended.Grown(final var found) -> Tus.progress(Answers.noContent(), found);
            case Appended.NotThere(final long offset) ->
                Problem.of(ErrorCode.CONFLICT, "the next byte is number " + offset + ": go on there")
                        .with(RawHeader.create("Upload-Offset", Long.toString(offset)))
                        .with(RawHeader.create("Tus-Resumable", Tus.VERSION))
                        .response();
            case Appended.TooMany _ ->
                Problem.of(ErrorCode.INVALID, "more bytes came than Upload-Length has promised")
                        .response();
            case Appended.OtherBytes _ ->
                new Problem(
                                Tus.CHECKSUM_MISMATCH,
                                ErrorCode.INVALID,
                                "the bytes have another SHA-256 than was promised; all of them are thrown away: begin anew",
                                List.of(RawHeader.create("Tus-Resumable", Tus.VERSION)))
                        .response();
            case Appended.Busy _ ->
                new Problem(
                                Tus.LOCKED,
                                ErrorCode.CONFLICT,
                                "another connection brings bytes of this upload; try again",
                                List.of(RawHeader.create("Retry-After", "1")))
                        .response();
            case Appended.Gone _ -> missing().problem().response();
        };
    }

    private CompletionStage<HttpResponse> progress(final Caller caller, final String spelt, final HttpRequest request) {
        Tus.check(request);
        return asked(uploads.own(caller.user(), id(spelt)))
                .thenApply(found ->
                        Tus.progress(HttpResponse.create().withStatus(200), found.orElseThrow(MediaRoutes::missing)));
    }

    private CompletionStage<HttpResponse> terminate(
            final Caller caller, final String spelt, final HttpRequest request) {
        Tus.check(request);
        return asked(uploads.delete(caller.user(), id(spelt))).thenApply(isGone -> {
            if (!isGone) {
                throw missing();
            }
            return Answers.noContent().addHeader(RawHeader.create("Tus-Resumable", Tus.VERSION));
        });
    }

    private static OptionalLong announced(final HttpRequest request) {
        return request.entity().getContentLengthOption();
    }

    private static Source<ByteString, NotUsed> bytes(final HttpRequest request) {
        return request.entity().withoutSizeLimit().getDataBytes().mapMaterializedValue(_ -> NotUsed.getInstance());
    }

    private static void checkType(final HttpRequest request) {
        final var type = request.entity().getContentType().mediaType().toString();
        final boolean encoded = request.getHeader("Content-Encoding")
                .filter(header -> !header.value().equalsIgnoreCase("identity"))
                .isPresent();
        if (!type.equals(OCTETS) || encoded) {
            throw new Refused(Problem.wrongContentTypeOf(OCTETS));
        }
    }

    // downloads

    private CompletionStage<HttpResponse> download(final Caller caller, final String spelt, final HttpRequest request) {
        return asked(uploads.find(id(spelt))).thenCompose(found -> {
            final var there = found.filter(each -> each.standing().isWhole()).orElseThrow(MediaRoutes::missing);
            return mayRead(caller, there).thenCompose(may -> {
                if (!may) {
                    throw missing();
                }
                final var upload = there.upload();
                return asked(uploads.isSound(upload)).thenApply(isSound -> {
                    if (!isSound) {
                        throw lost();
                    }
                    return Download.answer(request, upload, (from, length) -> uploads.read(upload.id(), from, length));
                });
            });
        });
    }

    /// Who uploaded it; and who may read the message that carries it, on a device that can.
    private CompletionStage<Boolean> mayRead(final Caller caller, final Found found) {
        final Upload upload = found.upload();
        if (upload.owner().equals(caller.user())) {
            return CompletableFuture.completedStage(true);
        }
        if (!(found.standing() instanceof Standing.Claimed)) {
            return CompletableFuture.completedStage(false);
        }
        return entities.<GroupReply>askConversation(
                        replyTo -> new ConversationCommand.AskGroup(upload.conversation(), caller.user(), replyTo))
                .thenApply(reply -> switch (reply) {
                    case GroupReply.State state ->
                        state.group()
                                .map(group -> group.leaves().stream()
                                        .anyMatch(leaf -> leaf.user().equals(caller.user())
                                                && leaf.device().equals(caller.device())))
                                .orElse(true);
                    case GroupReply.NotAMember _ -> false;
                    case GroupReply.Unavailable _ -> throw new Refused(Problem.unavailable());
                });
    }

    private static MediaId id(final String spelt) {
        return MediaId.parse(spelt).orElseThrow(MediaRoutes::missing);
    }

    /// There was one, of which the server has lost bytes.
    private static Refused lost() {
        return new Refused(new Problem(
                LOST,
                ErrorCode.NOT_FOUND,
                "the server has lost bytes of this upload: ask who sent it to send it again, and tell the operator",
                List.of()));
    }

    /// The same, whether there is none or it is nobody else's business.
    private static Refused missing() {
        return new Refused(ErrorCode.NOT_FOUND, "there is no such upload, or not any more, or it is not yours to read");
    }

    /// What the store answers; where it cannot now, why.
    private static <T> CompletionStage<T> asked(final CompletionStage<T> work) {
        return work.exceptionally(failure -> {
            throw refusal(Problems.unwrapped(failure));
        });
    }

    private static RuntimeException refusal(final Throwable failure) {
        return switch (failure) {
            case final IOException failed ->
                new Refused(
                        ErrorCode.UNAVAILABLE,
                        String.valueOf(failed.getMessage()).contains("No space left")
                                ? "the server has no space left for uploads; what has come stays, try again later"
                                : "the place for uploads cannot be used now; what has come stays, try again");
            case final RuntimeException known -> known;
            default -> new IllegalStateException(failure);
        };
    }
}
