package io.parley.protocol;

import io.parley.content.Body;
import io.parley.content.JsonText;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Random frames, all of the right form.
final class Frames {
    private static final int[] CHARACTERS = {'a', 'z', ' ', '"', '\\', '/', '\n', 1, 0x7f, 0xe9, 0x20ac, 0x2028, 0x1f44b
    };

    private static final List<ErrorCode> ERROR_CODES = List.of(ErrorCode.values());
    private static final List<EncryptionPolicy> POLICIES = List.of(EncryptionPolicy.values());

    private final RandomGenerator random;

    Frames(final RandomGenerator random) {
        this.random = random;
    }

    ClientFrame client() {
        return switch (random.nextInt(10)) {
            case 0 -> new ClientFrame.Hello(text(0, 40), ref());
            case 1 -> new ClientFrame.Heartbeat(ref());
            case 2 -> new ClientFrame.Delivered(text(0, 70), seq(), ref());
            case 3 -> new ClientFrame.Read(text(0, 70), seq(), ref());
            case 4 -> new ClientFrame.Pull(text(0, 70), page(), ref());
            case 5 -> new ClientFrame.Receipts(list(100, () -> text(0, 20)), ref());
            case 6 -> new ClientFrame.Typing(text(0, 70), ref());
            case 7 -> new ClientFrame.Watch(list(200, () -> text(0, 20)), ref());
            case 8 -> new ClientFrame.Unwatch(list(200, () -> text(0, 20)), ref());
            default -> send();
        };
    }

    private ClientFrame.Send send() {
        final var media = random.nextInt(3) == 0 ? media(1) : List.<MediaId>of();
        return new ClientFrame.Send(
                messageId(), target(), media.isEmpty() ? body() : mediaBody(media), media, after(), ref());
    }

    private List<MediaId> media(final int least) {
        return Stream.generate(() -> {
                    final var bytes = new byte[MediaId.BYTES];
                    random.nextBytes(bytes);
                    return MediaId.of(bytes);
                })
                .limit(random.nextInt(least, 33))
                .toList();
    }

    /// A body whose files are these, in any order, some of them twice where there is room.
    private Body mediaBody(final List<MediaId> media) {
        final var order = new ArrayList<>(media);
        if (order.size() < 32 && random.nextBoolean()) {
            order.add(media.getFirst());
        }
        Collections.shuffle(order, random);
        final var kinds = List.of("image", "video", "voice", "file");
        final var files = order.stream()
                .map(each -> object(
                        Stream.of(
                                "\"media\":" + space() + "\"" + each + "\"",
                                "\"kind\":\"" + kinds.get(random.nextInt(4)) + "\""),
                        1))
                .collect(Collectors.joining(",", "[", "]"));
        final var text =
                random.nextBoolean() ? Stream.of("\"text\":" + quoted("x" + text(0, 30))) : Stream.<String>of();
        final var spelt = object(Stream.concat(Stream.of("\"type\":\"media\"", "\"files\":" + files), text), 2);
        final var named = media.stream().map(each -> "\"" + each + "\"").collect(Collectors.joining(",", "[", "]"));
        try {
            return StrictJson.object("{\"body\":" + spelt + ",\"media\":" + named + "}")
                    .requiredContent()
                    .body();
        } catch (final FrameException impossible) {
            throw new AssertionError(impossible);
        }
    }

    ServerFrame server() {
        return switch (random.nextInt(14)) {
            case 0 ->
                new ServerFrame.Welcome(
                        user(),
                        uuid(),
                        device(),
                        random.nextInt(60),
                        limits(),
                        maybe(() -> POLICIES.get(random.nextInt(POLICIES.size()))),
                        time(),
                        ref());
            case 1 -> new ServerFrame.Message(conversation(), entry());
            case 2 -> new ServerFrame.CaughtUp();
            case 3 -> new ServerFrame.Sent(messageId(), conversation(), seq(), time(), ref());
            case 4 ->
                new ServerFrame.Receipt(
                        conversation(),
                        user(),
                        seq(),
                        seq() - 1,
                        list(3, () -> new ServerFrame.Range(seq(), seq())),
                        ref());
            case 5 -> new ServerFrame.ReceiptsEnd(ref());
            case 6 -> new ServerFrame.Page(conversation(), list(5, this::entry), seq() - 1, ref());
            case 7 -> new ServerFrame.Presence(user(), maybe(random::nextBoolean), maybe(this::time), ref());
            case 8 -> new ServerFrame.Typing(conversation(), user());
            case 9 -> new ServerFrame.Heartbeat(time(), ref());
            case 10 ->
                new ServerFrame.Refusal(
                        ERROR_CODES.get(random.nextInt(ERROR_CODES.size())),
                        text(0, 80),
                        ref(),
                        maybe(() -> text(0, 64)),
                        maybe(() -> text(0, 64)),
                        random.nextBoolean() ? OptionalInt.of(random.nextInt(1_000)) : OptionalInt.empty(),
                        maybe(() -> new GroupAt(
                                random.nextBoolean() ? OptionalLong.of(seq() - 1) : OptionalLong.empty(), seq() - 1)));
            case 11 -> new ServerFrame.Keys(user(), seq());
            case 12 -> new ServerFrame.KeyPackages(random.nextInt(101));
            default -> new ServerFrame.Bye(text(0, 30), Duration.ofMillis(random.nextInt(60_000)));
        };
    }

