import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB, type StoreNames } from 'idb';
import { type Archive, type SearchOptions, StorageFailed, StorageFull } from './archive.ts';
import {
  counted,
  countsAsUnread,
  covered,
  extended,
  type Holding,
  mayExtend,
  nothingOf,
  pulled,
  pushed,
  type Range,
  reachingDown,
  type Summary,
  sent,
  summarised,
  type ToldReceipt,
  unlinked,
  withReceipt,
} from './holding.ts';
import type { Chat, Identity, Message, Person, Unsent } from './model.ts';
import type { Page } from './protocol.ts';

const NAME = 'parley';
const VERSION = 1;

/** Records read in one step of a search, so that it never holds up what arrives. */
const SEARCH_STEP = 500;
/** How far down a held range is joined in one transaction; the rest when it is next written. */
const DOWN_STEPS_MAX = 200;
/** Keys read in one step where a run of held entries is followed. */
const KEYS_STEP = 500;

interface Schema extends DBSchema {
  state: { key: string; value: unknown };
  messages: { key: [string, number]; value: Message; indexes: { time: number } };
  chats: { key: string; value: Holding };
  unsent: { key: string; value: Unsent };
  people: { key: string; value: KnownPerson };
  drafts: { key: string; value: string };
}
type Store = StoreNames<Schema>;
type Writing = IDBPTransaction<Schema, Store[], 'readwrite'>;
type Reading = IDBPTransaction<Schema, Store[], 'readonly'>;

const STORES: Store[] = ['state', 'messages', 'chats', 'unsent', 'people', 'drafts'];
/** What every word of the server may touch. */
const LOG: Store[] = ['state', 'messages', 'chats', 'unsent'];

export interface KnownPerson extends Person {
  /** When the server was asked, by this device's clock. */
  readonly asked: number;
}

export interface Login extends Identity {
  readonly refreshToken: string;
}

/** What one transaction has changed. */
export interface Stored {
  readonly messages: readonly Message[];
  readonly chats: readonly Holding[];
  readonly settled: readonly string[];
}

/** What arrived, stored, and up to where it may be acknowledged. */
export interface Arrived extends Stored {
  readonly acknowledge: ReadonlyMap<string, number>;
}

/** A place in the log. */
export interface Spot {
  readonly conversation: string;
  readonly seq: number;
}

/** How far the list of conversations has been read. */
export interface ListMark {
  /** The latest activity it named, by the server's clock. */
  readonly updated: number;
  /** When it was last asked for, and when last for all of it, by this device's clock. */
  readonly asked: number;
  readonly askedAll: number;
}

/** Another login took the place of the one that this was for: nothing was written. */
export class Forgotten extends Error {
  override readonly name = 'Forgotten';
}

/** The one database of this browser. Every write is one transaction and is on disk when its promise resolves. */
export class Database implements Archive {
  readonly #name: string;
  #opening: Promise<IDBPDatabase<Schema>> | undefined;

  constructor(name = NAME) {
    this.#name = name;
  }

  // --- what pages ask (Archive) ---

  identity(): Promise<Identity | undefined> {
    return this.#read(['state'], identityIn);
  }

  chats(): Promise<Holding[]> {
    return this.#read(['chats'], (tx) => tx.objectStore('chats').getAll());
  }

  chat(conversation: string): Promise<Holding | undefined> {
    return this.#read(['chats'], (tx) => tx.objectStore('chats').get(conversation));
  }

  people(): Promise<KnownPerson[]> {
    return this.#read(['people'], (tx) => tx.objectStore('people').getAll());
  }

  async unsent(): Promise<Unsent[]> {
    const all = await this.#read(['unsent'], (tx) => tx.objectStore('unsent').getAll());
    return all.sort((one, other) => one.order - other.order);
  }

