package io.parley.faults;

import io.parley.faults.StoredConversations.Written;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the journal says of the field that only [Tomorrow] writes.
///
/// @param unmarked           events of today's nodes
/// @param postedByTomorrow   events of tomorrow's, asked for by a session of tomorrow's
/// @param postedByToday      events of tomorrow's, asked for by a session of today's
/// @param readBack           how often a start of tomorrow's stands behind another of tomorrow's
/// @param todayAfterTomorrow how often a start of today's stands behind one of tomorrow's
/// @param tomorrowAfterToday the other way round
/// @param wrong              marks that do not go on from the mark right before them
record Marks(
        int unmarked,
        int postedByTomorrow,
        int postedByToday,
        int readBack,
        int todayAfterTomorrow,
        int tomorrowAfterToday,
        List<String> wrong) {
    Marks {
        wrong = List.copyOf(wrong);
    }

    static Marks of(final StoredConversations.Logs logs) {
        int unmarked = 0;
        int byTomorrow = 0;
        int byToday = 0;
        int readBack = 0;
        int todayAfter = 0;
        int tomorrowAfter = 0;
        final var wrong = new ArrayList<String>();
        for (final var conversation : logs.byConversation().entrySet()) {
            Optional<Written> before = Optional.empty();
            for (final var each : conversation.getValue().entrySet()) {
                final var row = each.getValue();
                final boolean marked = Tomorrow.isMarked(row.event());
                final var mark = Tomorrow.mark(row.event());
                if (!marked) {
                    unmarked++;
                } else if (mark.posted()) {
                    byTomorrow++;
                } else {
                    byToday++;
                }
                if (before.isPresent()) {
                    final var last = before.get();
                    final boolean lastMarked = Tomorrow.isMarked(last.event());
                    final boolean another = !row.term().equals(last.term());
                    readBack += another && marked && lastMarked ? 1 : 0;
                    todayAfter += another && !marked && lastMarked ? 1 : 0;
                    tomorrowAfter += another && marked && !lastMarked ? 1 : 0;
                    if (marked
                            && lastMarked
                            && mark.nth() != Tomorrow.mark(last.event()).nth() + 1) {
                        wrong.add(conversation.getKey() + " " + each.getKey() + ": " + row + " after " + last);
                    }
                }
                before = Optional.of(row);
            }
        }
        return new Marks(unmarked, byTomorrow, byToday, readBack, todayAfter, tomorrowAfter, wrong);
    }
}
