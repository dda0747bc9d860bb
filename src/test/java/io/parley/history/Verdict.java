package io.parley.history;

import java.util.List;

/// What a history shows.
///
/// @param sent                 messages, by sender, conversation and `id`; each is acknowledged, refused or
///                             indeterminate
/// @param attempts             sends of these
/// @param refused              messages whose every attempt was refused for good
/// @param indeterminate        messages that no answer decided
/// @param storedUnacknowledged messages that stand in a log though nobody was told ✓
/// @param received             pushes that came, repeated ones too
/// @param lost                 acknowledged messages that are not where they were said to be, and entries that
///                             a device lacks in the end
/// @param doubled              messages at two places
/// @param outOfOrder           gaps, and places about which people disagree
/// @param invented             entries that nobody sent like that
/// @param devices              devices that ever connected
/// @param devicesJudged        those that were there when the final logs were read, and so must have everything
/// @param violations           the first of each kind; all are counted
/// @param unjudged             what could not be judged, for lack of a final log
public record Verdict(
        long sent,
        long attempts,
        long acknowledged,
        long refused,
        long indeterminate,
        long storedUnacknowledged,
        long received,
        long lost,
        long doubled,
        long outOfOrder,
        long invented,
        long tickViolations,
        long strangers,
        long presenceViolations,
        long replayViolations,
        long unreadViolations,
        int devices,
        int devicesJudged,
        List<Violation> violations,
        List<String> unjudged) {
    /// All violations, also those that are not kept.
    public long violationCount() {
        return lost
                + doubled
                + outOfOrder
                + invented
                + tickViolations
                + strangers
                + presenceViolations
                + replayViolations
                + unreadViolations;
    }

    /// Everything was judged, and nothing is wrong.
    public boolean holds() {
        return violationCount() == 0 && unjudged.isEmpty();
    }
}
