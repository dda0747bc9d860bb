package io.parley.local;

import io.parley.local.RestCall.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Somebody with an account, who calls whichever node over REST: an answer from one is good for all.
final class Person {
    private static final String PASSWORD = "correct horse battery";

    private final String name;
    private String token = "";

    private Person(final String name) {
        this.name = name;
    }

    static Person registered(final ParleyNode at, final String name) {
        final var person = new Person(name);
        expect(201, person.registersAgain(at));
        return person;
    }

    /// Under the same name.
    Answer registersAgain(final ParleyNode at) {
        return call(at, "POST", "/v1/accounts", Map.of("user", name, "password", PASSWORD));
    }

    String name() {
        return name;
    }

    /// On a new device, whose token is this person's from now on.
    void logsIn(final ParleyNode at) {
        final var device = Map.of("name", "test", "platform", "java");
        final var login = call(at, "POST", "/v1/login", Map.of("user", name, "password", PASSWORD, "device", device));
        token = expect(200, login).body().path("token").asText();
    }

    /// Sends a message of which the text is the id. Sent again it stays one.
    Answer sends(final ParleyNode through, final String id, final Person to) {
        return call(
                through,
                "POST",
                "/v1/messages",
                Map.of("to", to.name, "id", id, "body", Map.of("type", "text", "text", id)));
    }

    /// Sends a message until a node has stored it; the nodes are tried in turn.
    void sendsUntilStored(final List<ParleyNode> nodes, final String id, final Person to, final Duration atMost) {
        final var answers = new ArrayList<Answer>();
        Waiting.until(
                atMost,
                () -> {
                    answers.add(sends(nodes.get(answers.size() % nodes.size()), id, to));
                    return answers.getLast().isStored();
                },
                () -> name + "'s message " + id + " was not stored; the last answer was " + answers.getLast());
    }

    /// The ids of what stands in the conversation with somebody, in order; of 200 messages at most.
    List<String> reads(final ParleyNode from, final Person with) {
        final var id = name.compareTo(with.name) < 0 ? name + "~" + with.name : with.name + "~" + name;
        final var page = expect(200, call(from, "GET", "/v1/conversations/" + id + "/messages?limit=200", Map.of()));
        return page.body().path("messages").findValuesAsText("id");
    }

    private static Answer expect(final int status, final Answer answer) {
        if (answer.status() != status) {
            throw new AssertionError("instead of " + status + " the answer was " + answer);
        }
        return answer;
    }

    private Answer call(final ParleyNode node, final String method, final String path, final Map<String, Object> body) {
        return RestCall.make(node.address(), method, path, token, body);
    }
}
