/*
 * Parley's delivery protocol: one conversation, one recipient with two devices, and what its author sees.
 *
 * Whatever stands in the log is delivered to every device of the member, or the member's inbox durably says
 * that the conversation is open. That sentence is the invariant OWED below; everything else serves it.
 *
 * How to read this: first the state (who owns what, what survives a crash), then the invariants, then the steps
 * of the conversation, the User and the devices, each one inline named as in README.md, with the rule of the protocol it is (rule 1 … 6).
 * At the very end stands the loop that picks any step that is possible, in any order.
 *
 * The network loses, delays and reorders as it likes. Between two entities there is a bag of at most CAP
 * messages; any of them may come next.
 *
 * Two kinds of run:
 *
 *   (default)    Is anything ever lost or untrue? Losses, crashes and reconnects without limit; a device is reachable
 *                or not as it likes. Facts that stay true however late they come need no message here: that the log reaches
 *                some number (Deliver, the answers to Pull and Probe), and that a device has acknowledged some number (the
 *                watermark) may be learnt at any time or never. Checked: the invariants, in every state.
 *   -DLOSSES=n   Does everything arrive? At most n losses, and every message as a message. Checked as well: once nothing
 *                can move any more, everyone connected has everything and the ticks are told. With -DPROMPT there are no
 *                probes: what arrives then has waited for none.
 *
 * Bounds: M messages, CAP messages under way each way; with LOSSES also CONV_CRASHES, USER_CRASHES and FLIPS (connects and
 * disconnects). -DBOTH links the second device from the start, -DUNLINK lets the first be unlinked.
 *
 * Each -DNO_… drops one rule; README.md says what then goes wrong. The comment where the rule stands names the flag.
 */
#ifndef M
#define M 2
#endif
#ifndef CONV_CRASHES
#define CONV_CRASHES 1
#endif
#ifndef USER_CRASHES
#define USER_CRASHES 1
#endif
#ifndef FLIPS
#define FLIPS 1
#endif
#ifndef CAP
#define CAP 2
#endif
#if M > 3 || CAP > 3
#error "the invariants know three messages, the network three places"
#endif

/* ------------------------------------------------------------------------------------------------ messages */

mtype = { NOTIFY, NOTED, SETTLE, MAY_CLOSE, PULL, DETACH, DELIVER, WATERMARK };

/*  NOTIFY    head period    the conversation opens: write it down before I append
 *                           (also the answer to a settle that may not close)
 *  MAY_CLOSE head nonce     the log ends at head and you are no longer opened
 *  DELIVER   head 0         the log reaches head: a live message, or the answer to a pull or a probe  */
chan toUser = [CAP] of { mtype, byte, byte };

/*  NOTED     watermark period online
 *  SETTLE    head      nonce  online    every linked device has everything up to head
 *  PULL      watermark 0      online    an attach, a recovery or a probe: what the log holds, and mark me online
 *  WATERMARK watermark 0      online
 *  DETACH    0         since  0         nothing is attached any more; since: 1 while nothing has attached again  */
chan toConversation = [CAP] of { mtype, byte, byte, bit };

/* --------------------------------------------------------------------------------------------------- state */

/* Conversation, durable: the log is the numbers 1 … logged. */
byte logged;
/* Conversation, lost in a crash. */
bool opened;          /* the member's inbox is known to say "open" */
bool awaiting;        /* a note of the current period is not answered yet */
bool writing;         /* an append is on its way to the journal */
bool online;          /* Deliver goes to the member */
byte known;           /* the member's watermark, as far as it was told */
bool loaded;          /* the member has been asked for its watermark since the start */

/* User, durable. */
bool open;
bool linked[2];
byte durable[2];      /* each device's delivered cursor */
byte watermark;       /* the highest any device, linked or unlinked since, has acknowledged */
/* User, lost in a crash. */
byte cursor[2];
byte head;            /* how far the log is known to reach */
bool settling;        /* a settle is under way */
bool attached[2];

