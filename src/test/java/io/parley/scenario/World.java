package io.parley.scenario;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// A node and the people who use it in one story.
final class World implements AutoCloseable {
    static final String PASSWORD = "correct horse battery";
    private static final AtomicInteger PEOPLE = new AtomicInteger();

    private final NodeProcess node;
    private final Rest rest;
    private final List<Device> devices = new ArrayList<>();

    World(final NodeProcess node) {
        this.node = node;
        this.rest = new Rest(node.port());
    }

    int port() {
        return node.port();
    }

    int managementPort() {
        return node.managementPort();
    }

    Rest rest() {
        return rest;
    }

    /// A new person with one device, which is not connected.
    Device offline(final String name) {
        final var user = name + PEOPLE.incrementAndGet();
        rest.post(
                        "/v1/accounts",
                        "",
                        json().put("user", user).put("password", PASSWORD).put("name", name))
                .expect(201);
        return login(user, name + "'s phone");
    }

    /// A new person with one device, which is connected.
    Device person(final String name) {
        return offline(name).connects();
    }

    /// Another device of a person, not connected.
    Device another(final Device of) {
        return login(of.user(), "a tablet");
    }

    private Device login(final String user, final String name) {
        final var device = Device.of(
                this,
                rest.post("/v1/login", "", loginBody(user, name)).expect(200).body());
        devices.add(device);
        return device;
    }

    static ObjectNode loginBody(final String user, final String name) {
        final var body = json().put("user", user).put("password", PASSWORD);
        body.putObject("device").put("name", name).put("platform", "test");
        return body;
    }

    static ObjectNode json() {
        return JsonNodeFactory.instance.objectNode();
    }

    /// The direct conversation of two people.
    static String between(final Device one, final Device other) {
        return one.user().compareTo(other.user()) < 0
                ? one.user() + "~" + other.user()
                : other.user() + "~" + one.user();
    }

    /// Ends the connections of the story's people.
    @Override
    public void close() {
        devices.forEach(Device::close);
    }
}
