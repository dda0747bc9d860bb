package io.parley.account;

/// The way to the users' inboxes, which must know of an account and its devices before anyone is told of them.
@FunctionalInterface
public interface Inboxes {
    /// Sends `message` to the inbox of [LinkedDevices#user()]: at most once, without waiting. The account
    /// repeats it until it hears [InboxNoted].
    void linked(LinkedDevices message);
}