/* Devices. A device holds start+1 … holds: what was pushed to it. */
bool connected[2];
byte start[2], holds[2];
bool secondUsed;

/* The author's eyes. */
byte told;            /* two ticks, up to here */
#ifdef NO_STORED
byte sent;            /* one tick, up to here; by the right rules simply what is logged: see Appended */
#endif

/* What the world may still do. */
#ifdef LOSSES
byte losses, convCrashes, userCrashes, flips;
#define MAY_LOSE losses < LOSSES -> losses++
#else
#define MAY_LOSE true
#endif

/* ---------------------------------------------------------------------------------------------- vocabulary */

#define MAX(x, y) ((x > y) -> x : y)
#define BEHIND(d) (linked[d] && cursor[d] < head)
#define LINKED (linked[0] || linked[1])
#ifdef LOSSES
#define ATTACHED ((linked[0] & attached[0]) | (linked[1] & attached[1]))
#define REACHED(d) (connected[d] && attached[d])
#else
#define ATTACHED false
#define REACHED(d) true
#endif

/* The highest acknowledged, durable or not. NO_KEEP: only by the devices linked now, so that it falls with an unlink. */
#ifdef NO_KEEP
#define ACKNOWLEDGED MAX((linked[0] -> cursor[0] : 0), (linked[1] -> cursor[1] : 0))
#else
#define ACKNOWLEDGED MAX(watermark, MAX(cursor[0], cursor[1]))
#endif

/* What the User tells the conversation. NO_PERSIST: before it is durable. */
#ifdef NO_PERSIST
#define TELLS ACKNOWLEDGED
#else
#define TELLS watermark
#endif

/* ---------------------------------------------------------------------------------------------- invariants */

#ifdef LOSSES
#define HOLDS(d) holds[d]
#else
#define HOLDS(d) cursor[d]   /* pushed and acknowledged in one step: credited with no more than that */
#endif
#define HELD(k) ((start[0] < k && k <= HOLDS(0)) || (start[1] < k && k <= HOLDS(1)))
#define HELD_UP_TO(n) ((n < 1 || HELD(1)) && (n < 2 || HELD(2)) && (n < 3 || HELD(3)))
#define DELIVERED(d) (!linked[d] || (logged <= durable[d] && logged <= HOLDS(d)))

/* The invariant, and with it I1: what is in the log is with every device, durably so, or the inbox says "open". A device
 * linked later owes its beginning to the watermark, so some device must hold each entry. */
#define OWED (open || (DELIVERED(0) && DELIVERED(1) && HELD_UP_TO(logged)))
/* I1: what was acknowledged to the author stands in the log. */
#ifdef NO_STORED
#define STORED (sent <= logged)
#else
#define STORED true
#endif
/* I8: the replay begins after the cursor, so a cursor never passes what its device has. */
#define CURSOR(d) (!linked[d] || (durable[d] <= cursor[d] && cursor[d] <= HOLDS(d)))
/* I4: two ticks only after a device of the recipient acknowledged; I3: no crash takes them back, as they are durable. */
#define TICKS (HELD_UP_TO(told) && told <= watermark)
/* The watermark never falls and never runs ahead of the devices. */
#define HONEST HELD_UP_TO(watermark)

/* With limited losses, when nothing moves any more: I1 for every connected device; I4's other half, ticks arrive; the
 * author was not left waiting; and nothing stays open that could be closed. */
#define HAS_ALL(d) (!(connected[d] && linked[d]) || holds[d] == logged)
#define AWAY(d) (linked[d] && !connected[d])
#define SOMEONE ((connected[0] && linked[0]) || (connected[1] && linked[1]))
#define ALL_SENT (logged == M)
#define ALL_DELIVERED (HAS_ALL(0) && HAS_ALL(1))
#define ALL_TOLD (told == watermark && (!SOMEONE || told == logged))
#define ALL_CLOSED (!open || AWAY(0) || AWAY(1) || !LINKED)