    /// A body that may be sent, with members of its client's own, white space and escapes as some clients write
    /// them.
    String spelt() {
        return object(
                Stream.of("\"type\":" + space() + "\"text\"", "\"text\":" + space() + quoted("x" + text(0, 30))), 3);
    }

    private Body body() {
        try {
            return StrictJson.object("{\"body\":" + spelt() + "}")
                    .requiredContent()
                    .body();
        } catch (final FrameException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private String json(final int depth) {
        return space()
                + switch (random.nextInt(depth == 0 ? 5 : 7)) {
                    case 0 -> "null";
                    case 1 -> Boolean.toString(random.nextBoolean());
                    case 2 -> Long.toString(random.nextLong());
                    case 3 -> random.nextInt(1_000) + "." + random.nextInt(1_000) + (random.nextBoolean() ? "" : "E-7");
                    case 4 -> quoted(text(0, 12));
                    case 5 ->
                        list(4, () -> json(depth - 1)).stream().collect(Collectors.joining(",", "[", space() + "]"));
                    default -> object(Stream.of(), depth - 1);
                }
                + space();
    }

    private String object(final Stream<String> fixed, final int depth) {
        final int count = random.nextInt(4);
        final var own = Stream.iterate(0, i -> i + 1)
                .limit(count)
                .map(i -> quoted(i + text(0, 5)) + space() + ":" + json(depth));
        return Stream.concat(fixed, own.toList().stream())
                .collect(Collectors.joining(space() + ",", "{" + space(), "}"));
    }

    private String quoted(final String text) {
        final var out = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c < ' ' || c == '"' || c == '\\' || random.nextInt(8) == 0) {
                Character.toString(c).chars().forEach(half -> out.append(String.format("\\u%04x", half)));
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.append('"').toString();
    }

    private String space() {
        return random.nextInt(4) == 0 ? " \n" : "";
    }

    private WireEntry entry() {
        final var body = new JsonText(body().json().value().replace("\"type\":\"text\"", "\"type\":\"later\""));
        if (random.nextInt(4) == 0) {
            return new WireEntry(
                    seq(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    new JsonText("{\"type\":\"withheld\"}"),
                    Optional.empty(),
                    List.of());
        }
        return new WireEntry(
                seq(),
                Optional.of(messageId()),
                Optional.of(user()),
                Optional.of(device()),
                Optional.of(time()),
                body,
                maybe(() -> body().json()),
                media(0));
    }

    private Limits limits() {
        return new Limits(number(), number(), number(), number(), number(), number(), number(), number(), number());
    }

    private int number() {
        return random.nextInt(100_000);
    }

    private PageRequest page() {
        final int limit = 1 + random.nextInt(200);
        return switch (random.nextInt(3)) {
            case 0 -> new PageRequest.After(seq() - 1, limit);
            case 1 -> new PageRequest.Before(seq(), limit);
            default -> new PageRequest.Newest(limit);
        };
    }

    private Target target() {
        return random.nextBoolean() ? new Target.User(text(0, 32)) : new Target.Conversation(text(0, 70));
    }

    private OptionalLong after() {
        return random.nextBoolean() ? OptionalLong.of(seq() - 1) : OptionalLong.empty();
    }

    private long seq() {
        return random.nextInt(8) == 0 ? Fields.INTEGER_MAX : 1 + random.nextLong(Fields.INTEGER_MAX);
    }

    private Optional<String> ref() {
        return maybe(() -> text(0, 64));
    }

    private MessageId messageId() {
        return new MessageId(uuid().substring(random.nextInt(36)));
    }

    private UserId user() {
        return new UserId(uuid().substring(0, 2 + random.nextInt(20)));
    }

    private ConversationId conversation() {
        return random.nextBoolean() ? ConversationId.between(user(), user()) : new ConversationId("g." + uuid());
    }

    private DeviceId device() {
        return DeviceId.of(random.nextLong());
    }

    private Instant time() {
        return Instant.ofEpochMilli(random.nextLong(253_402_300_800_000L));
    }

    private String uuid() {
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    private String text(final int min, final int max) {
        return random.ints(random.nextInt(min, max + 1), 0, CHARACTERS.length)
                .map(at -> CHARACTERS[at])
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private <T> Optional<T> maybe(final Supplier<T> value) {
        return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
    }

    private <T> List<T> list(final int max, final Supplier<T> element) {
        return Stream.generate(element).limit(random.nextInt(max + 1)).toList();
    }
}
