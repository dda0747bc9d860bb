import { type Learned, withMarks } from './marks.ts';
import type { Chat, Message, Receipt } from './model.ts';
import type { Page, ReceiptFrame } from './protocol.ts';
import { kindOf } from './sealed.ts';

// What a device holds of a conversation, and how each thing it learns moves that. Decisions only: the database asks them inside its
// transactions.
//
// The server pushes everything that no device of the person has had, in order, except what this very device sent; older entries are
// pulled. So what is pushed forms one *run*, and a gap in it is an own message whose `sent` has not come: a *hole*.

/** A chat as it is stored: with what only the engine needs to know. */
export interface Holding extends Chat {
  /** The first entry of the run; 0 while nothing was pushed. */
  readonly runFrom: number;
  /** Entries between held ones that are not held yet, both ends included, ascending: own ones, whose confirmation has not come. */
  readonly holes: readonly Range[];
  /** The newest entry of one's own that is known. */
  readonly lastOwn: number;
  /** `unread` counts the entries up to here. */
  readonly counted: number;
  /** `unread` is a guess until all entries up to `counted` are held. */
  readonly estimated: boolean;
}

export type Range = readonly [first: number, last: number];

/** How a conversation stands, as the list of conversations says. */
export interface Summary {
  readonly conversation: string;
  readonly head: number;
  readonly last: Message;
  readonly read: number;
  readonly unread: number;
  readonly receipts: readonly Receipt[];
  readonly updated: number;
}

/** A receipt, and when it came; without that its time is not kept. */
export type ToldReceipt = ReceiptFrame & { readonly learned?: Learned | undefined };

/** More holes than a device can leave without being broken; the oldest are given up, and still found by who looks up there. */
const HOLES_MAX = 50;
/** Own messages that one device sends without an entry of somebody else between them, and loses the confirmations of, are fewer. */
const GAP_MAX = 100;

export function nothingOf(conversation: string): Holding {
  return {
    conversation,
    head: 0,
    heldFrom: 0,
    stored: 0,
    read: 0,
    readWanted: 0,
    unread: 0,
    updated: 0,
    receipts: [],
    runFrom: 0,
    holes: [],
    lastOwn: 0,
    counted: 0,
    estimated: false,
  };
}

/** This browser is linked as a new device: where its run will begin only the server knows, so nothing counts as held. */
export function unlinked(chat: Holding): Holding {
  return { ...chat, heldFrom: 0, stored: 0, runFrom: 0, holes: [] };
}

/**
 * Between which entries, neither included, an entry at `seq` shows what else there must be: all above what is held, and below it what one
 * sends at once, but not what it takes to scroll up to.
 */
export function gapBeside({ heldFrom, stored }: Holding, seq: number): Range | undefined {
  if (heldFrom > 0 && seq < heldFrom) return heldFrom - seq > GAP_MAX ? undefined : [seq, heldFrom];
  if (stored === 0 && heldFrom === 0) return undefined;
  return [Math.max(stored, heldFrom - 1), seq];
}

/** Pushed by the server. `missing`: which entries of the gap beside this one are not held. */
export function pushed(chat: Holding, message: Message, me: string, missing: readonly Range[]): Holding {
  const { seq } = message;
  const isNew = seq > chat.counted;
  const counts = isNew && countsAsUnread(message, me) && seq > chat.readWanted;
  const moved = noticed(chat, message, me);
  return joined({
    ...moved,
    runFrom: chat.runFrom === 0 ? seq : chat.runFrom,
    heldFrom: chat.heldFrom === 0 ? seq : chat.heldFrom,
    stored: Math.max(chat.stored, seq),
    holes: without(withHoles(chat.holes, missing), [seq, seq]),
    counted: Math.max(chat.counted, seq),
    unread: counts ? moved.unread + 1 : moved.unread,
  });
}

/** Own, and confirmed by the server. `missing`: which entries of the gap beside this one are not held. */
export function sent(chat: Holding, message: Message, me: string, missing: readonly Range[]): Holding {
  const { seq } = message;
  return joined({
    ...noticed(chat, message, me),
    heldFrom: chat.heldFrom === 0 || seq === chat.heldFrom - 1 ? seq : chat.heldFrom,
    holes: without(withHoles(chat.holes, missing), [seq, seq]),
    counted: chat.counted === seq - 1 ? seq : chat.counted,
  });
}