inline Broken(what) { printf("BROKEN: %e\n", what); assert(false) }
mtype = { Owed, Stored, Cursor, Honest, Ticks, AllSent, AllDelivered, AllTold, AllClosed, TickFell, SettledBeyondLog };

/* ------------------------------------------------------------------------------------------------- network */

/* With limited losses a step that may send waits until there is room; otherwise what does not fit is lost like anything. */
#ifdef LOSSES
#define ROOM_TO_USER nfull(toUser)
#define ROOM_TO_CONVERSATION nfull(toConversation)
#else
#define ROOM_TO_USER true
#define ROOM_TO_CONVERSATION true
#endif

/* Sorted, so that a bag has one form and not one for each order. */
inline ToUser(what, fact, this) {
  if
  :: nfull(toUser) -> toUser!!what(fact, this); printf("    sent to the user: %e %d %d\n", what, fact, this)
  :: full(toUser) -> printf("    no room, lost: %e %d %d\n", what, fact, this)
  :: MAY_LOSE -> printf("    lost: %e %d %d\n", what, fact, this)
  fi
}

inline ToConversation(what, fact, this, isOnline) {
  if
  :: nfull(toConversation) ->
       toConversation!!what(fact, this, isOnline);
       printf("    sent to the conversation: %e %d %d, online %d\n", what, fact, this, isOnline)
  :: full(toConversation) -> printf("    no room, lost: %e %d %d\n", what, fact, this)
  :: MAY_LOSE -> printf("    lost: %e %d %d\n", what, fact, this)
  fi
}

/* Any message of the bag comes next: the first, or the second, or the third (CAP is at most 3). */
inline ReceiveAtUser() {
  if
  :: toUser?kind, number, tag
  :: len(toUser) > 1 ->
       toUser?kind2, number2, tag2;
       if
       :: toUser?kind, number, tag
       :: len(toUser) > 1 -> toUser?kind3, number3, tag3; toUser?kind, number, tag; toUser!!kind3, number3, tag3
       fi;
       toUser!!kind2, number2, tag2
  fi;
  kind2 = 0; number2 = 0; tag2 = 0; kind3 = 0; number3 = 0; tag3 = 0
}

inline ReceiveAtConversation() {
  if
  :: toConversation?kind, number, tag, mark
  :: len(toConversation) > 1 ->
       toConversation?kind2, number2, tag2, mark2;
       if
       :: toConversation?kind, number, tag, mark
       :: len(toConversation) > 1 ->
            toConversation?kind3, number3, tag3, mark3; toConversation?kind, number, tag, mark;
            toConversation!!kind3, number3, tag3, mark3
       fi;
       toConversation!!kind2, number2, tag2, mark2
  fi;
  kind2 = 0; number2 = 0; tag2 = 0; mark2 = 0; kind3 = 0; number3 = 0; tag3 = 0; mark3 = 0
}

/* Attachments are numbered, ever higher, and Detach names the one it ends: all that a receiver can learn from that is whether
 * there has been a later one. NO_SINCE: Detach names none. */
inline AttachedAgain() {
#if defined(LOSSES) && !defined(NO_SINCE)
  do
  :: toConversation??[DETACH, _, 1, _] -> toConversation??DETACH, number2, 1, mark2; toConversation!!DETACH, number2, 0, mark2
  :: else -> break
  od;
  number2 = 0; mark2 = 0
#else
  skip
#endif
}

inline Forget() { kind = 0; number = 0; tag = 0; mark = 0 }

/* Periods and nonces are fresh 128-bit random numbers, never repeated. All that a receiver can learn from one is whether it
 * is the present one, so that is what a message carries here: 1, or 0 once the period or settle it belongs to is over.
 * This needs no bound on how many are drawn. NO_FRESH_PERIOD, NO_FRESH_NONCE: after a crash the numbers come again. */
