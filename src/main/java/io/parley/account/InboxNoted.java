package io.parley.account;

import io.parley.id.UserId;

/// The inbox has durably noted the account's devices, or its end.
///
/// @param user    whose inbox
/// @param version the highest [LinkedDevices#version()] it holds
public record InboxNoted(UserId user, long version) implements AccountCommand {
    /// Nobody waits for an answer to it.
    @Override
    public void refuse() {}
}
