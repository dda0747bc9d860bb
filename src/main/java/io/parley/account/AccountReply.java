package io.parley.account;

import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.serialization.ClusterMessage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What an account answers; one sealed type per command, so that the asker's `switch` names all.
sealed interface AccountReply extends ClusterMessage {
    sealed interface ToRegister extends AccountReply permits Began, Exists, NotNow {}

    sealed interface ToCredentials extends AccountReply permits Known, NoAccount, NotNow {}

    sealed interface ToLink extends AccountReply permits Linked, Full, PasswordMoved, Barred, NoAccount, NotNow {}

    sealed interface ToRefresh extends AccountReply permits Rotated, Barred, Ended, NotNow {}

    sealed interface ToLogout extends AccountReply permits Made, Ended, NotNow {}

    sealed interface ToChangePassword extends AccountReply permits Made, PasswordMoved, Ended, NotNow {}

    sealed interface ToDevices extends AccountReply permits Listed, Ended, NotNow {}

    sealed interface ToUnlink extends AccountReply permits Made, NotOnList, Ended, NotNow {}

    sealed interface ToProfile extends AccountReply permits Shown, NoAccount, NotNow {}

    sealed interface ToRename extends AccountReply permits Shown, Ended, NotNow {}

    sealed interface ToConfirm extends AccountReply permits Confirmed, NoAccount, NotNow {}

    sealed interface ToExamine extends AccountReply permits Examined, WasDeleted, NoAccount, NotNow {}

    sealed interface ToAdminister extends AccountReply permits Made, NotOnList, NoAccount, NotNow {}

    sealed interface ToUnlinkAway extends AccountReply permits AwayHandled, NotNow {}

    record Began(UserId user, String uid, String name) implements ToRegister {}

    record Exists(UserId user) implements ToRegister {}

    /// The password as it is kept.
    ///
    /// @param since which password this is; a login names it, so that a change in between is noticed
    record Known(UserId user, PasswordHash password, long since) implements ToCredentials {}

    record NoAccount(UserId user) implements ToCredentials, ToLink, ToProfile, ToConfirm, ToExamine, ToAdminister {}

    /// An operator has disabled the account.
    record Barred(UserId user) implements ToLink, ToRefresh {}

    /// A device is linked, and the inbox knows it.
    ///
    /// @param at when the tokens begin
    record Linked(UserId user, String uid, DeviceId device, long generation, long counter, Instant at)
            implements ToLink {}

    record Full(UserId user, List<Outcome.DeviceOnList> devices) implements ToLink {
        public Full {
            devices = List.copyOf(devices);
        }
    }

    /// The password was changed after it was checked.
    record PasswordMoved(UserId user) implements ToLink, ToChangePassword {}

    /// The next pair, or the same once more.
    ///
    /// @param at when the tokens begin
    record Rotated(UserId user, String uid, long counter, Instant at) implements ToRefresh {}

    /// The token that was shown is over, or (reuse) has just been ended.
    record Ended(UserId user) implements ToRefresh, ToLogout, ToChangePassword, ToDevices, ToUnlink, ToRename {}

    record Made(UserId user) implements ToLogout, ToChangePassword, ToUnlink, ToAdminister {}

    record Listed(UserId user, List<Outcome.DeviceOnList> devices) implements ToDevices {
        public Listed {
            devices = List.copyOf(devices);
        }
    }

    record NotOnList(UserId user, DeviceId device) implements ToUnlink, ToAdminister {}

    /// The account as an operator sees it.
    ///
    /// @param disabled since when nobody may log in; empty: anybody with the password may
    record Examined(
            UserId user,
            String uid,
            String name,
            Instant registered,
            Optional<Instant> disabled,
            List<Outcome.DeviceOnList> devices)
            implements ToExamine {
        public Examined {
            devices = List.copyOf(devices);
        }
    }

    /// There was such an account.
    record WasDeleted(UserId user, String uid, Instant registered, Instant deleted) implements ToExamine {}

    record Shown(UserId user, String name, String uid) implements ToProfile, ToRename {}

    /// Whose tokens count.
    ///
    /// @param version the number of the account's last event; 0 from nodes that do not say it yet
    record Confirmed(UserId user, String uid, List<LinkedDevice> devices, long version) implements ToConfirm {
        public Confirmed {
            devices = List.copyOf(devices);
        }
    }

    /// What became of a device that was away.
    ///
    /// @param linked whether the device is still linked: it was seen since, or logged in again
    record AwayHandled(UserId user, DeviceId device, boolean linked) implements ToUnlinkAway {}

    /// Nothing is decided: the account may live elsewhere by now, or the inbox does not answer.
    record NotNow(UserId user)
            implements ToRegister,
                    ToCredentials,
                    ToLink,
                    ToRefresh,
                    ToLogout,
                    ToChangePassword,
                    ToDevices,
                    ToUnlink,
                    ToProfile,
                    ToRename,
                    ToConfirm,
                    ToUnlinkAway,
                    ToExamine,
                    ToAdminister {}
}
