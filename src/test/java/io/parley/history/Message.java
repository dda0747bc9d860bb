package io.parley.history;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A message by its sender's word: all attempts under one (sender, conversation, `id`).
final class Message {
    /// What a message is known by within a conversation.
    record Name(String user, String id) {}

    /// Where in the history it was first sent.
    final int calledAt;

    final Event.SendCall call;
    int calls = 1;

    /// Attempts that stored nothing for certain.
    int refusals;

    Event.@Nullable SendOk ok;

    /// Its place in the log; 0: none is known.
    long seq;

    private @Nullable Set<String> otherTexts;
    private @Nullable Set<String> otherClients;

    Message(final int calledAt, final Event.SendCall call) {
        this.calledAt = calledAt;
        this.call = call;
    }

    void calledAgain(final Event.SendCall again) {
        calls++;
        if (!again.text().equals(call.text())) {
            otherTexts = otherTexts == null ? new LinkedHashSet<>(2) : otherTexts;
            otherTexts.add(again.text());
        }
        if (!again.client().equals(call.client())) {
            otherClients = otherClients == null ? new LinkedHashSet<>(2) : otherClients;
            otherClients.add(again.client());
        }
    }

    /// Whether some attempt said so: the first one stored stays, whichever it was.
    boolean hasText(final String text) {
        return call.text().equals(text) || (otherTexts != null && otherTexts.contains(text));
    }

    boolean isCalledBy(final String client) {
        return call.client().equals(client) || (otherClients != null && otherClients.contains(client));
    }

    boolean isRefused() {
        return ok == null && refusals >= calls;
    }
}
