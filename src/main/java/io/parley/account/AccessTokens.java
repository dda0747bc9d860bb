package io.parley.account;

import io.parley.id.DeviceId;
import io.parley.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.lang.JoseException;

/// Access tokens: JWTs (RFC 7519) signed with Ed25519 (`alg` EdDSA, RFC 8037) by a key of [TokenKeys], with the
/// claims `iss`, `sub` (the user), `uid`, `dev` (the device), `gen` (its token generation), `iat`, `exp`.
///
/// Ed25519 signs without randomness, so the same claims always give the same token.
final class AccessTokens {
    /// Longer than any of ours; spares the work on nonsense.
    static final int CHARACTERS_MAX = 1_024;

    private static final AlgorithmConstraints EDDSA_ONLY =
            new AlgorithmConstraints(ConstraintType.PERMIT, AlgorithmIdentifiers.EDDSA);

    private final TokenKeys keys;
    private final String issuer;
    private final Duration ttl;

    /// Tokens whose signature was found good: a check costs half a millisecond of a core (measured, JDK 25),
    /// too much for every call. Only good ones get in, so nobody fills it with inventions.
    private final Map<String, Good> goodByToken;

    private record Good(Caller caller, Instant expiry) {}

    AccessTokens(final TokenKeys keys, final AccountSettings settings) {
        this.keys = keys;
        this.issuer = settings.issuer();
        this.ttl = settings.accessTokenTtl();
        this.goodByToken = new Recent<>(settings.tokenChecksMax());
    }

    /// When a token that was given at `at` is over.
    Instant expiry(final Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).plusSeconds(ttl.toSeconds());
    }

    /// The token of `caller` that begins at `at`.
    String sign(final Caller caller, final Instant at) {
        final var claims = new JwtClaims();
        claims.setIssuer(issuer);
        claims.setSubject(caller.user().value());
        claims.setStringClaim("uid", caller.uid());
        claims.setStringClaim("dev", caller.device().value());
        claims.setClaim("gen", caller.generation());
        claims.setIssuedAt(NumericDate.fromSeconds(at.getEpochSecond()));
        claims.setExpirationTime(NumericDate.fromSeconds(expiry(at).getEpochSecond()));
        final var jws = new JsonWebSignature();
        jws.setHeader("typ", "JWT");
        jws.setAlgorithmHeaderValue(AlgorithmIdentifiers.EDDSA);
        jws.setKeyIdHeaderValue(keys.signing().kid());
        jws.setKey(keys.signing().signs());
        jws.setPayload(claims.toJson());
        try {
            return jws.getCompactSerialization();
        } catch (final JoseException broken) {
            throw new IllegalStateException("this JDK cannot sign with Ed25519", broken);
        }
    }

    /// Whose token it is, if we signed it and it is not over at `now`; whether it was revoked is not known
    /// here.
    Optional<Caller> check(final String token, final Instant now) {
        if (token.length() > CHARACTERS_MAX) {
            return Optional.empty();
        }
        final var good = known(token).or(() -> verified(token));
        return good.filter(one -> now.isBefore(one.expiry())).map(Good::caller);
    }

    private Optional<Good> known(final String token) {
        synchronized (goodByToken) {
            return Optional.ofNullable(goodByToken.get(token));
        }
    }

    private Optional<Good> verified(final String token) {
        final var good = verify(token);
        good.ifPresent(one -> {
            synchronized (goodByToken) {
                goodByToken.put(token, one);
            }
        });
        return good;
    }

    private Optional<Good> verify(final String token) {
        try {
            final var jws = new JsonWebSignature();
            jws.setAlgorithmConstraints(EDDSA_ONLY);
            jws.setCompactSerialization(token);
            final var key = Optional.ofNullable(jws.getKeyIdHeaderValue()).flatMap(keys::named);
            if (key.isEmpty()) {
                return Optional.empty();
            }
            jws.setKey(key.get().verifies());
            return jws.verifySignature() ? good(JwtClaims.parse(jws.getPayload())) : Optional.empty();
        } catch (final JoseException | InvalidJwtException | MalformedClaimException | IllegalArgumentException bad) {
            return Optional.empty(); // not ours; what is wrong with it is nobody's business
        }
    }

    private Optional<Good> good(final JwtClaims claims) throws MalformedClaimException {
        if (!issuer.equals(claims.getIssuer())) {
            return Optional.empty();
        }
        final var expiry = Optional.ofNullable(claims.getExpirationTime())
                .map(seconds -> Instant.ofEpochSecond(seconds.getValue()));
        final var user = Optional.ofNullable(claims.getSubject()).flatMap(UserId::parse);
        final var device =
                Optional.ofNullable(claims.getStringClaimValue("dev")).flatMap(DeviceId::parse);
        final var generation = Optional.ofNullable(claims.getClaimValue("gen", Number.class));
        final var uid = Optional.ofNullable(claims.getStringClaimValue("uid"));
        final var caller = user.flatMap(u ->
                device.flatMap(d -> generation.flatMap(g -> uid.map(id -> new Caller(u, d, g.longValue(), id)))));
        return expiry.flatMap(end -> caller.map(who -> new Good(who, end)));
    }
}
