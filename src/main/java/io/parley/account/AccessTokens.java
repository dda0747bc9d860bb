package io.parley.account;

import io.parley.id.DeviceId;
import io.parley.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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

/// Access tokens: JWTs (RFC 7519) signed with Ed25519 (`alg` EdDSA, RFC 8037) by a key of [TokenKeys], with the claims
/// `iss`, `sub` (the user), `uid`, `dev` (the device), `gen` (its token generation), `iat`, `exp`.
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

    AccessTokens(final TokenKeys keys, final AccountSettings settings) {
        this.keys = keys;
        this.issuer = settings.issuer();
        this.ttl = settings.accessTokenTtl();
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

    /// Whose token it is, if we signed it and it is not over at `now`; whether it was revoked is not known here.
    Optional<Caller> check(final String token, final Instant now) {
        if (token.length() > CHARACTERS_MAX) {
            return Optional.empty();
        }
        try {
            final var jws = new JsonWebSignature();
            jws.setAlgorithmConstraints(EDDSA_ONLY);
            jws.setCompactSerialization(token);
            final var key = Optional.ofNullable(jws.getKeyIdHeaderValue()).flatMap(keys::named);
            if (key.isEmpty()) {
                return Optional.empty();
            }
            jws.setKey(key.get().verifies());
            return jws.verifySignature() ? caller(JwtClaims.parse(jws.getPayload()), now) : Optional.empty();
        } catch (final JoseException | InvalidJwtException | MalformedClaimException | IllegalArgumentException bad) {
            return Optional.empty(); // not ours; what is wrong with it is nobody's business
        }
    }

    private Optional<Caller> caller(final JwtClaims claims, final Instant now) throws MalformedClaimException {
        final var expiry = Optional.ofNullable(claims.getExpirationTime());
        final boolean good = issuer.equals(claims.getIssuer())
                && expiry.isPresent()
                && now.isBefore(Instant.ofEpochSecond(expiry.get().getValue()));
        if (!good) {
            return Optional.empty();
        }
        final var user = Optional.ofNullable(claims.getSubject()).flatMap(UserId::parse);
        final var device =
                Optional.ofNullable(claims.getStringClaimValue("dev")).flatMap(DeviceId::parse);
        final var generation = Optional.ofNullable(claims.getClaimValue("gen", Number.class));
        final var uid = Optional.ofNullable(claims.getStringClaimValue("uid"));
        return user.flatMap(u ->
                device.flatMap(d -> generation.flatMap(g -> uid.map(id -> new Caller(u, d, g.longValue(), id)))));
    }
}