inline PeriodOver() {
  awaiting = false;
  do
  :: toUser??[NOTIFY, _, 1] -> toUser??NOTIFY, number2, 1; toUser!!NOTIFY, number2, 0
  :: else -> break
  od;
  do
  :: toConversation??[NOTED, _, 1, _] -> toConversation??NOTED, number2, 1, mark2; toConversation!!NOTED, number2, 0, mark2
  :: else -> break
  od;
  number2 = 0; mark2 = 0
}
inline SettleOver() {
  settling = false;
  do
  :: toUser??[MAY_CLOSE, _, 1] -> toUser??MAY_CLOSE, number2, 1; toUser!!MAY_CLOSE, number2, 0
  :: else -> break
  od;
  do
  :: toConversation??[SETTLE, _, 1, _] -> toConversation??SETTLE, number2, 1, mark2; toConversation!!SETTLE, number2, 0, mark2
  :: else -> break
  od;
  number2 = 0; mark2 = 0
}

/* Every hop repeats until it is confirmed or overtaken: at any time, or, where losses are limited, when what was sent before
 * is not under way any more. */
#ifdef LOSSES
#define REPEATS(...) (!(__VA_ARGS__))
#else
#define REPEATS(...) true
#endif

/* What is learnt without messages in the default run need not stand in them either. */
#ifdef LOSSES
#define FACT(x) x
#else
#define FACT(x) 0
#endif

/* ---------------------------------------------------------------------------------- steps: the conversation */

/* Rule 1, Post while the member is not opened: the message waits; note first, and repeat the note until it is answered.
 * The author repeats too, so a message that waited in a conversation that crashed is still to be sent. */
#define CAN_NOTE (logged < M && !opened && !writing && REPEATS(toUser??[NOTIFY, _, 1] || toConversation??[NOTED, _, 1, _]))
inline Note() {
  printf("conversation: message %d waits, note it first\n", logged + 1);
  awaiting = true; ToUser(NOTIFY, FACT(logged), 1)
}

/* Rule 1, Noted: counts only while awaited (NO_AWAITED: also when nothing is) and only for the current period
 * (NO_PERIOD: for any). It says the durable watermark as well, and as it answers a question asked since the start, it counts
 * as asked (not in the default run, whose messages do not carry it). */
#if defined(NO_PERIOD)
#define NOTED_COUNTS awaiting
#elif defined(NO_AWAITED)
#define NOTED_COUNTS (!awaiting || tag == 1)
#else
#define NOTED_COUNTS (awaiting && tag == 1)
#endif
inline Noted() {
  printf("conversation: Noted (present period: %d)\n", tag);
  if
  :: NOTED_COUNTS -> opened = true; PeriodOver();
#ifdef LOSSES
       loaded = true
#endif
  :: else
  fi;
  known = MAX(known, number)
}

/* Rules 1 and 2, Post while the member is opened: append. The append takes its time, and other commands come meanwhile.
 * NO_OPEN_FIRST: append at once and note afterwards. NO_STORED: one tick before the append is durable. */
#ifdef NO_OPEN_FIRST
#define CAN_APPEND (logged < M && !writing)
#else
#define CAN_APPEND (logged < M && !writing && opened)
#endif
inline Append() {
  printf("conversation: append message %d\n", logged + 1);
  writing = true
#ifdef NO_STORED
  ; sent = logged + 1
#endif
}

/* Rule 2: the append is durable; one tick, and Deliver to the member if it is online. (The answer to the author may be
 * lost: it sends again, and what is found in the log is acknowledged at once, as it is owed already.) */
inline Appended() {
  writing = false; logged++; printf("conversation: message %d is in the log; sent\n", logged)
#ifdef LOSSES
  ;
  if
  :: online -> ToUser(DELIVER, logged, 0)
  :: else
  fi
#endif
}

/* Rule 5, Settle: MayClose if the log ends there, with no append under way (NO_WRITING: looks at the durable log only) and
 * no note awaited (NO_QUIET: although one is); then the member is no longer opened (NO_UNOPENED: stays so).
 * Otherwise Notify. */
