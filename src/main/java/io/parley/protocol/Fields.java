package io.parley.protocol;

import io.parley.content.Body;
import io.parley.content.JsonText;
import io.parley.content.Octets;
import io.parley.content.Utf8;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The members of one JSON object that a client sent, asked for one by one. What is missing, of another kind or
/// out of range is refused as `invalid` with what to send instead; members nobody asks for are ignored; null is
/// absent. Every string must be encodable (no lone surrogate).
public final class Fields {
    /// The largest integer on the wire, 2^53 − 1: every client language can hold it.
    public static final long INTEGER_MAX = 9_007_199_254_740_991L;

    /// The most Unicode code points a `ref` may have.
    public static final int REF_CHARACTERS_MAX = 64;

    /// The most bytes the `client` metadata of a message may have as compact UTF-8 JSON.
    public static final int CLIENT_BYTES_MAX = 1_024;

    private static final int INTEGER_DIGITS_MAX = 16;
    private static final int CONVERSATION_CHARACTERS_MAX = 65; // two user ids of 32 and ~
    private static final String STRING = "a string";
    private static final String MESSAGE_ID = "1 to 64 of A-Z a-z 0-9 _ -, such as a UUIDv7";
    private static final String USER_ID = "a user id: 2 to 32 of a-z 0-9 . _ -, beginning with a letter or digit";
    private static final String DEVICE_ID = "a device id: 16 lower-case hexadecimal digits";
    private static final String CONVERSATION_ID =
            "a conversation id: two user ids in ASCII order with ~ between, or g. and a UUID";
    private static final String MEDIA_ID = "a media id: 32 lower-case hexadecimal digits, as the upload was answered";
    private static final String MEDIA_IDS = "an array of at most " + Body.MEDIA_MAX
            + " media ids, none of them twice; a media id is 32 lower-case hexadecimal digits";
    private static final String TIME = "a time in UTC with milliseconds, such as 2026-11-24T08:15:30.000Z";

    private final Map<String, Value> byName = new HashMap<>();

    /// What stands before each name where a refusal says it: where the object is, if that must be said.
    private final String within;

    Fields() {
        this("");
    }

    Fields(final String within) {
        this.within = within;
    }

    void put(final String name, final Value value) {
        byName.put(name, value);
    }

    /// Whether the member is there (and not null).
    public boolean has(final String name) {
        return byName.containsKey(name);
    }

    public String requiredString(final String name) throws FrameException {
        return required(name, optionalString(name), STRING);
    }

