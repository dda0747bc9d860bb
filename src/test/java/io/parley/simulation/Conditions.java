package io.parley.simulation;

/// What the world of one history is like.
///
/// @param delayMax     the usual delay of a message between entities, in milliseconds
/// @param slowPerMille how many messages take up to some seconds instead
/// @param lossPerMille how many get lost
/// @param dupPerMille  how many come twice
/// @param ordered      whether messages from one to another keep their order
/// @param writeMax     how long a write takes at most, in milliseconds
/// @param window       how many messages may be under way to a device
/// @param faults       whether entities and sessions crash and links break
/// @param actions      what users do
/// @param gapMax       the longest usual pause between two actions, in milliseconds
/// @param cycles       whether people mostly write a little, read it all and leave again, so that inboxes close
/// @param forget       whether devices lose what they have not acknowledged when their connection breaks
record Conditions(
        int delayMax,
        int slowPerMille,
        int lossPerMille,
        int dupPerMille,
        boolean ordered,
        int writeMax,
        int window,
        boolean faults,
        int actions,
        int gapMax,
        boolean cycles,
        boolean forget) {
    static Conditions of(final Dice dice) {
        final boolean calm = dice.chance(120);
        if (calm) {
            return new Conditions(
                    dice.between(1, 20),
                    0,
                    0,
                    0,
                    true,
                    dice.between(1, 15),
                    50,
                    false,
                    dice.between(10, 30),
                    2_000,
                    dice.chance(300),
                    false);
        }
        if (dice.chance(350)) { // what is late, lost or comes twice meets what has been closed and opened again
            return new Conditions(
                    dice.between(1, 40),
                    dice.between(0, 200),
                    dice.between(0, 250),
                    dice.between(0, 400),
                    dice.chance(200),
                    dice.between(1, 20),
                    50,
                    dice.chance(500),
                    dice.between(15, 60),
                    dice.between(20, 1_500),
                    true,
                    dice.chance(200));
        }
        final int delay = new int[] {2, 10, 60, 600}[dice.below(4)];
        return new Conditions(
                delay,
                dice.chance(500) ? dice.between(5, 120) : 0,
                dice.chance(600) ? dice.between(5, 250) : 0,
                dice.chance(500) ? dice.between(5, 250) : 0,
                dice.chance(400),
                new int[] {2, 10, 60, 400}[dice.below(4)],
                dice.chance(250) ? dice.between(2, 6) : 50,
                dice.chance(850),
                dice.between(12, 45),
                new int[] {5, 50, 500, 4_000}[dice.below(4)],
                false,
                dice.chance(400));
    }

    /// Nothing gets lost, nothing crashes, everybody is quick: then everything must also come promptly.
    boolean calm() {
        return ordered
                && !faults
                && lossPerMille == 0
                && dupPerMille == 0
                && slowPerMille == 0
                && delayMax <= 20
                && writeMax <= 15
                && window >= 50;
    }
}
