package io.parley.account;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The keys that sign tokens, from a file: a JWK set (RFC 7517) of Ed25519 keys (RFC 8037) with their private
/// halves:
///
/// ```json
/// {"keys":[{"kty":"OKP","crv":"Ed25519","kid":"2f1c…","d":"…","x":"…"}]}
/// ```
///
/// The first key signs, the others verify what they signed before. To change keys: put a new one *last* on
/// every node, then first on every node, then remove the old one once its tokens are over (removing it earlier
/// logs devices out).
public final class TokenKeys {
    /// The file cannot be used; the message says which file and why, without what is in it.
    public static final class Unusable extends RuntimeException {
        Unusable(final Path file, final String why, final Throwable cause) {
            super("the token keys in " + file + " cannot be used: " + why, cause);
        }

        Unusable(final Path file, final String why) {
            super("the token keys in " + file + " cannot be used: " + why);
        }
    }

    /// @param kid     names it in tokens
    /// @param refresh seals refresh tokens: derived from the private half, for this use alone
    record Key(String kid, PrivateKey signs, PublicKey verifies, SecretKey refresh) {
        @Override
        public String toString() {
            return "Key[" + kid + "]";
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(TokenKeys.class);
    private static final int FILE_BYTES_MAX = 65_536;
    private static final int KEYS_MAX = 16; // a rotation needs two or three; more is a mistake
    private static final Pattern KID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final int KEY_BYTES = 32;

    private final List<Key> keys;

    private TokenKeys(final List<Key> keys) {
        this.keys = List.copyOf(keys);
    }

    /// Reads the file.
    ///
    /// @throws Unusable if it is missing or broken
    public static TokenKeys read(final Path file) {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw new Unusable(file, "it is larger than " + FILE_BYTES_MAX + " bytes");
            }
            warnIfOthersCanRead(file);
            return new TokenKeys(parse(file, Files.readString(file)));
        } catch (final IOException failure) {
            throw new Unusable(file, "it cannot be read (" + failure.getClass().getSimpleName() + ")", failure);
        }
    }

    /// Reads the file, or makes one with one new key (mode 600, complete or not at all, synced) if there is
    /// none.
    ///
    /// @throws Unusable if it is broken, or there is none and none can be made
    public static TokenKeys readOrCreate(final Path file, final SecureRandom random) {
        if (Files.notExists(file)) {
            try {
                create(file, random);
            } catch (final IOException | GeneralSecurityException failure) {
                throw new Unusable(
                        file, "it cannot be made (" + failure.getClass().getSimpleName() + ")", failure);
            }
        }
        return read(file);
    }

    Key signing() {
        return keys.getFirst();
    }

    Optional<Key> named(final String kid) {
        return keys.stream().filter(key -> key.kid().equals(kid)).findFirst();
    }

    private static List<Key> parse(final Path file, final String text) {
        final JsonNode list;
        try {
            list = new ObjectMapper().readTree(text).path("keys");
        } catch (final IOException broken) {
            throw new Unusable(file, "it is not JSON"); // the cause would quote the file
        }
        if (!list.isArray() || list.isEmpty() || list.size() > KEYS_MAX) {
            throw new Unusable(file, "\"keys\" must be a list of 1 to " + KEYS_MAX + " keys");
        }
        final var keys = new ArrayList<Key>();
        for (final var jwk : list) {
            final var name = "key " + (keys.size() + 1);
            final var key = parseKey(file, name, jwk);
            if (keys.stream().anyMatch(earlier -> earlier.kid().equals(key.kid()))) {
                throw new Unusable(file, name + " has the kid of an earlier one");
            }
            keys.add(key);
        }
        return keys;
    }

    private static Key parseKey(final Path file, final String name, final JsonNode jwk) {
        if (!jwk.path("kty").asText().equals("OKP") || !jwk.path("crv").asText().equals("Ed25519")) {
            throw new Unusable(file, name + " is not of kty OKP, crv Ed25519");
        }
        final var kid = jwk.path("kid").asText();
        if (!KID.matcher(kid).matches()) {
            throw new Unusable(file, name + " needs a kid of 1 to 64 letters, digits, _ or -");
        }
        final var seed = keyBytes(file, name, jwk, "d");
        final var point = keyBytes(file, name, jwk, "x");
        try {
            final var key = key(kid, seed, point);
            if (!belongTogether(key)) {
                throw new Unusable(file, name + ": its x does not belong to its d");
            }
            return key;
        } catch (final GeneralSecurityException broken) {
            throw new Unusable(file, name + " is no Ed25519 key", broken);
        }
    }

