import {
  counted,
  countsAsUnread,
  extended,
  gapBeside,
  type Holding,
  isUnreadable,
  mayExtend,
  nothingOf,
  type Range,
  reachingDown,
  type Summary,
} from './holding.ts';
import type { Message, Unsent } from './model.ts';
import { isSealed } from './sealed.ts';
import type { Store, Writing } from './storage.ts';

// What the server says about a log, in one transaction on the database. Bodies are sealed here: of what they say only the type is known.

/** What every word of the server may touch. */
export const LOG: Store[] = ['state', 'messages', 'chats', 'unsent'];

/** How far down a held range is joined in one transaction; the rest when it is next written. */
const DOWN_STEPS_MAX = 200;
/** Keys read in one step where a run of held entries is followed. */
const KEYS_STEP = 500;

/** What one transaction has changed. */
export interface Stored {
  readonly messages: readonly Message[];
  readonly chats: readonly Holding[];
  readonly settled: readonly string[];
}

/** One transaction on the log: reads each chat once, writes each once, and gathers what there is to tell. */
export class Log {
  readonly tx: Writing;
  readonly #me: string;
  readonly #chats = new Map<string, Holding>();
  readonly #changed = new Set<string>();
  readonly #messages: Message[] = [];
  readonly #settled: string[] = [];

  constructor(tx: Writing, me: string) {
    this.tx = tx;
    this.#me = me;
  }

  async chat(conversation: string): Promise<Holding> {
    const known = this.#chats.get(conversation);
    if (known !== undefined) return known;
    const chat = (await this.tx.objectStore('chats').get(conversation)) ?? nothingOf(conversation);
    this.#chats.set(conversation, chat);
    return chat;
  }

  set(chat: Holding): void {
    const before = this.#chats.get(chat.conversation);
    this.#chats.set(chat.conversation, chat);
    if (!sameChat(before, chat)) this.#changed.add(chat.conversation);
  }

  unsent(id: string): Promise<Unsent | undefined> {
    return this.tx.objectStore('unsent').get(id);
  }

  async holds(conversation: string, seq: number): Promise<boolean> {
    return (await this.tx.objectStore('messages').getKey([conversation, seq])) !== undefined;
  }

  /** What is held of it then. An entry never changes, so what is held stays. An own one is what the outbox was waiting for, whichever way it came. */
  async keep(entry: Message): Promise<Message> {
    let message = entry;
    if (message.id !== undefined && message.from === this.#me) {
      const unsent = await this.unsent(message.id);
      if (unsent?.conversation === message.conversation) {
        await this.tx.objectStore('unsent').delete(message.id);
        this.#settled.push(message.id);
        if (isUnreadable(message)) message = { ...message, body: unsent.body }; // in the log it is encrypted for others
      }
    }
    const held = await this.tx.objectStore('messages').get([message.conversation, message.seq]);
    // what was looked up out of turn may be readable when its turn comes
    if (held !== undefined && (!isUnreadable(held) || isUnreadable(message))) return held;
    await this.tx.objectStore('messages').put(message);
    this.#messages.push(message);
    return message;
  }

  /** The entries in the gap beside `seq` that are not held. */
  async missing(chat: Holding, seq: number): Promise<Range[]> {
    const [after, before] = gapBeside(chat, seq) ?? [0, 0];
    if (before - after < 2) return [];
    const { conversation } = chat;
    const held = await this.tx
      .objectStore('messages')
      .getAllKeys(IDBKeyRange.bound([conversation, after], [conversation, before], true, true), KEYS_STEP);
    const missing: Range[] = [];
    let next = after + 1;
    for (const [, at] of held) {
      if (at > next) missing.push([next, at - 1]);
      next = at + 1;
    }
    if (next < before) missing.push([next, before - 1]);
    return missing;
  }