#ifdef NO_WRITING
#define NOT_WRITING true
#else
#define NOT_WRITING (!writing)
#endif
#ifdef NO_QUIET
#define NOT_AWAITING true
#else
#define NOT_AWAITING (!awaiting)
#endif
inline Settle() {
  printf("conversation: Settle(%d) (present nonce: %d)\n", number, tag);
  if
  :: number > logged -> Broken(SettledBeyondLog)
  :: else
  fi;
  if
  :: number == logged && NOT_WRITING && NOT_AWAITING ->
#ifndef NO_UNOPENED
       opened = false;
#endif
       ToUser(MAY_CLOSE, number, tag)
  :: else -> ToUser(NOTIFY, FACT(logged), awaiting)
  fi
}

/* Rules 3, 4 and 6, Pull and Probe: mark the member online before reading the head (NO_ONLINE_FIRST: the mark comes
 * some time after). */
inline Pull() {
  printf("conversation: Pull\n");
  known = MAX(known, number);
#ifdef NO_ONLINE_FIRST
  if
  :: !online -> marking = true; online = false
  :: else
  fi;
#endif
  ToUser(DELIVER, logged, 0)
}
#ifdef NO_ONLINE_FIRST
bool marking;
#endif

/* Everything a User sends renews the mark; only Detach takes it away (NO_DETACH_ONLY: so does whatever was sent while
 * nothing was attached), and only if nothing has attached since. */
inline Mark() {
#ifdef NO_ONLINE_FIRST
  online = online || (mark && kind != PULL)
#else
#ifdef NO_DETACH_ONLY
  online = mark
#else
  online = online || mark
#endif
#endif
}

/* The watermark goes on to the author, who keeps what was told, when it changed. A restarted conversation first
 * asks the member's User (NO_LOAD: it does not). The question and its answer are one step here: an answer counts only
 * for the question asked since the start, as with any ask. */
#ifdef NO_LOAD
#define CAN_TELL (known != 0 && known != told)
#else
#define CAN_TELL (loaded && known != told)
#endif
inline Tell() {
  printf("conversation: tells the author: delivered up to %d\n", known);
  if
  :: known < told -> Broken(TickFell)   /* I3 */
  :: else
  fi;
  told = known
}

inline Load() { printf("conversation: asks for the watermark: %d\n", TELLS); loaded = true; known = MAX(known, TELLS) }

/* A crash: what was being appended may or may not have come into the log; nobody hears of it. */
inline CrashConversation() {
  printf("conversation: crash\n");
  if
  :: writing -> logged++; printf("    message %d is in the log all the same\n", logged)
  :: true
  fi;
  opened = false; writing = false; online = false; known = 0; loaded = false;
#ifdef NO_FRESH_PERIOD
  awaiting = false
#else
  PeriodOver()
#endif
}

/* ------------------------------------------------------------------------------------------ steps: the User */

/* One durable event writes all cursors as they are. */
inline Flush() {
  printf("user: cursors are durable\n");
  watermark = ACKNOWLEDGED; durable[0] = cursor[0]; durable[1] = cursor[1]
}

/* Rule 1, Notify: persist "open", void the settle under way (NO_VOID: it stays), then answer (NO_DURABLE_OPEN: before it is
 * durable). */
inline Notify() {
  printf("user: Notify, the inbox says open\n");
#ifdef NO_DURABLE_OPEN
  opening = !open;
#else
  open = true;
#endif
#ifndef NO_VOID
  SettleOver();
#endif
  head = MAX(head, number);
  ToConversation(NOTED, FACT(TELLS), tag, ATTACHED)
}
#ifdef NO_DURABLE_OPEN
bool opening;
#endif

/* Rule 5, Settle: after a while of quiet, once every linked device has everything (NO_EVERY_DEVICE: one of them), and
 * never without a linked device (NO_DEVICE_CLOSES: also without). The default run knows no quiet: at any time. CALM: not
 * while the author still has something to send, so that the two cannot keep each other busy for ever. */
