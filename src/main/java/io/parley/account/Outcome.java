package io.parley.account;

import io.parley.id.DeviceId;
import io.parley.id.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// How a call of [Accounts] went. Each call has a sealed type of its own, so that a `switch` names every way it
/// can go.
public sealed interface Outcome {
    /// Of [Accounts#register].
    sealed interface Registration extends Outcome permits Registered, Taken, Invalid, Unavailable {}

    /// Of [Accounts#login].
    sealed interface Login extends Outcome
            permits Tokens, TooManyDevices, WrongPassword, Disabled, Invalid, Unavailable {}

    /// Of [Accounts#refresh].
    sealed interface Refresh extends Outcome permits Tokens, Disabled, Unauthenticated, Unavailable {}

    /// Of [Accounts#logout].
    sealed interface Logout extends Outcome permits Done, Unauthenticated, Unavailable {}

    /// Of [Accounts#changePassword].
    sealed interface PasswordChange extends Outcome
            permits Done, WrongPassword, Invalid, Unauthenticated, Unavailable {}

    /// Of [Accounts#devices].
    sealed interface Devices extends Outcome permits DeviceList, Unauthenticated, Unavailable {}

    /// Of [Accounts#unlink].
    sealed interface Unlinking extends Outcome permits Done, NoSuchDevice, Unauthenticated, Unavailable {}

    /// Of [Accounts#profile].
    sealed interface Lookup extends Outcome permits Profile, UnknownUser, Unavailable {}

    /// Of [Accounts#linked].
    sealed interface Linkage extends Outcome permits LinkedNow, UnknownUser, Unavailable {}

    /// Of [Accounts#confirmPassword].
    sealed interface PasswordCheck extends Outcome permits Done, WrongPassword, Unauthenticated, Unavailable {}

    /// Of [Accounts#rename].
    sealed interface Renaming extends Outcome permits Profile, Invalid, Unauthenticated, Unavailable {}

    /// Of [Accounts#authenticate].
    sealed interface Authentication extends Outcome permits Caller, Unauthenticated, Unavailable {}

    /// Of [Accounts#examine].
    sealed interface Examination extends Outcome permits Examined, Deleted, UnknownUser, Unavailable {}

    /// Of [Accounts#disable], [Accounts#enable], [Accounts#endTokens] and [Accounts#delete].
    sealed interface Administration extends Outcome permits Done, NoSuchDevice, UnknownUser, Unavailable {}

    /// The account exists, and the person's inbox knows it.
    record Registered(UserId user, String uid, String name) implements Registration {}

    /// The user id belongs to somebody.
    record Taken(UserId user) implements Registration {}

    /// What a device gets at login and at each refresh.
    ///
    /// @param user         the account
    /// @param uid          its unchangeable id
    /// @param device       the linked device
    /// @param token        the access token, a JWT
    /// @param expiresAt    when the access token ends, to the second
    /// @param refreshToken for the next pair; good once (and again for 30 s, with the same result)
    record Tokens(UserId user, String uid, DeviceId device, String token, Instant expiresAt, String refreshToken)
            implements Login, Refresh {
        /// Without the tokens, which must not get into a log.
        @Override
        public String toString() {
            return "Tokens[" + user + ", " + device + "]";
        }
    }

    /// All places for devices are taken, and `replace` named none that is linked.
    record TooManyDevices(List<DeviceOnList> devices) implements Login {
        public TooManyDevices {
            devices = List.copyOf(devices);
        }
    }

    /// There is no such user, or the password is another: which of them is not said. At a change of password:
    /// the old one is wrong.
    record WrongPassword() implements Login, PasswordChange, PasswordCheck {}

    /// The password or the token is right, but an operator has disabled the account.
    record Disabled() implements Login, Refresh {}

    /// Done, durably.
    record Done() implements Logout, PasswordChange, PasswordCheck, Unlinking, Administration {}

    /// The linked devices, in the order in which they were linked.
    record DeviceList(List<DeviceOnList> devices) implements Devices {
        public DeviceList {
            devices = List.copyOf(devices);
        }
    }

    /// A linked device as its owner sees it.
    ///
    /// @param device   its id
    /// @param name     what its owner calls it
    /// @param platform what it runs on
    /// @param linked   since when
    record DeviceOnList(DeviceId device, String name, String platform, Instant linked) {}

    /// The account has no such device.
    record NoSuchDevice(DeviceId device) implements Unlinking, Administration {}

    /// What everyone may see of an account.
    record Profile(UserId user, String name, String uid) implements Lookup, Renaming {}

    /// Nobody has registered under that name, or the account was deleted.
    record UnknownUser(UserId user) implements Lookup, Linkage, Examination, Administration {}

    /// The devices that an account has linked.
    ///
    /// @param uid     the account's unchangeable id
    /// @param version the number of the account's last event then: what is linked later has a higher generation
    record LinkedNow(UserId user, String uid, long version, List<DeviceId> devices) implements Linkage {
        public LinkedNow {
            devices = List.copyOf(devices);
        }
    }

    /// An account as an operator sees it.
    ///
    /// @param user       the account
    /// @param uid        its unchangeable id
    /// @param name       as in the profile
    /// @param registered when it began
    /// @param disabled   since when nobody may log in; empty: anybody with the password may
    /// @param devices    the linked ones, in the order in which they were linked
    record Examined(
            UserId user,
            String uid,
            String name,
            Instant registered,
            Optional<Instant> disabled,
            List<DeviceOnList> devices)
            implements Examination {
        public Examined {
            devices = List.copyOf(devices);
        }
    }

    /// An account that an operator has deleted, as operators see it.
    ///
    /// @param user       its name, which nobody else gets
    /// @param uid        its unchangeable id
    /// @param registered when it began
    /// @param deleted    when it ended
    record Deleted(UserId user, String uid, Instant registered, Instant deleted) implements Examination {}

    /// The request breaks a rule; nothing changed.
    ///
    /// @param why for people, without what was sent
    record Invalid(String why) implements Registration, Login, PasswordChange, Renaming {}

    /// The token is none of ours, over, or revoked; nothing changed (but see [Accounts#refresh]).
    ///
    /// @param why for people, without the token
    record Unauthenticated(String why)
            implements Refresh, Logout, PasswordChange, PasswordCheck, Devices, Unlinking, Renaming, Authentication {}

    /// No answer in time, or no room: it may have happened or not, and may be tried again.
    ///
    /// @param why for people
    record Unavailable(String why)
            implements Registration,
                    Login,
                    Refresh,
                    Logout,
                    PasswordChange,
                    PasswordCheck,
                    Devices,
                    Unlinking,
                    Lookup,
                    Linkage,
                    Renaming,
                    Authentication,
                    Examination,
                    Administration {}
}
