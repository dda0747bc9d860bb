package io.parley.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.client.ClientRuntime;
import io.parley.client.ClientStore.Progress;
import io.parley.client.ClientStore.Unsent;
import io.parley.client.Login;
import io.parley.client.ParleyRest;
import io.parley.client.ScriptedServer;
import io.parley.client.TextBody;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.protocol.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AccountHomeTest {
    private static final UserId ADA = new UserId("ada");
    private static final ConversationId TALK = new ConversationId("ada~bob");
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00.000Z");
    private static final Instant LATER = Instant.parse("2026-11-24T12:15:00.000Z");

    @TempDir
    private Path directory;

    private AccountHome home() {
        return new AccountHome(directory.resolve("ada"), ADA);
    }

    private static Login login(final int number, final String device, final String uid, final Instant expiresAt) {
        return new Login("t" + number, expiresAt, "r" + number, new DeviceId(device), ADA, uid);
    }

    private static Login login(final int number) {
        return login(number, "00000000000000aa", "u", LATER);
    }

    private void keepsSomething() {
        home().store().progressed(TALK, new Progress(3, 3, 3, 3));
        home().store().queued(new Unsent(new MessageId("m"), new Target.User("bob"), TextBody.of("hi"), List.of(), 3));
    }

    @Test
    void a_login_is_found_again_and_only_its_owner_can_read_it() throws IOException {
        assertEquals(Optional.empty(), home().login());
        home().keep(login(1));
        assertEquals(Optional.of(login(1)), home().login());
        final var file = directory.resolve("ada/login.json");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        Files.writeString(file, "{\"token\":");
        assertEquals(Optional.empty(), home().login(), "what cannot be read is no login");
    }

    @Test
    void a_new_token_of_the_same_device_keeps_everything() throws IOException {
        home().keep(login(1));
        keepsSomething();
        home().keep(login(2));
        assertEquals(3, home().store().progress(TALK).orElseThrow().delivered());
        assertEquals(1, home().store().unsentCount());
    }

    @Test
    void another_device_holds_nothing_yet_and_still_sends_what_is_unsent() throws IOException {
        home().keep(login(1));
        keepsSomething();
        home().keep(login(2, "00000000000000bb", "u", LATER));
        assertEquals(Optional.empty(), home().store().progress(TALK));
        assertEquals(1, home().store().unsentCount());
    }

    @Test
    void another_account_of_the_same_name_gets_nothing_of_the_first() throws IOException {
        home().keep(login(1));
        keepsSomething();
        home().keep(login(2, "00000000000000bb", "another", LATER));
        assertEquals(0, home().store().unsentCount());
    }

    @Test
    void one_has_the_connection_and_others_hear_who() throws IOException, Stop {
        try (var _ = home().connection().take("tail")) {
            final var refused =
                    assertThrows(Stop.class, () -> home().connection().take("chat"));
            assertEquals(ExitCode.IN_USE, refused.code());
            final var said = String.valueOf(refused.getMessage());
            assertTrue(said.startsWith("parley tail, process "), said);
        }
        assertTrue(home().connection().tryTake("chat").isPresent());
    }

    @Test
    void a_token_that_another_command_has_refreshed_is_used_and_not_refreshed_again() throws IOException {
        final var asked = Collections.synchronizedList(new ArrayList<String>());
        try (var server = ScriptedServer.start(
                (method, path, headers, body) -> {
                    asked.add(body);
                    return new ScriptedServer.Answer(
                            200,
                            "{\"token\":\"t3\",\"expiresAt\":\"2026-11-24T12:15:00.000Z\",\"refreshToken\":\"r3\",\"device\":\"00000000000000aa\",\"user\":\"ada\",\"uid\":\"u\"}");
                },
                connection -> {})) {
            final var rest = new ParleyRest(server.address(), ClientRuntime.shared());
            final var tokens = new StoredTokens(home(), rest, InstantSource.fixed(NOW));
            assertEquals(Optional.empty(), tokens.current(), "nobody is logged in");
            home().keep(login(1));
            assertEquals(Optional.of("t1"), tokens.current());
            home().keep(login(2)); // by another command
            assertEquals(
                    Optional.of("t2"),
                    tokens.refresh("t1").toCompletableFuture().join());
            assertEquals(List.of(), asked);
            assertEquals(
                    Optional.of("t3"),
                    tokens.refresh("t2").toCompletableFuture().join());
            assertEquals(List.of("{\"refreshToken\":\"r2\"}"), asked);
            assertEquals("r3", home().login().orElseThrow().refreshToken(), "kept before it is used");
            home().keep(login(4, "00000000000000aa", "u", NOW.plusSeconds(10)));
            assertEquals(Optional.of("t3"), tokens.current(), "one that is about to expire is refreshed");
        }
    }

    @Test
    void a_login_that_has_ended_is_said_to_have() throws IOException {
        try (var server = ScriptedServer.start(
                (method, path, headers, body) -> new ScriptedServer.Answer(401, "{\"code\":\"unauthenticated\"}"),
                connection -> {})) {
            final var rest = new ParleyRest(server.address(), ClientRuntime.shared());
            home().keep(login(1));
            final var tokens = new StoredTokens(home(), rest, InstantSource.fixed(NOW));
            assertFalse(tokens.refresh("t1").toCompletableFuture().join().isPresent());
            final var account = new Account(new Nodes(List.of(server.address())), home(), login(1), rest, tokens);
            assertEquals(
                    ExitCode.NOT_LOGGED_IN,
                    assertThrows(Stop.class, () -> account.call(rest::devices)).code());
        }
    }

    @Test
    void the_one_who_logged_in_last_is_meant_where_nobody_is_named() throws IOException, Stop {
        final var nodes = Nodes.parse(Nodes.DEFAULT);
        assertEquals(Optional.empty(), new Home(directory, nodes).current());
        new Home(directory, nodes).makeCurrent(ADA);
        assertEquals(Optional.of(ADA), new Home(directory, nodes).current());
        assertEquals(Optional.empty(), new Home(directory, Nodes.parse("http://other")).current());
    }
}