  /** Lets the held range begin lower, and `stored` reach higher, where the next entries are held too. */
  async extend(conversation: string): Promise<Holding> {
    let chat = await this.chat(conversation);
    for (let steps = 0; chat.heldFrom > 1 && steps < DOWN_STEPS_MAX; steps++) {
      if (!(await this.holds(conversation, chat.heldFrom - 1))) break;
      chat = reachingDown(chat, chat.heldFrom - 1);
    }
    for (let isEnd = false; !isEnd && mayExtend(chat); ) {
      const keys = await this.tx.objectStore('messages').getAllKeys(above(conversation, chat.stored), KEYS_STEP);
      let upTo = chat.stored;
      for (const [, seq] of keys) {
        if (seq !== upTo + 1) break;
        upTo = seq;
      }
      isEnd = upTo - chat.stored < KEYS_STEP;
      chat = extended(chat, upTo);
    }
    chat = await passingOwn(this.tx, chat, this.#me);
    if (chat.estimated) chat = await recounted(this.tx, chat, this.#me, chat.unread);
    this.set(chat);
    return chat;
  }

  async finish(): Promise<Stored> {
    const chats = [...this.#changed].flatMap((conversation) => this.#chats.get(conversation) ?? []);
    await Promise.all(chats.map((chat) => this.tx.objectStore('chats').put(chat)));
    return { messages: this.#messages, chats, settled: this.#settled };
  }
}

/** The read cursor passes over the person's own messages where it stands right before them, as the server's does. */
export async function passingOwn(tx: Writing, chat: Holding, me: string): Promise<Holding> {
  const pass = async (cursor: number): Promise<number> => {
    let passed = cursor;
    while (passed < chat.head && (await tx.objectStore('messages').get([chat.conversation, passed + 1]))?.from === me) {
      passed += 1;
    }
    return passed;
  };
  if (chat.conversation === `${me}~${me}`) return chat; // in notes to oneself reading is another device's word
  const readWanted = await pass(chat.readWanted);
  const read = chat.read === chat.readWanted ? readWanted : await pass(chat.read);
  return { ...chat, read, readWanted };
}

/** Counts what is held after `readWanted`; that is few, since people read to the end. */
export async function recounted(tx: Writing, chat: Holding, me: string, before: number): Promise<Holding> {
  if (chat.readWanted >= chat.counted) return counted(chat, 0, before);
  return counted(chat, await heldUnread(tx, chat, chat.readWanted, me), before);
}

async function heldUnread(tx: Writing, chat: Holding, after: number, me: string): Promise<number> {
  const { conversation } = chat;
  const range = IDBKeyRange.bound([conversation, after], [conversation, chat.counted], true, false);
  const held = await tx.objectStore('messages').getAll(range);
  return held.filter((message) => countsAsUnread(message, me)).length;
}

/** The server counted up to the summary's head after its read cursor; what came or was read since is ours to count. */
export async function counting(tx: Writing, chat: Holding, summary: Summary, me: string): Promise<Holding> {
  const wider = { ...chat, counted: Math.max(chat.counted, summary.head) };
  const since =
    wider.counted > summary.head ? await heldUnread(tx, wider, Math.max(summary.head, chat.readWanted), me) : 0;
  const unread = summary.unread + since;
  return chat.readWanted > summary.read ? recounted(tx, wider, me, unread) : { ...wider, unread, estimated: false };
}

export function above(conversation: string, seq: number): IDBKeyRange {
  return IDBKeyRange.bound([conversation, seq], [conversation, Number.POSITIVE_INFINITY], true, false);
}

function sameChat(one: Holding | undefined, other: Holding): boolean {
  return one !== undefined && JSON.stringify(comparable(one)) === JSON.stringify(comparable(other));
}

/** The same body sealed twice has other bytes, but as many; and an entry does not change. */
function comparable({ last, ...chat }: Holding): object {
  if (last === undefined || !isSealed(last.body)) return { ...chat, last };
  const { kind, bytes } = last.body;
  return { ...chat, last: { ...last, body: [kind, bytes.length] } };
}

export function messageOf(conversation: string, entry: Omit<Message, 'conversation'>): Message {
  const { seq, id, from, device, time, body } = entry;
  return {
    conversation,
    seq,
    ...(id === undefined ? {} : { id }),
    ...(from === undefined ? {} : { from }),
    ...(device === undefined ? {} : { device }),
    ...(time === undefined ? {} : { time }),
    body,
  };
}