  drafts(): Promise<Map<string, string>> {
    return this.#read(['drafts'], async (tx) => {
      const drafts = tx.objectStore('drafts');
      const [keys, texts] = await Promise.all([drafts.getAllKeys(), drafts.getAll()]);
      return new Map(keys.map((key, at) => [key, texts[at] ?? '']));
    });
  }

  newest(conversation: string, limit: number): Promise<Message[]> {
    return this.before(conversation, Number.POSITIVE_INFINITY, limit);
  }

  before(conversation: string, seq: number, limit: number): Promise<Message[]> {
    return this.#read(['messages', 'chats'], async (tx) => {
      const from = await heldFromIn(tx, conversation);
      const found: Message[] = [];
      if (from === 0 || seq <= from) return found;
      const range = IDBKeyRange.bound([conversation, from], [conversation, seq], false, true);
      let cursor = await tx.objectStore('messages').openCursor(range, 'prev');
      while (cursor !== null && found.length < limit) {
        found.push(cursor.value);
        cursor = await cursor.continue();
      }
      return found.reverse();
    });
  }

  after(conversation: string, seq: number, limit: number): Promise<Message[]> {
    return this.#read(['messages', 'chats'], async (tx) => {
      const from = await heldFromIn(tx, conversation);
      if (from === 0) return [];
      const first = Math.max(from, seq + 1);
      return tx.objectStore('messages').getAll(above(conversation, first - 1), limit);
    });
  }

  async search(query: string, { conversation, limit, signal }: SearchOptions): Promise<Message[]> {
    const words = folded(query).split(/\s+/u).filter(Boolean);
    const found: Message[] = [];
    if (words.length === 0) return found;
    const held = new Map((await this.chats()).map((chat) => [chat.conversation, chat.heldFrom]));
    const isHeld = (message: Message): boolean => {
      const from = held.get(message.conversation) ?? 0;
      return from > 0 && message.seq >= from;
    };
    let place: Place | undefined;
    do {
      const step = await this.#step(conversation, place);
      for (const message of step.messages) {
        const text =
          message.body.type === 'text' && typeof message.body['text'] === 'string' ? message.body['text'] : '';
        const spoken = folded(text);
        if (isHeld(message) && words.every((word) => spoken.includes(word))) found.push(message);
        if (found.length === limit) return found;
      }
      place = step.next;
    } while (place !== undefined && signal?.aborted !== true);
    return found;
  }

  addUnsent(message: Pick<Unsent, 'id' | 'conversation' | 'body' | 'written'>): Promise<Unsent> {
    return this.#write(['state', 'chats', 'unsent'], 'strict', async (tx) => {
      const earlier = await tx.objectStore('unsent').get(message.id);
      if (earlier !== undefined) return earlier;
      const order = (((await tx.objectStore('state').get('order')) as number | undefined) ?? 0) + 1;
      const chat = await this.#chatIn(tx, message.conversation);
      const { id, conversation, body, written } = message;
      const unsent: Unsent = { id, conversation, body, written, after: chat.head, order };
      await Promise.all([
        tx.objectStore('state').put(order, 'order'),
        tx.objectStore('chats').put({ ...chat, updated: Math.max(chat.updated, written) }),
        tx.objectStore('unsent').put(unsent),
      ]);
      return unsent;
    });
  }

  retryUnsent(id: string): Promise<Unsent | undefined> {
    return this.#write(['unsent'], 'strict', async (tx) => {
      const unsent = await tx.objectStore('unsent').get(id);
      if (unsent === undefined) return undefined;
      const { refused: _, ...again } = unsent;
      await tx.objectStore('unsent').put(again);
      return again;
    });
  }

  deleteUnsent(id: string): Promise<void> {
    return this.#write(['unsent'], 'strict', (tx) => tx.objectStore('unsent').delete(id));
  }

  wantRead(conversation: string, seq: number): Promise<Chat | undefined> {
    return this.#write(['state', 'messages', 'chats'], 'strict', async (tx) => {
      const me = (await identityIn(tx))?.user;
      const chat = await tx.objectStore('chats').get(conversation);
      const wanted = Math.min(seq, chat?.head ?? 0);
      if (me === undefined || chat === undefined || wanted <= chat.readWanted) return undefined;
      const moved = await recounted(tx, await passingOwn(tx, { ...chat, readWanted: wanted }, me), me, chat.unread);
      await tx.objectStore('chats').put(moved);
      return moved;
    });
  }

  keepDraft(conversation: string, text: string): Promise<void> {
    return this.#write(['drafts'], 'relaxed', async (tx) => {
      const drafts = tx.objectStore('drafts');
      await (text === '' ? drafts.delete(conversation) : drafts.put(text, conversation));
    });
  }

  openChat(conversation: string): Promise<Chat> {
    return this.#write(['chats'], 'strict', async (tx) => {
      const chat = await this.#chatIn(tx, conversation);
      await tx.objectStore('chats').put(chat);
      return chat;
    });
  }

  // --- who is logged in ---

  refreshToken(): Promise<string | undefined> {
    return this.#read(
      ['state'],
      async (tx) => (await tx.objectStore('state').get('refreshToken')) as string | undefined,
    );
  }

  /** After a refresh; of a login that is over nothing is kept. */
  keepRefreshToken(device: string, refreshToken: string): Promise<void> {
    return this.#write(['state'], 'strict', async (tx) => {
      if ((await identityIn(tx))?.device !== device) throw new Forgotten();
      await tx.objectStore('state').put(refreshToken, 'refreshToken');
    });
  }

  /** The server refused it. What is stored and unsent stays. */
  dropRefreshToken(refused: string): Promise<void> {
    return this.#write(['state'], 'strict', async (tx) => {
      const state = tx.objectStore('state');
      if ((await state.get('refreshToken')) === refused) await state.delete('refreshToken');
    });
  }

  /** The same person keeps everything; for another one the database is emptied first. True if it was. */
  logIn({ user, uid, device, refreshToken }: Login): Promise<boolean> {
    return this.#write(STORES, 'strict', async (tx) => {
      const before = await identityIn(tx);
      const isOther = before !== undefined && before.uid !== uid;
      if (isOther) await Promise.all(STORES.map((store) => tx.objectStore(store).clear()));
      if (before !== undefined && !isOther && before.device !== device) await forgetRuns(tx);
      const state = tx.objectStore('state');
      const identity: Identity = { user, uid, device };
      await Promise.all([state.put(identity, 'identity'), state.put(refreshToken, 'refreshToken')]);
      return isOther;
    });
  }

  /** Everything, what is unsent and the drafts too. */
  wipe(): Promise<void> {
    return this.#write(STORES, 'strict', async (tx) => {
      await Promise.all(STORES.map((store) => tx.objectStore(store).clear()));
    });
  }

  // --- what the engine writes: each is told as one piece of news ---

  /** Pushed by the server, ascending within each conversation. */
  arrived(me: Identity, messages: readonly Message[]): Promise<Arrived> {
    return this.#log(me, async (log) => {
      const acknowledge = new Map<string, number>();
      for (const message of messages) {
        const chat = await log.chat(message.conversation);
        const missing = message.seq > chat.stored + 1 && chat.stored > 0 ? await log.missing(chat, message.seq) : [];
        await log.keep(message);
        log.set(pushed(chat, message, me.user, missing));
        acknowledge.set(message.conversation, 0);
      }
      for (const conversation of acknowledge.keys()) {
        acknowledge.set(conversation, (await log.extend(conversation)).stored);
      }
      return { acknowledge };
    });
  }

  /** Confirmed by the server. `unknown`: those that are not in the outbox any more, so that what they say is not known. */
  sent(
    me: Identity,
    confirmed: readonly {
      readonly id: string;
      readonly conversation: string;
      readonly seq: number;
      readonly time: number;
    }[],
  ): Promise<Stored & { readonly unknown: readonly Spot[] }> {
    return this.#log(me, async (log) => {
      const unknown: Spot[] = [];
      for (const { id, conversation, seq, time } of confirmed) {
        const unsent = await log.unsent(id);
        if (unsent === undefined || unsent.conversation !== conversation) {
          if (!(await log.holds(conversation, seq))) unknown.push({ conversation, seq });
          continue;
        }
        const message: Message = { conversation, seq, id, from: me.user, device: me.device, time, body: unsent.body };
        await log.keep(message);
        log.set(sent(await log.chat(conversation), message, me.user));
        await log.extend(conversation);
      }
      return { unknown };
    });
  }

  /** The answer to a pull. */
  pulled(me: Identity, asked: { readonly after?: number; readonly before?: number }, page: Page): Promise<Stored> {
    return this.#log(me, async (log) => {
      for (const entry of page.messages) await log.keep(messageOf(page.conversation, entry));
      log.set(pulled(await log.chat(page.conversation), covered(asked, page), page.head));
      await log.extend(page.conversation);
      return {};
    });
  }

  receipts(me: Identity, receipts: readonly ToldReceipt[]): Promise<Stored> {
    return this.#log(me, async (log) => {
      for (const receipt of receipts) {
        const chat = await log.chat(receipt.conversation);
        const moved = await passingOwn(log.tx, withReceipt(chat, receipt, me.user), me.user);
        log.set(moved.readWanted > chat.readWanted ? await recounted(log.tx, moved, me.user, chat.unread) : moved);
      }
      return {};
    });
  }

  /** `at`: when the list was asked for, by the server's clock. */
  summaries(me: Identity, summaries: readonly Summary[], at?: number): Promise<Stored> {
    return this.#log(me, async (log) => {
      for (const summary of summaries) {
        const chat = await log.chat(summary.conversation);
        log.set(await counting(log.tx, summarised(chat, summary, me.user, at), summary, me.user));
        await log.extend(summary.conversation);
      }
      return {};
    });
  }

  /** Undefined if it is not there any more. */
  refuse(
    me: Identity,
    id: string,
    refused: { readonly code: string; readonly message: string },
  ): Promise<Unsent | undefined> {
    return this.#write(['state', 'unsent'], 'strict', async (tx) => {
      if ((await identityIn(tx))?.device !== me.device) throw new Forgotten();
      const unsent = await tx.objectStore('unsent').get(id);
      if (unsent === undefined) return undefined;
      const marked: Unsent = { ...unsent, refused };
      await tx.objectStore('unsent').put(marked);
      return marked;
    });
  }

  keepPeople(me: Identity, people: readonly KnownPerson[]): Promise<void> {
    return this.#write(['state', 'people'], 'relaxed', async (tx) => {
      if ((await identityIn(tx))?.device !== me.device) throw new Forgotten();
      await Promise.all(people.map((person) => tx.objectStore('people').put(person)));
    });
  }

  listMark(): Promise<ListMark | undefined> {
    return this.#read(['state'], async (tx) => (await tx.objectStore('state').get('list')) as ListMark | undefined);
  }

  keepListMark(me: Identity, mark: ListMark): Promise<void> {
    return this.#write(['state'], 'relaxed', async (tx) => {
      if ((await identityIn(tx))?.device !== me.device) throw new Forgotten();
      await tx.objectStore('state').put(mark, 'list');
    });
  }

  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    (await opening)?.close();
  }

  // --- inside ---

  async #chatIn(tx: Writing, conversation: string): Promise<Holding> {
    return (await tx.objectStore('chats').get(conversation)) ?? nothingOf(conversation);
  }

  async #step(
    conversation: string | undefined,
    place: Place | undefined,
  ): Promise<{ messages: Message[]; next?: Place }> {
    return this.#read(['messages'], async (tx) => {
      const messages: Message[] = [];
      const store = tx.objectStore('messages');
      const byTime = conversation === undefined;
      let next: Place | undefined;
      const take = (message: Message): boolean => {
        messages.push(message);
        next = { time: message.time ?? 0, key: [message.conversation, message.seq] };
        return messages.length < SEARCH_STEP;
      };
      if (byTime) {
        const range = place === undefined ? null : IDBKeyRange.upperBound(place.time);
        let cursor = await store.index('time').openCursor(range, 'prev');
        // many messages may share one millisecond
        while (cursor !== null && place !== undefined && !isBelow(cursor, place)) cursor = await cursor.continue();
        while (cursor !== null && take(cursor.value)) cursor = await cursor.continue();
      } else {
        const top = place === undefined ? Number.POSITIVE_INFINITY : place.key[1];
        let cursor = await store.openCursor(
          IDBKeyRange.bound([conversation, 0], [conversation, top], false, true),
          'prev',
        );
        while (cursor !== null && take(cursor.value)) cursor = await cursor.continue();
      }
      return messages.length < SEARCH_STEP || next === undefined ? { messages } : { messages, next };
    });
  }

  async #log<T extends object>(me: Identity, work: (log: Log) => Promise<T>): Promise<Stored & T> {
    return this.#write(LOG, 'strict', async (tx) => {
      if ((await identityIn(tx))?.device !== me.device) throw new Forgotten();
      const log = new Log(tx, me.user);
      const result = await work(log);
      return { ...result, ...(await log.finish()) };
    });
  }

  async #read<T>(stores: Store[], work: (tx: Reading) => Promise<T>): Promise<T> {
    const tx = (await this.#open()).transaction(stores);
    try {
      return await work(tx);
    } catch (problem) {
      throw storageProblem(problem);
    }
  }

  async #write<T>(stores: Store[], durability: 'strict' | 'relaxed', work: (tx: Writing) => Promise<T>): Promise<T> {
    const tx = (await this.#open()).transaction(stores, 'readwrite', { durability });
    tx.done.catch(() => {}); // told below; without this a failure would be told twice
    try {
      const result = await work(tx);
      await tx.done;
      return result;
    } catch (problem) {
      abort(tx);
      throw storageProblem(tx.error ?? problem);
    }
  }

  #open(): Promise<IDBPDatabase<Schema>> {
    this.#opening ??= this.#openNow().catch((problem: unknown) => {
      this.#opening = undefined;
      throw storageProblem(problem);
    });
    return this.#opening;
  }

  #openNow(): Promise<IDBPDatabase<Schema>> {
    const forget = (): void => {
      this.#opening = undefined;
    };
    return new Promise((resolve, reject) => {
      const opening = openDB<Schema>(this.#name, VERSION, {
        upgrade: (db, from) => upgrade(db, from),
        blocked: () => reject(new StorageFailed('Parley was updated: close its other tabs, then reload this one.')),
        blocking: (_current, _wanted, event) => {
          forget();
          (event.target as IDBDatabase).close(); // a newer Parley waits for this one; at the next call this one is told so
        },
        terminated: forget,
      });
      opening.then(resolve, reject);
    });
  }
}

