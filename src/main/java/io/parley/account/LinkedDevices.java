package io.parley.account;

import io.parley.cluster.ReplyTo;
import io.parley.id.UserId;
import io.parley.serialization.ClusterMessage;
import java.util.List;

/// The account to the person's inbox: you exist, and these are all the devices linked now. Sent after every
/// change, once after each recovery, and repeated until [InboxNoted] comes; so it may come twice, late, or out
/// of order.
///
/// The inbox stores it durably and answers `new InboxNoted(user, version)`. One whose version is not above the
/// stored one changes nothing but is answered the same way, with the stored version. Sockets of a device that
/// is not in the list, or with a generation below the listed one, are closed with 4401.
///
/// Of an account that was deleted the list is empty and the last one: the inbox erases itself, and answers when
/// every conversation that relies on it has heard of that.
///
/// @param user    the person
/// @param uid     the account's unchangeable id
/// @param version grows with every change
/// @param devices all that are linked, at most [#DEVICES_MAX]
/// @param gone    whether the account was deleted
/// @param replyTo where the inbox says that it knows
public record LinkedDevices(
        UserId user, String uid, long version, List<LinkedDevice> devices, boolean gone, ReplyTo<InboxNoted> replyTo)
        implements ClusterMessage {
    /// Most devices of one person.
    public static final int DEVICES_MAX = 16;

    public LinkedDevices {
        devices = List.copyOf(devices);
    }
}