/** Which entries a page speaks for: also those between its entries, which the person may not see. */
export function covered(asked: { readonly after?: number; readonly before?: number }, page: Page): Range | undefined {
  const first = page.messages[0]?.seq;
  const last = page.messages.at(-1)?.seq;
  if (asked.after !== undefined) return [asked.after + 1, last ?? page.head];
  if (asked.before !== undefined) return [first ?? 1, asked.before - 1];
  return first === undefined || last === undefined ? undefined : [first, last];
}

/** Pulled, and all of it held now. `news`: those of it that the list of chats may show, ascending. */
export function pulled(
  chat: Holding,
  range: Range | undefined,
  head: number,
  news: readonly Message[],
  me: string,
): Holding {
  const newer = news.filter((message) => standsFor(chat, message));
  const before = newer.reduce((moved, message) => noticed(moved, message, me), chat);
  const known = { ...before, head: Math.max(before.head, head) };
  if (range === undefined) return known;
  const [first, last] = range;
  const touches = chat.heldFrom === 0 || (last >= chat.heldFrom - 1 && first < chat.heldFrom);
  return joined({ ...known, heldFrom: touches ? first : chat.heldFrom, holes: without(chat.holes, range) });
}

/** Entries directly below `heldFrom` that are held too. */
export function reachingDown(chat: Holding, heldFrom: number): Holding {
  return joined({ ...chat, heldFrom });
}

/** Entries directly above `stored` that are held too. */
export function extended(chat: Holding, upTo: number): Holding {
  return upTo <= chat.stored ? chat : joined({ ...chat, stored: upTo });
}

/** Whether what is held goes on directly above `stored`. */
export function mayExtend(chat: Holding): boolean {
  return chat.heldFrom > 0 && chat.heldFrom <= chat.stored + 1 && chat.stored < chat.head;
}

export function withReceipt(chat: Holding, receipt: ToldReceipt, me: string): Holding {
  const isMine = receipt.user === me;
  const isNotes = chat.conversation === `${me}~${me}`;
  const read = isMine ? Math.max(chat.read, receipt.read) : chat.read;
  const moved = { ...chat, read, readWanted: Math.max(chat.readWanted, read) };
  return isMine && !isNotes ? moved : withWatermarks(moved, merged(chat.receipts, receipt), receipt.learned);
}

/** The list of conversations says how this one stands; what came meanwhile over the socket may be newer. */
export function summarised(chat: Holding, summary: Summary, me: string, at?: number): Holding {
  // what is encrypted says nothing in the list: it comes with the message itself
  const isNewest = chat.last === undefined || (!isUnreadable(summary.last) && standsFor(chat, summary.last));
  const read = Math.max(chat.read, summary.read);
  const receipts = summary.receipts.reduce((all, { user, delivered, read: seen }) => {
    const not = chat.receipts.find((receipt) => receipt.user === user)?.not; // the list does not speak of these
    return merged(all, { user, delivered, read: seen, ...(not === undefined ? {} : { not }) });
  }, chat.receipts);
  return {
    ...withWatermarks(chat, receipts, at === undefined ? undefined : { at, isLate: true }),
    head: Math.max(chat.head, summary.head),
    lastOwn: summary.last.from === me ? Math.max(chat.lastOwn, summary.last.seq) : chat.lastOwn,
    read,
    readWanted: Math.max(chat.readWanted, read),
    updated: isCommit(summary.last) && !isNewest ? chat.updated : Math.max(chat.updated, summary.updated),
    ...(isNewest ? { last: summary.last } : {}),
  };
}

export function countsAsUnread(message: Message, me: string): boolean {
  return message.from !== me && !UNCOUNTED.has(kindOf(message.body));
}

/** Entries that are not for people. */
const UNCOUNTED: ReadonlySet<string> = new Set(['withheld', 'commit']);

export function isUnreadable({ body }: Message): boolean {
  return kindOf(body) === 'undecryptable';
}