/** Each step leads from one version to the next, so that every older database finds its way. */
function upgrade(db: IDBPDatabase<Schema>, from: number): void {
  if (from < 1) {
    db.createObjectStore('state');
    db.createObjectStore('messages', { keyPath: ['conversation', 'seq'] }).createIndex('time', 'time');
    db.createObjectStore('chats', { keyPath: 'conversation' });
    db.createObjectStore('unsent', { keyPath: 'id' });
    db.createObjectStore('people', { keyPath: 'user' });
    db.createObjectStore('drafts');
  }
}

interface Place {
  readonly time: number;
  readonly key: [string, number];
}

/** One transaction on the log: reads each chat once, writes each once, and gathers what there is to tell. */
class Log {
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

  /** An entry never changes, so what is held stays. An own one is what the outbox was waiting for, whichever way it came. */
  async keep(message: Message): Promise<void> {
    if (message.id !== undefined && message.from === this.#me) {
      const unsent = await this.unsent(message.id);
      if (unsent?.conversation === message.conversation) {
        await this.tx.objectStore('unsent').delete(message.id);
        this.#settled.push(message.id);
      }
    }
    if (await this.holds(message.conversation, message.seq)) return;
    await this.tx.objectStore('messages').put(message);
    this.#messages.push(message);
  }

