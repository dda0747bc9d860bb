package io.parley.cluster;

import io.parley.content.Body;
import io.parley.content.JsonText;
import io.parley.content.Octets;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorRef;

/// Makes up values of records from the types of their components. Values with a form of their own (ids, times,
/// hashes) are listed; everything else that is a record, a sealed interface or an enum follows from its shape.
final class RandomRecords {
    private static final List<Long> EDGES =
            List.of(0L, 1L, -1L, (1L << 53) - 1, 1L << 53, Long.MAX_VALUE, Long.MIN_VALUE);

    private final Random random;
    private final Map<Class<?>, Supplier<Object>> simple = new LinkedHashMap<>();

    /// @param ref where answers in the values go
    RandomRecords(final Random random, final ActorRef<Object> ref) {
        this.random = random;
        simple.put(long.class, this::number);
        simple.put(Long.class, this::number);
        simple.put(int.class, random::nextInt);
        simple.put(Integer.class, random::nextInt);
        simple.put(boolean.class, random::nextBoolean);
        simple.put(Boolean.class, random::nextBoolean);
        simple.put(String.class, this::text);
        simple.put(Instant.class, () -> Instant.ofEpochMilli(random.nextLong(1L << 42)));
        simple.put(java.util.UUID.class, () -> new java.util.UUID(random.nextLong(), random.nextLong()));
        simple.put(Duration.class, () -> Duration.ofMillis(random.nextLong(1L << 42)));
        simple.put(OptionalLong.class, () -> random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(number()));
        simple.put(
                OptionalInt.class, () -> random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(random.nextInt()));
        simple.put(UserId.class, this::user);
        simple.put(DeviceId.class, () -> DeviceId.of(random.nextLong()));
        simple.put(MessageId.class, () -> new MessageId("m-" + Long.toHexString(random.nextLong())));
        simple.put(MediaId.class, this::media);
        simple.put(ConversationId.class, () -> ConversationId.between(user(), user()));
        simple.put(
                JsonText.class, () -> new JsonText("{\"type\":\"text\",\"text\":\"" + random.nextLong() + " é👋\"}"));
        simple.put(Octets.class, this::octets);
        simple.put(Body.class, () -> new Body("text", (JsonText) value(JsonText.class)));
        simple.put(ReplyTo.class, () -> new ActorReplyTo<>(ref));
    }

    Object value(final Type type) {
        if (type instanceof final ParameterizedType generic) {
            return container((Class<?>) generic.getRawType(), generic.getActualTypeArguments());
        }
        if (!(type instanceof final Class<?> kind)) {
            throw new IllegalArgumentException("no values of " + type + " are known");
        }
        final var known = simple.get(kind);
        if (known != null) {
            return known.get();
        }
        if (kind.isEnum()) {
            return one(Arrays.asList(kind.getEnumConstants()));
        }
        if (kind.isSealed()) {
            return value(one(Arrays.asList(kind.getPermittedSubclasses())));
        }
        if (kind.isRecord()) {
            return record(kind);
        }
        throw new IllegalArgumentException("no values of " + type + " are known");
    }

    private Object container(final Class<?> kind, final Type[] of) {
        final int size = random.nextInt(4);
        if (kind == Optional.class) {
            return size == 0 ? Optional.empty() : Optional.of(value(of[0]));
        }
        if (kind == List.class) {
            return IntStream.range(0, size).mapToObj(_ -> value(of[0])).toList();
        }
        if (kind == Map.class) {
            final var map = new LinkedHashMap<Object, Object>();
            IntStream.range(0, size).forEach(_ -> map.put(value(of[0]), value(of[1])));
            return map;
        }
        return value(kind);
    }

    private Object record(final Class<?> kind) {
        try {
            final var components = kind.getRecordComponents();
            final Constructor<?> constructor = kind.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(Arrays.stream(components)
                    .map(component -> kind.getSimpleName().equals("PasswordHash")
                            ? "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo" // the one text with a form
                            : value(component.getGenericType()))
                    .toArray());
        } catch (final ReflectiveOperationException unmakeable) {
            throw new IllegalArgumentException("no " + kind + " can be made up", unmakeable);
        }
    }

    private Octets octets() {
        final var bytes = new byte[random.nextInt(80)];
        random.nextBytes(bytes);
        return Octets.of(bytes);
    }

    private MediaId media() {
        final var bytes = new byte[MediaId.BYTES];
        random.nextBytes(bytes);
        return MediaId.of(bytes);
    }

    private long number() {
        return random.nextInt(4) == 0 ? one(EDGES) : random.nextLong();
    }

    private UserId user() {
        return new UserId("u" + random.nextInt(1_000));
    }

    private String text() {
        return one(List.of("", "plain", "with \"quotes\" and \u0000", "é👋🏽", Long.toHexString(random.nextLong())));
    }

    private <T> T one(final List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