    private static byte[] keyBytes(final Path file, final String name, final JsonNode jwk, final String field) {
        try {
            final var bytes = Base64.getUrlDecoder().decode(jwk.path(field).asText());
            if (bytes.length == KEY_BYTES) {
                return bytes;
            }
        } catch (final IllegalArgumentException notBase64) {
            throw new Unusable(file, name + ": its " + field + " is not base64url");
        }
        throw new Unusable(file, name + ": its " + field + " must be " + KEY_BYTES + " bytes in base64url");
    }

    private static Key key(final String kid, final byte[] seed, final byte[] point) throws GeneralSecurityException {
        final var factory = KeyFactory.getInstance("Ed25519");
        final var signs = factory.generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
        final var verifies = factory.generatePublic(new EdECPublicKeySpec(NamedParameterSpec.ED25519, decode(point)));
        final var refresh = KDF.getInstance("HKDF-SHA256")
                .deriveKey(
                        "HmacSHA256",
                        HKDFParameterSpec.ofExtract()
                                .addIKM(seed)
                                .thenExpand("parley refresh token r1".getBytes(StandardCharsets.UTF_8), 32));
        return new Key(kid, signs, verifies, refresh);
    }

    /// RFC 8032, 5.1.2: little-endian y, its top bit is x's lowest.
    private static EdECPoint decode(final byte[] point) {
        final var bigEndian = new byte[KEY_BYTES];
        for (int i = 0; i < KEY_BYTES; i++) {
            bigEndian[i] = point[KEY_BYTES - 1 - i];
        }
        final boolean xIsOdd = (bigEndian[0] & 0x80) != 0;
        bigEndian[0] &= 0x7f;
        return new EdECPoint(xIsOdd, new BigInteger(1, bigEndian));
    }

    private static byte[] encode(final EdECPoint point) {
        final var bigEndian = point.getY().toByteArray();
        final var bytes = new byte[KEY_BYTES];
        for (int i = 0; i < KEY_BYTES && i < bigEndian.length; i++) {
            bytes[i] = bigEndian[bigEndian.length - 1 - i];
        }
        if (point.isXOdd()) {
            bytes[KEY_BYTES - 1] |= (byte) 0x80;
        }
        return bytes;
    }

    private static boolean belongTogether(final Key key) throws GeneralSecurityException {
        final var probe = "parley".getBytes(StandardCharsets.UTF_8);
        final var signature = Signature.getInstance("Ed25519");
        signature.initSign(key.signs());
        signature.update(probe);
        final var signed = signature.sign();
        signature.initVerify(key.verifies());
        signature.update(probe);
        return signature.verify(signed);
    }

    private static void create(final Path file, final SecureRandom random)
            throws IOException, GeneralSecurityException {
        final var generator = KeyPairGenerator.getInstance("Ed25519");
        generator.initialize(NamedParameterSpec.ED25519, random);
        final var pair = generator.generateKeyPair();
        if (!(pair.getPrivate() instanceof EdECPrivateKey secret && pair.getPublic() instanceof EdECPublicKey open)) {
            throw new GeneralSecurityException("the JDK's Ed25519 keys are of another kind");
        }
        final var seed = secret.getBytes().orElseThrow(() -> new GeneralSecurityException("a key without its bytes"));
        final var kid = new byte[8];
        random.nextBytes(kid);
        final var base64 = Base64.getUrlEncoder().withoutPadding();
        final var set = new ObjectMapper().createObjectNode();
        set.putArray("keys")
                .addObject()
                .put("kty", "OKP")
                .put("crv", "Ed25519")
                .put("kid", HexFormat.of().formatHex(kid))
                .put("d", base64.encodeToString(seed))
                .put("x", base64.encodeToString(encode(open.getPoint())));
        write(file, set.toPrettyString() + "\n");
    }

    /// Under another name first, synced, then renamed, and the directory synced: there is never half a file.
    private static void write(final Path file, final String text) throws IOException {
        final var directory = file.toAbsolutePath().getParent();
        final var name = file.getFileName();
        if (directory == null || name == null) {
            throw new IOException("not the name of a file");
        }
        Files.createDirectories(directory);
        final var half = directory.resolve(name + ".new");
        Files.deleteIfExists(half);
        Files.createFile(half, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (var channel = FileChannel.open(half, StandardOpenOption.WRITE)) {
            final var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void warnIfOthersCanRead(final Path file) throws IOException {
        final Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (permissions.contains(PosixFilePermission.OTHERS_READ)
                || permissions.contains(PosixFilePermission.GROUP_READ)) {
            LOG.warn("others on this machine can read the token keys in {}: chmod 600", file);
        }
    }
}