#ifdef NO_EVERY_DEVICE
#define HAVE_EVERYTHING ((linked[0] && !BEHIND(0)) || (linked[1] && !BEHIND(1)))
#elif defined(NO_DEVICE_CLOSES)
#define HAVE_EVERYTHING (!BEHIND(0) && !BEHIND(1))
#else
#define HAVE_EVERYTHING (LINKED && !BEHIND(0) && !BEHIND(1))
#endif
#if defined(CALM)
#define QUIET (empty(toConversation) && empty(toUser) && logged == M)
#elif defined(LOSSES)
#define QUIET (empty(toConversation) && empty(toUser))
#else
#define QUIET true
#endif
#define CAN_SETTLE (open && HAVE_EVERYTHING && QUIET)
inline AskToClose() {
  printf("user: every device has everything, settle\n");
  settling = true; ToConversation(SETTLE, head, 1, ATTACHED)
}

/* It is repeated under its nonce; it may also be given up, and the next one is another. */
inline GiveUp() { printf("user: the settle is given up\n"); SettleOver() }

/* Rule 5, MayClose: counts only for the settle under way (NO_NONCE: for any), and only if nothing newer has become known
 * (NO_NEWER). The cursors ride in the event that closes (NO_SAME_EVENT: they are written some time later). */
#ifdef NO_NONCE
#define THIS_SETTLE settling
#else
#define THIS_SETTLE (settling && tag == 1)
#endif
#ifdef NO_NEWER
#define NOTHING_NEWER true
#else
#define NOTHING_NEWER (head <= number)
#endif
inline MayClose() {
  printf("user: MayClose(%d) (present nonce: %d)\n", number, tag);
  if
  :: THIS_SETTLE && NOTHING_NEWER && open ->
       printf("user: the inbox says closed\n");
       open = false; SettleOver();
#ifndef NO_SAME_EVENT
       Flush()
#endif
  :: else
  fi
}

/* Deliver, and the answer to Pull and Probe. With nothing attached the conversation is told so again: a mark may be left from
 * a word that came after the Detach. */
inline Deliver() {
  printf("user: the log reaches %d\n", number); head = MAX(head, number)
#ifdef LOSSES
  ;
  if
  :: !ATTACHED -> ToConversation(DETACH, 0, 1, false)
  :: else
  fi
#endif
}

/* Rule 4, Probe: while a device is attached, every open conversation, again and again; here only when the answer would
 * change something. NO_PROBE: never. */
#if defined(NO_PROBE) || defined(PROMPT)
#define CAN_PROBE false
#else
#define CAN_PROBE (open && ATTACHED && (head < logged || !online || known < TELLS) && !toConversation??[PULL, _, _, _])
#endif
inline Probe() { printf("user: probe\n"); ToConversation(PULL, TELLS, 0, true) }

/* The watermark goes to the conversation once it is durable, and again until it is known there (NO_RETELL: once). */
#ifdef NO_RETELL
byte mentioned;
#define CAN_MENTION (TELLS > mentioned)
#else
#define CAN_MENTION (TELLS > known && !toConversation??[WATERMARK, eval(TELLS), _, _])
#endif
inline Mention() {
  printf("user: tells the watermark %d\n", TELLS);
#ifdef NO_RETELL
  mentioned = TELLS;
#endif
  ToConversation(WATERMARK, TELLS, 0, ATTACHED)
}

/* Rule 6: a crash loses what is not durable; what is durable is what the log is known to hold. */
inline CrashUser() {
  printf("user: crash\n");
  cursor[0] = durable[0]; cursor[1] = durable[1]; head = watermark; attached[0] = false; attached[1] = false;
#ifdef NO_FRESH_NONCE
  settling = false
#else
  SettleOver()
#endif
#ifdef NO_DURABLE_OPEN
  ; opening = false
#endif
}

/* ---------------------------------------------------------------------------------------- steps: the devices */

