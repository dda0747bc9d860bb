package io.parley.account;

import io.parley.account.AccountReply.NotNow;
import io.parley.cluster.ReplyTo;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.serialization.ClusterMessage;
import java.util.Optional;

/// What an account is told. Each names the account it is for, and an account refuses what is for another. `by`
/// and `generation` are the device that asks, as its token says.
sealed interface AccountCommand extends ClusterMessage
        permits AccountCommand.Register,
                AccountCommand.Credentials,
                AccountCommand.Link,
                AccountCommand.Refresh,
                AccountCommand.Logout,
                AccountCommand.ChangePassword,
                AccountCommand.Devices,
                AccountCommand.Unlink,
                AccountCommand.Profile,
                AccountCommand.Rename,
                AccountCommand.Confirm,
                AccountCommand.UnlinkAway,
                AccountCommand.Examine,
                AccountCommand.Disable,
                AccountCommand.Enable,
                AccountCommand.EndTokens,
                AccountCommand.Delete,
                AccountCommand.Announce,
                AccountCommand.Remind,
                InboxNoted {
    /// The account it is for.
    UserId user();

    /// Answers that nothing is decided now, if anybody waits for an answer.
    void refuse();

    /// Begins the account. Repeated with the same `uid` it is the same registration.
    record Register(
            UserId user, String uid, String name, PasswordHash password, ReplyTo<AccountReply.ToRegister> replyTo)
            implements AccountCommand {
        @Override
        public void refuse() {
            replyTo.tell(new NotNow(user));
        }
    }

    /// Which password is to be checked.
    record Credentials(UserId user, ReplyTo<AccountReply.ToCredentials> replyTo) implements AccountCommand {
        @Override
        public void refuse() {
            replyTo.tell(new NotNow(user));
        }
    }

    /// Links a device, after its password was checked.
    ///
    /// @param passwordSince which password was checked
    /// @param wanted        the id it says it had
    /// @param fresh         the id it gets if it had none that is linked
    /// @param replace       makes room if there is none
    /// @param rehash        the same password under today's parameters, if they were raised
    record Link(
            UserId user,
            long passwordSince,
            Optional<DeviceId> wanted,
            DeviceId fresh,
            String name,
            String platform,
            Optional<DeviceId> replace,
            Optional<PasswordHash> rehash,
            ReplyTo<AccountReply.ToLink> replyTo)
            implements AccountCommand {
        @Override
        public void refuse() {
            replyTo.tell(new NotNow(user));
        }
    }

    /// A refresh token was shown; its seal is checked already.
    record Refresh(UserId user, DeviceId device, long generation, long counter, ReplyTo<AccountReply.ToRefresh> replyTo)
            implements AccountCommand {
        @Override
        public void refuse() {
            replyTo.tell(new NotNow(user));
        }
    }

    record Logout(UserId user, DeviceId by, long generation, ReplyTo<AccountReply.ToLogout> replyTo)
            implements AccountCommand {
        @Override
        public void refuse() {
            replyTo.tell(new NotNow(user));
        }
    }

    /// Sets another password, after the old one was checked.
    ///
    /// @param passwordSince which password was checked
    record ChangePassword(
            UserId user,
            DeviceId by,
            long generation,
            long passwordSince,
            PasswordHash password,
            ReplyTo<AccountReply.ToChangePassword> replyTo)
            implements AccountCommand {
        @Override
        public void refuse() {
            replyTo.tell(new NotNow(user));
        }
    }

    record Devices(UserId user, DeviceId by, long generation, ReplyTo<AccountReply.ToDevices> replyTo)
            implements AccountCommand {
        @Override
        public void refuse() {
            replyTo.tell(new NotNow(user));
        }
    }

    record Unlink(UserId user, DeviceId by, long generation, DeviceId device, ReplyTo<AccountReply.ToUnlink> replyTo)
            implements AccountCommand {
        @Override
        public void refuse() {
            replyTo.tell(new NotNow(user));
        }
    }

    record Profile(UserId user, ReplyTo<AccountReply.ToProfile> replyTo) implements AccountCommand {
        @Override
        public void refuse() {
            replyTo.tell(new NotNow(user));
        }
    }

    record Rename(UserId user, DeviceId by, long generation, String name, ReplyTo<AccountReply.ToRename> replyTo)
            implements AccountCommand {
        @Override
        public void refuse() {
            replyTo.tell(new NotNow(user));
        }
    }

    /// Which tokens count.
    record Confirm(UserId user, ReplyTo<AccountReply.ToConfirm> replyTo) implements AccountCommand {
        @Override
        public void refuse() {
            replyTo.tell(new NotNow(user));
        }
    }

    /// The inbox has not seen the device for long.
    ///
    /// @param generation as the inbox knows it; if the device logged in since, it is not away
    record UnlinkAway(UserId user, DeviceId device, long generation, ReplyTo<AccountReply.ToUnlinkAway> replyTo)
            implements AccountCommand {
        @Override
        public void refuse() {
            replyTo.tell(new NotNow(user));
        }
    }

    /// An operator wants to see the account.
    record Examine(UserId user, ReplyTo<AccountReply.ToExamine> replyTo) implements AccountCommand {
        @Override
        public void refuse() {
            replyTo.tell(new NotNow(user));
        }
    }

    /// An operator closes the account's door. One that is closed already stays so.
    record Disable(UserId user, ReplyTo<AccountReply.ToAdminister> replyTo) implements AccountCommand {
        @Override
        public void refuse() {
            replyTo.tell(new NotNow(user));
        }
    }

    /// An operator opens the account's door. One that is open already stays so.
    record Enable(UserId user, ReplyTo<AccountReply.ToAdminister> replyTo) implements AccountCommand {
        @Override
        public void refuse() {
            replyTo.tell(new NotNow(user));
        }
    }

    /// An operator ends the tokens of one device, or of all.
    ///
    /// @param device the one device; empty: all
    record EndTokens(UserId user, Optional<DeviceId> device, ReplyTo<AccountReply.ToAdminister> replyTo)
            implements AccountCommand {
        @Override
        public void refuse() {
            replyTo.tell(new NotNow(user));
        }
    }

    /// An operator deletes the account, for good; answered when the inbox is erased. Of one that is deleted
    /// already, what is left in the journal is deleted once more.
    record Delete(UserId user, ReplyTo<AccountReply.ToAdminister> replyTo) implements AccountCommand {
        @Override
        public void refuse() {
            replyTo.tell(new NotNow(user));
        }
    }

    /// Tells the inbox its devices once more.
    record Announce(UserId user) implements AccountCommand {
        @Override
        public void refuse() {}
    }

    /// From its own timer: repeat what the inbox has not confirmed, give up what waited too long.
    record Remind(UserId user) implements AccountCommand {
        @Override
        public void refuse() {}
    }
}