/**
 * The count after `readWanted` moved. `held`: messages of others after it that are held. What is not held can only be guessed: no more
 * than was counted before, and no more than there are places.
 */
export function counted(chat: Holding, held: number, before: number): Holding {
  if (chat.readWanted >= chat.counted) return { ...chat, unread: 0, estimated: false };
  const below = Math.max(0, (chat.heldFrom === 0 ? chat.counted + 1 : chat.heldFrom) - 1 - chat.readWanted);
  const above = chat.heldFrom === 0 ? 0 : Math.max(0, chat.counted - Math.max(chat.stored, chat.readWanted));
  const unknown = below + above;
  return { ...chat, unread: unknown === 0 ? held : Math.min(before, held + unknown), estimated: unknown > 0 };
}

/** The newest entry known and the head. */
function noticed(chat: Holding, message: Message, me: string): Holding {
  const { seq } = message;
  const isOwn = message.from === me;
  const isNewest = standsFor(chat, message);
  return {
    ...chat,
    head: Math.max(chat.head, seq),
    lastOwn: isOwn ? Math.max(chat.lastOwn, seq) : chat.lastOwn,
    updated: isCommit(message) && !isNewest ? chat.updated : Math.max(chat.updated, message.time ?? 0),
    ...(isNewest ? { last: message } : {}),
  };
}

/** Whether the list of chats is to show this one: the newest, but nothing of keys where somebody has said something. */
function standsFor({ last }: Holding, message: Message): boolean {
  if (last === undefined) return true;
  return isCommit(message) === isCommit(last) ? message.seq >= last.seq : isCommit(last);
}

function isCommit({ body }: Message): boolean {
  return kindOf(body) === 'commit';
}

/** Where the run and what was pulled have met, they are one. */
function joined(chat: Holding): Holding {
  if (chat.heldFrom === 0 || chat.heldFrom > chat.stored + 1) return chat;
  const from = chat.runFrom === 0 ? chat.heldFrom : Math.min(chat.runFrom, chat.heldFrom);
  return chat.stored === 0 ? chat : { ...chat, heldFrom: from, runFrom: from };
}

/** `learned`: when they were told, if that is known. */
function withWatermarks(chat: Holding, receipts: readonly Receipt[], learned: Learned | undefined): Holding {
  if (learned === undefined) return { ...chat, receipts };
  const held = chat.marks ?? [];
  const marks = receipts.reduce((all, now) => {
    const before = chat.receipts.find((receipt) => receipt.user === now.user) ?? { delivered: 0, read: 0 };
    return withMarks(all, now.user, before, now, learned);
  }, held);
  return { ...chat, receipts, ...(marks === held ? {} : { marks }) };
}

function merged(receipts: readonly Receipt[], told: Receipt): Receipt[] {
  const before = receipts.find((receipt) => receipt.user === told.user);
  const now: Receipt = {
    user: told.user,
    delivered: Math.max(before?.delivered ?? 0, told.delivered),
    read: Math.max(before?.read ?? 0, told.read),
    ...(told.not === undefined ? {} : { not: told.not }),
  };
  return before === undefined
    ? [...receipts, now]
    : receipts.map((receipt) => (receipt.user === told.user ? now : receipt));
}

/** Ascending and apart from each other. */
function withHoles(holes: readonly Range[], more: readonly Range[]): readonly Range[] {
  if (more.length === 0) return holes;
  const all: Range[] = [];
  for (const [first, last] of [...holes, ...more].sort(([one], [other]) => one - other)) {
    const before = all.at(-1);
    if (before !== undefined && first <= before[1] + 1) all[all.length - 1] = [before[0], Math.max(before[1], last)];
    else all.push([first, last]);
  }
  return all.slice(-HOLES_MAX);
}

function without(ranges: readonly Range[], [first, last]: Range): Range[] {
  return ranges.flatMap(([from, to]): Range[] => {
    if (last < from || to < first) return [[from, to]];
    const left: Range[] = [];
    if (from < first) left.push([from, first - 1]);
    if (last < to) left.push([last + 1, to]);
    return left;
  });
}