    public Optional<String> optionalString(final String name) throws FrameException {
        final var value = byName.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof Value.Text(final var text))) {
            throw wrong(name, STRING);
        }
        if (Utf8.length(text) == Utf8.NOT_ENCODABLE) {
            throw wrong(name, "a string without lone surrogates");
        }
        return Optional.of(text);
    }

    /// A string of at most that many Unicode code points.
    public String requiredString(final String name, final int charactersMax) throws FrameException {
        return required(name, optionalString(name, charactersMax), STRING);
    }

    /// A string of at most that many Unicode code points.
    public Optional<String> optionalString(final String name, final int charactersMax) throws FrameException {
        final var value = optionalString(name);
        if (value.isPresent() && exceeds(value.get(), charactersMax)) {
            throw wrong(name, "a string of at most " + charactersMax + " characters");
        }
        return value;
    }

    /// One of these words.
    String requiredWord(final String name, final List<String> words) throws FrameException {
        final var wanted = "one of " + String.join(", ", words);
        final var word = required(name, optionalString(name), wanted);
        if (!words.contains(word)) {
            throw wrong(name, wanted);
        }
        return word;
    }

    public boolean requiredBoolean(final String name) throws FrameException {
        return required(name, optionalBoolean(name), "true or false");
    }

    public Optional<Boolean> optionalBoolean(final String name) throws FrameException {
        final var value = byName.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof Value.Truth(final var truth))) {
            throw wrong(name, "true or false");
        }
        return Optional.of(truth);
    }

    /// A place in a conversation: an integer from 1.
    public long requiredSeq(final String name) throws FrameException {
        return requiredInteger(name, 1, INTEGER_MAX);
    }

    /// A place in a conversation: an integer from 1.
    public OptionalLong optionalSeq(final String name) throws FrameException {
        return optionalInteger(name, 1, INTEGER_MAX);
    }

    /// An integer without fraction or exponent, from `min` to `max`, both included.
    public long requiredInteger(final String name, final long min, final long max) throws FrameException {
        final var value = optionalInteger(name, min, max);
        if (value.isEmpty()) {
            throw missing(name, integer(min, max));
        }
        return value.getAsLong();
    }

    /// An integer without fraction or exponent, from `min` to `max`, both included.
    public OptionalLong optionalInteger(final String name, final long min, final long max) throws FrameException {
        final var value = byName.get(name);
        if (value == null) {
            return OptionalLong.empty();
        }
        final long integer = integerOf(value);
        if (integer < min || integer > max) {
            throw wrong(name, integer(min, max));
        }
        return OptionalLong.of(integer);
    }

    public MessageId requiredMessageId(final String name) throws FrameException {
        return required(name, optional(name, MessageId::parse, MESSAGE_ID), MESSAGE_ID);
    }

    public Optional<MessageId> optionalMessageId(final String name) throws FrameException {
        return optional(name, MessageId::parse, MESSAGE_ID);
    }

    public UserId requiredUserId(final String name) throws FrameException {
        return required(name, optional(name, UserId::parse, USER_ID), USER_ID);
    }

    public Optional<UserId> optionalUserId(final String name) throws FrameException {
        return optional(name, UserId::parse, USER_ID);
    }

    public DeviceId requiredDeviceId(final String name) throws FrameException {
        return required(name, optional(name, DeviceId::parse, DEVICE_ID), DEVICE_ID);
    }

    public Optional<DeviceId> optionalDeviceId(final String name) throws FrameException {
        return optional(name, DeviceId::parse, DEVICE_ID);
    }

    public MediaId requiredMediaId(final String name) throws FrameException {
        return required(name, optional(name, MediaId::parse, MEDIA_ID), MEDIA_ID);
    }

    /// The uploads that a message carries, in the order given; none if absent.
    public List<MediaId> mediaIds(final String name) throws FrameException {
        if (!has(name)) {
            return List.of();
        }
        final var ids = new LinkedHashSet<MediaId>();
        for (final var element : elements(name, MEDIA_IDS)) {
            final var id =
                    element instanceof Value.Text(final var text) ? MediaId.parse(text) : Optional.<MediaId>empty();
            if (id.isEmpty() || !ids.add(id.get()) || ids.size() > Body.MEDIA_MAX) {
                throw wrong(name, MEDIA_IDS);
            }
        }
        return List.copyOf(ids);
    }

    /// A conversation id of the right form; whether it is the caller's business, [Addressing] says.
    public ConversationId requiredConversationId(final String name) throws FrameException {
        return required(name, optional(name, ConversationId::parse, CONVERSATION_ID), CONVERSATION_ID);
    }

    /// Bytes in base64url without padding, from `min` to `max` of them, both included.
    public Octets requiredOctets(final String name, final int min, final int max) throws FrameException {
        return required(name, optionalOctets(name, min, max), octets(min, max));
    }

    /// Bytes in base64url without padding, from `min` to `max` of them, both included.
    public Optional<Octets> optionalOctets(final String name, final int min, final int max) throws FrameException {
        return optional(name, text -> octets(text, min, max), octets(min, max));
    }

    /// An array of byte strings, each in base64url without padding, from `min` to `max` bytes.
    public List<Octets> requiredOctetsList(final String name, final int elementsMax, final int min, final int max)
            throws FrameException {
        final var all = new ArrayList<Octets>();
        for (final var text : requiredStrings(name, elementsMax)) {
            final var octets = octets(text, min, max);
            if (octets.isEmpty()) {
                throw wrong(name, "an array; each element of it " + octets(min, max));
            }
            all.add(octets.get());
        }
        return List.copyOf(all);
    }

    private static Optional<Octets> octets(final String text, final int min, final int max) {
        return Octets.parse(text).filter(octets -> octets.length() >= min && octets.length() <= max);
    }

    private static String octets(final int min, final int max) {
        return (min == max ? min : min + " to " + max) + " bytes in base64url without padding";
    }

    public Instant requiredTime(final String name) throws FrameException {
        return required(name, optionalTime(name), TIME);
    }

    /// RFC 3339 in UTC with exactly three digits of a second.
    public Optional<Instant> optionalTime(final String name) throws FrameException {
        return optional(name, WireTime::parse, TIME);
    }

    public Fields requiredObject(final String name) throws FrameException {
        return required(name, optionalObject(name), "an object");
    }

    public Optional<Fields> optionalObject(final String name) throws FrameException {
        final var value = byName.get(name);
        return value == null ? Optional.empty() : Optional.of(object(name, value));
    }

    /// An object or array as it is, made compact.
    public Optional<JsonText> optionalJson(final String name) throws FrameException {
        final var value = byName.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof final Value.Nested nested)) {
            throw wrong(name, "an object or an array");
        }
        return Optional.of(new JsonText(nested.json()));
    }

    /// Any JSON value as it is, made compact. Absent if null.
    public Optional<JsonText> optionalAnyJson(final String name) {
        final var value = byName.get(name);
        return value == null ? Optional.empty() : Optional.of(new JsonText(printed(value)));
    }

    /// An array of strings, whatever they say.
    public List<String> requiredStrings(final String name, final int max) throws FrameException {
        final var wanted = "an array of at most " + max + " strings";
        final var elements = elements(name, wanted);
        if (elements.size() > max) {
            throw wrong(name, wanted);
        }
        final var strings = new ArrayList<String>(elements.size());
        for (final var element : elements) {
            if (!(element instanceof Value.Text(final var text)) || Utf8.length(text) == Utf8.NOT_ENCODABLE) {
                throw wrong(name, wanted);
            }
            strings.add(text);
        }
        return List.copyOf(strings);
    }

    /// What a message says, its `body` and its `media`, judged by [BodyRules].
    ///
    /// @throws FrameException `invalid` or `too-large`
    public Content requiredContent() throws FrameException {
        final var value = byName.get("body");
        if (value == null) {
            throw missing("body", BodyRules.WANTED);
        }
        return BodyRules.check(value, mediaIds("media"));
    }

    /// The client metadata of a message: any JSON of at most [#CLIENT_BYTES_MAX] bytes.
    public Optional<JsonText> clientMetadata(final String name) throws FrameException {
        final var json = optionalAnyJson(name);
        if (json.isPresent()) {
            final int bytes = Utf8.length(json.get().value());
            if (bytes == Utf8.NOT_ENCODABLE) {
                throw wrong(name, "JSON without lone surrogates");
            }
            if (bytes > CLIENT_BYTES_MAX) {
                throw wrong(name, "JSON of at most " + CLIENT_BYTES_MAX + " bytes when compact");
            }
        }
        return json;
    }

    /// Where a message is to go: `to` or `conversation`.
    public Target requiredTarget() throws FrameException {
        final var user = optionalString("to");
        final var conversation = optionalString("conversation");
        if (user.isPresent() == conversation.isPresent()) {
            throw new FrameException(
                    ErrorCode.INVALID, "give either 'to', a user id, or 'conversation', a conversation id");
        }
        return user.isPresent() ? new Target.User(user.get()) : new Target.Conversation(conversation.orElseThrow());
    }

    /// The page wanted by `after` or `before` and `limit`.
    public PageRequest pageRequest() throws FrameException {
        final var after = optionalInteger("after", 0, INTEGER_MAX);
        final var before = optionalSeq("before");
        final int limit =
                (int) optionalInteger("limit", 1, PageRequest.LIMIT_MAX).orElse(PageRequest.LIMIT_DEFAULT);
        if (after.isPresent() && before.isPresent()) {
            throw new FrameException(ErrorCode.INVALID, "give 'after' or 'before', not both");
        }
        if (after.isPresent()) {
            return new PageRequest.After(after.getAsLong(), limit);
        }
        return before.isPresent() ? new PageRequest.Before(before.getAsLong(), limit) : new PageRequest.Newest(limit);
    }

    /// The `type` that says which frame this is.
    ///
    /// @throws FrameException `bad-frame`: without it nothing else can be judged
    String frameType() throws FrameException {
        if (byName.get("type") instanceof Value.Text(final var type)) {
            return type;
        }
        throw new FrameException(
                ErrorCode.BAD_FRAME, "'type' is missing: each frame says what it is, such as \"type\":\"send\"");
    }

    Optional<String> ref() throws FrameException {
        return optionalString("ref", REF_CHARACTERS_MAX);
    }

    /// An array of objects.
    List<Fields> requiredObjects(final String name) throws FrameException {
        final var objects = new ArrayList<Fields>();
        for (final var element : elements(name, "an array of objects")) {
            objects.add(object(name, element));
        }
        return objects;
    }

    /// The ranges `[[first,last],…]`, none if absent.
    List<ServerFrame.Range> ranges(final String name) throws FrameException {
        final var wanted = "an array of pairs of integers";
        if (!has(name)) {
            return List.of();
        }
        final var ranges = new ArrayList<ServerFrame.Range>();
        for (final var element : elements(name, wanted)) {
            final var pair = element instanceof final Value.Nested nested && !nested.isObject()
                    ? StrictJson.elements(nested)
                    : List.<Value>of();
            if (pair.size() != 2 || integerOf(pair.getFirst()) < 1 || integerOf(pair.getLast()) < 1) {
                throw wrong(name, wanted);
            }
            ranges.add(new ServerFrame.Range(integerOf(pair.getFirst()), integerOf(pair.getLast())));
        }
        return List.copyOf(ranges);
    }

    /// The body of an entry that a server sent, of whatever type.
    JsonText requiredBodyOfAnyType(final String name) throws FrameException {
        if (!(byName.get(name) instanceof final Value.Nested nested) || nested.type() == null) {
            throw wrong(name, BodyRules.WANTED);
        }
        return new JsonText(nested.json());
    }

    /// The same refusal with what it is an answer to, as far as that could be read.
    FrameException answering(final FrameException refused) {
        final var error = refused.error();
        return new FrameException(new ServerFrame.Refusal(
                error.code(),
                error.message(),
                echo("ref", REF_CHARACTERS_MAX),
                echo("id", REF_CHARACTERS_MAX),
                echo("conversation", CONVERSATION_CHARACTERS_MAX),
                error.retryAfterSeconds()));
    }

    private Optional<String> echo(final String name, final int charactersMax) {
        return byName.get(name) instanceof Value.Text(final var text)
                        && !exceeds(text, charactersMax)
                        && Utf8.length(text) != Utf8.NOT_ENCODABLE
                ? Optional.of(text)
                : Optional.empty();
    }

    private <T> Optional<T> optional(final String name, final Function<String, Optional<T>> parse, final String wanted)
            throws FrameException {
        final var text = optionalString(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        final var parsed = parse.apply(text.get());
        if (parsed.isEmpty()) {
            throw wrong(name, wanted);
        }
        return parsed;
    }

    private List<Value> elements(final String name, final String wanted) throws FrameException {
        final var value = byName.get(name);
        if (value == null) {
            throw missing(name, wanted);
        }
        if (!(value instanceof final Value.Nested nested) || nested.isObject()) {
            throw wrong(name, wanted);
        }
        return StrictJson.elements(nested);
    }

    private Fields object(final String name, final Value value) throws FrameException {
        if (!(value instanceof final Value.Nested nested) || !nested.isObject()) {
            throw wrong(name, "an object");
        }
        final var fields = new Fields(within.isEmpty() ? "" : within + name + ".");
        StrictJson.readFromServer(nested.json(), fields);
        return fields;
    }

    private <T> T required(final String name, final Optional<T> value, final String wanted) throws FrameException {
        if (value.isEmpty()) {
            throw missing(name, wanted);
        }
        return value.get();
    }

    private static String integer(final long min, final long max) {
        return "an integer from " + min + " to " + max + " without fraction or exponent";
    }

    /// The integer that the value is, or −1.
    private static long integerOf(final @Nullable Value value) {
        if (!(value instanceof Value.Numeral(final var digits)) || digits.length() > INTEGER_DIGITS_MAX) {
            return -1;
        }
        long integer = 0;
        for (int at = 0; at < digits.length(); at++) {
            final char digit = digits.charAt(at);
            if (digit < '0' || digit > '9') {
                return -1;
            }
            integer = 10 * integer + (digit - '0');
        }
        return integer <= INTEGER_MAX ? integer : -1;
    }

    private static String printed(final Value value) {
        return switch (value) {
            case Value.Text(final var text) -> new JsonPrinter().value(text).toString();
            case Value.Numeral(final var digits) -> digits;
            case Value.Truth(final var truth) -> Boolean.toString(truth);
            case final Value.Nested nested -> nested.json();
            case Value.Nothing.HERE -> "null";
        };
    }

    private static boolean exceeds(final String text, final int charactersMax) {
        return text.length() > charactersMax && text.codePointCount(0, text.length()) > charactersMax;
    }

    private FrameException missing(final String name, final String wanted) {
        return new FrameException(ErrorCode.INVALID, "'" + within + name + "' is missing: give " + wanted);
    }

    private FrameException wrong(final String name, final String wanted) {
        return new FrameException(ErrorCode.INVALID, "'" + within + name + "' is not as it should be: give " + wanted);
    }
}