/* Rules 3 and 6: a session starts, or finds its User restarted; an open conversation is read (NO_RECOVERY: not after a
 * restart of the User). */
inline Attach(d) {
  printf("device %d: attached\n", d);
  attached[d] = true; AttachedAgain();
  if
  :: open -> ToConversation(PULL, TELLS, 0, true)
  :: else
  fi
}
inline Connect(d) { printf("device %d: connects\n", d); flips++; connected[d] = true; Attach(d) }
inline Reattach(d) {
#ifdef NO_RECOVERY
  attached[d] = true; AttachedAgain()
#else
  Attach(d)
#endif
}
inline Disconnect(d) {
  printf("device %d: disconnects\n", d);
  flips++; connected[d] = false; attached[d] = false;
  if
  :: !ATTACHED -> ToConversation(DETACH, 0, 1, false)
  :: else
  fi
}

/* What the log holds after the device's cursor is pushed; the device acknowledges it some time later, and again until it is
 * heard. NO_ACKNOWLEDGEMENT: pushed counts as delivered, though a push may be lost. */
#define CAN_PUSH(d) (linked[d] && REACHED(d) && cursor[d] < head && holds[d] < head)
inline Push(d) {
  printf("device %d: is pushed everything up to %d\n", d, head);
#ifdef NO_ACKNOWLEDGEMENT
  cursor[d] = head;
  if
  :: holds[d] = head
  :: true
  fi
#else
  holds[d] = head
#endif
}
#define CAN_ACKNOWLEDGE(d) (linked[d] && REACHED(d) && cursor[d] < holds[d])
inline Acknowledge(d) {
  printf("device %d: acknowledges %d\n", d, holds[d]);
  cursor[d] = holds[d]; head = MAX(head, cursor[d])
}

/* A new device begins at the user's watermark: what no device has had is pushed to it (NO_LINK: it begins at the head). */
inline Link() {
  printf("device 1: is linked\n");
  secondUsed = true;
#ifdef NO_LINK
  start[1] = logged;
#else
  start[1] = ACKNOWLEDGED;
#endif
  cursor[1] = start[1]; linked[1] = true;
#ifdef LOSSES
  holds[1] = start[1];
#endif
  Flush()
}

/* What the device had acknowledged is kept in the watermark. */
inline Unlink() { printf("device 0: is unlinked\n"); linked[0] = false; connected[0] = false; attached[0] = false; Flush() }

/* ------------------------------------------------------- what the default run has instead of messages and sessions */

inline HearWatermark() { known++; printf("conversation: hears of the watermark %d\n", known) }
inline HearHead() { head++; printf("user: hears that the log reaches %d\n", head) }
inline PushAndAcknowledge(d) { printf("device %d: is pushed and acknowledges %d\n", d, head); cursor[d] = head }

/* ------------------------------------------------------------------------------------ any step, in any order */