  /** The entries between what is stored and `seq` that are not held. */
  async missing(chat: Holding, seq: number): Promise<Range[]> {
    const { conversation, stored } = chat;
    const held = await this.tx
      .objectStore('messages')
      .getAllKeys(IDBKeyRange.bound([conversation, stored], [conversation, seq], true, true), KEYS_STEP);
    const missing: Range[] = [];
    let next = stored + 1;
    for (const [, at] of held) {
      if (at > next) missing.push([next, at - 1]);
      next = at + 1;
    }
    if (next < seq) missing.push([next, seq - 1]);
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

async function identityIn(tx: Reading | Writing): Promise<Identity | undefined> {
  return (await tx.objectStore('state').get('identity')) as Identity | undefined;
}

async function heldFromIn(tx: Reading, conversation: string): Promise<number> {
  return (await tx.objectStore('chats').get(conversation))?.heldFrom ?? 0;
}

async function forgetRuns(tx: Writing): Promise<void> {
  const chats = tx.objectStore('chats');
  const all = await chats.getAll();
  await Promise.all(all.map((chat) => chats.put(unlinked(chat))));
  await tx.objectStore('state').delete('list'); // to be read anew, all of it
}

/** The read cursor passes over the person's own messages where it stands right before them, as the server's does. */
async function passingOwn(tx: Writing, chat: Holding, me: string): Promise<Holding> {
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
async function recounted(tx: Writing, chat: Holding, me: string, before: number): Promise<Holding> {
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
async function counting(tx: Writing, chat: Holding, summary: Summary, me: string): Promise<Holding> {
  const wider = { ...chat, counted: Math.max(chat.counted, summary.head) };
  const since =
    wider.counted > summary.head ? await heldUnread(tx, wider, Math.max(summary.head, chat.readWanted), me) : 0;
  const unread = summary.unread + since;
  return chat.readWanted > summary.read ? recounted(tx, wider, me, unread) : { ...wider, unread, estimated: false };
}

function above(conversation: string, seq: number): IDBKeyRange {
  return IDBKeyRange.bound([conversation, seq], [conversation, Number.POSITIVE_INFINITY], true, false);
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

/** Without case and accents, so that "grusse" finds "Grüße"s nearest spelling. */
function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

function isBelow(
  cursor: { readonly key: number; readonly primaryKey: readonly [string, number] },
  { time, key }: Place,
): boolean {
  const [conversation, seq] = cursor.primaryKey;
  if (cursor.key !== time) return cursor.key < time;
  return conversation === key[0] ? seq < key[1] : conversation < key[0];
}

function sameChat(one: Holding | undefined, other: Holding): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}

function abort(tx: Writing): void {
  try {
    tx.abort();
  } catch {
    // it has failed or ended by itself
  }
}

function storageProblem(problem: unknown): unknown {
  if (problem instanceof StorageFull || problem instanceof StorageFailed || problem instanceof Forgotten)
    return problem;
  if (!(problem instanceof DOMException)) return problem; // a mistake of ours, to be seen as one
  if (problem.name === 'QuotaExceededError' || /full disk|disk full|no space/i.test(problem.message)) {
    return new StorageFull('There is no space left for messages on this device.', { cause: problem });
  }
  if (problem.name === 'VersionError') {
    return new StorageFailed('Parley was updated in another tab: reload this one.', { cause: problem });
  }
  return new StorageFailed('The messages on this device cannot be read or written: reload, or restart the browser.', {
    cause: problem,
  });
}
