package io.parley.conversation;

import io.parley.content.JsonText;
import io.parley.content.Octets;
import java.util.List;
import java.util.stream.Collectors;

/// How a commit stands in the log for clients. All of it is made of ids, numbers and base64url: nothing needs
/// escapes.
final class CommitBody {
    private CommitBody() {}

    static JsonText of(final ConversationEvent.CommitPosted commit) {
        return new JsonText("{\"type\":\"commit\",\"group\":\"" + commit.group().base64url()
                + "\",\"epoch\":" + commit.epoch()
                + ",\"message\":\"" + commit.message().base64url()
                + "\",\"added\":" + devices(commit.added())
                + ",\"removed\":" + devices(commit.removed())
                + commit.welcome()
                        .map(Octets::base64url)
                        .map(",\"welcome\":\"%s\""::formatted)
                        .orElse("")
                + "}");
    }

    private static String devices(final List<Leaf> leaves) {
        return leaves.stream()
                .map(leaf -> "{\"user\":\"%s\",\"device\":\"%s\"}".formatted(leaf.user(), leaf.device()))
                .collect(Collectors.joining(",", "[", "]"));
    }
}