active proctype Steps() {
  byte kind, number, tag, kind2, number2, tag2, kind3, number3, tag3;
  bit mark, mark2, mark3;
  d_step {
    linked[0] = true;
#ifdef BOTH
    linked[1] = true; secondUsed = true
#endif
  }
end:
  do
  /* the conversation */
  :: atomic { CAN_NOTE && ROOM_TO_USER -> Note() }
  :: atomic { CAN_APPEND -> Append() }
  :: atomic { writing && ROOM_TO_USER -> Appended() }
  :: atomic { nempty(toConversation) && ROOM_TO_USER -> ReceiveAtConversation(); Mark();
       if
       :: kind == NOTED -> Noted()
       :: kind == SETTLE -> Settle()
       :: kind == PULL -> Pull()
       :: kind == WATERMARK -> known = MAX(known, number)
       :: kind == DETACH -> online = online && !tag
       fi; Forget() }
#ifndef LOSSES
  :: atomic { known < TELLS -> HearWatermark() }
#endif
  :: atomic { CAN_TELL -> Tell() }
  :: atomic { !loaded && TELLS > 0 -> Load() }
#ifdef LOSSES
  :: atomic { convCrashes < CONV_CRASHES -> convCrashes++; CrashConversation() }
#else
  :: atomic { true -> CrashConversation() }
#endif
#ifdef NO_ONLINE_FIRST
  :: atomic { marking -> marking = false; online = true }
#endif
  /* the User */
  :: atomic { nempty(toUser) && ROOM_TO_CONVERSATION -> ReceiveAtUser();
       if
       :: kind == NOTIFY -> Notify()
       :: kind == MAY_CLOSE -> MayClose()
       :: kind == DELIVER -> Deliver()
       fi; Forget() }
  :: atomic { watermark != ACKNOWLEDGED || durable[0] != cursor[0] || durable[1] != cursor[1] -> Flush() }
#ifndef LOSSES
  :: atomic { head < logged -> HearHead() }
#endif
  :: atomic { CAN_SETTLE && ROOM_TO_CONVERSATION -> AskToClose() }
#ifndef LOSSES
  :: atomic { settling -> GiveUp() }
#endif
#ifdef LOSSES
  :: atomic { CAN_MENTION && ROOM_TO_CONVERSATION -> Mention() }
  :: atomic { CAN_PROBE && ROOM_TO_CONVERSATION -> Probe() }
  :: atomic { userCrashes < USER_CRASHES -> userCrashes++; CrashUser() }
#else
  :: atomic { true -> CrashUser() }
#endif
#ifdef NO_DURABLE_OPEN
  :: atomic { opening -> opening = false; open = true }
#endif
  /* the devices */
#ifndef LOSSES
  :: atomic { BEHIND(0) -> PushAndAcknowledge(0) }
  :: atomic { BEHIND(1) -> PushAndAcknowledge(1) }
#endif
#ifdef LOSSES
  :: atomic { CAN_PUSH(0) -> Push(0) }
  :: atomic { CAN_PUSH(1) -> Push(1) }
  :: atomic { CAN_ACKNOWLEDGE(0) -> Acknowledge(0) }
  :: atomic { CAN_ACKNOWLEDGE(1) -> Acknowledge(1) }
  :: atomic { connected[0] && !attached[0] && ROOM_TO_CONVERSATION -> Reattach(0) }
  :: atomic { connected[1] && !attached[1] && ROOM_TO_CONVERSATION -> Reattach(1) }
  :: atomic { linked[0] && !connected[0] && flips < FLIPS && ROOM_TO_CONVERSATION -> Connect(0) }
  :: atomic { linked[1] && !connected[1] && flips < FLIPS && ROOM_TO_CONVERSATION -> Connect(1) }
  :: atomic { connected[0] && flips < FLIPS && ROOM_TO_CONVERSATION -> Disconnect(0) }
  :: atomic { connected[1] && flips < FLIPS && ROOM_TO_CONVERSATION -> Disconnect(1) }
#endif
  :: atomic { !secondUsed -> Link() }
#ifdef UNLINK
  :: atomic { linked[0] -> Unlink() }
#endif
  od
}

/* Judges every state: tried before any further step, as it is the last process. */
active proctype Invariants() {
end:
  if
  :: atomic { !OWED -> Broken(Owed) }
  :: atomic { !STORED -> Broken(Stored) }
  :: atomic { !(CURSOR(0) && CURSOR(1)) -> Broken(Cursor) }
  :: atomic { !HONEST -> Broken(Honest) }
  :: atomic { !TICKS -> Broken(Ticks) }
#ifdef LOSSES
  :: atomic { timeout && empty(toUser) && empty(toConversation) ->   /* (two full bags may wait for each other: no rest) */
       if
       :: !ALL_SENT -> Broken(AllSent)
       :: !ALL_DELIVERED -> Broken(AllDelivered)
       :: !ALL_TOLD -> Broken(AllTold)
       :: !ALL_CLOSED -> Broken(AllClosed)
       :: else
       fi }
#endif
  fi
}
