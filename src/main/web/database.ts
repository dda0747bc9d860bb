import type { Archive, SearchOptions, Written } from './archive.ts';
import {
  covered,
  type Holding,
  nothingOf,
  pulled,
  pushed,
  type Summary,
  sent,
  summarised,
  type ToldReceipt,
  unlinked,
  withReceipt,
} from './holding.ts';
import { above, counting, LOG, Log, messageOf, passingOwn, recounted, type Stored } from './log.ts';
import type { Body, Chat, ChatEncryption, Identity, Message, Unsent } from './model.ts';
import type { Page } from './protocol.ts';
import { draftOf, type Sealable } from './seal.ts';
import { kindOf } from './sealed.ts';
import { Sealing, type Task } from './sealing.ts';
import { hasAll, type Place, SPOKEN, searchStep, wordsOf } from './searching.ts';
import { Forgotten, identityIn, type KnownPerson, type Reading, STORES, Storage, type Writing } from './storage.ts';
import { sealOld } from './sweeping.ts';

export interface Login extends Identity {
  readonly refreshToken: string;
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

const COMMIT: Body = { type: 'commit' };

/** How far the list of conversations has been read. */
export interface ListMark {
  /** The latest activity it named, by the server's clock. */
  readonly updated: number;
  /** When it was last asked for, and when last for all of it, by this device's clock. */
  readonly asked: number;
  readonly askedAll: number;
}

/**
 * The one database of this browser. Every write is one transaction and is on disk when its promise resolves. What people said goes in
 * and comes out as it is, and stands there sealed (sealing.ts).
 */
export class Database implements Archive {
  readonly #storage: Storage;
  readonly #sealing: Sealing;

  constructor(name = 'parley') {
    this.#storage = new Storage(name);
    this.#sealing = new Sealing(this.#storage);
  }

  // --- what pages ask (Archive) ---

  identity(): Promise<Identity | undefined> {
    return this.#storage.read(['state'], identityIn);
  }

  async chats(): Promise<Holding[]> {
    const { found, seal } = await this.#sealing.read(['chats'], (tx) => tx.objectStore('chats').getAll());
    return seal.openChats(found);
  }

  async chat(conversation: string): Promise<Holding | undefined> {
    const { found, seal } = await this.#sealing.read(['chats'], (tx) => tx.objectStore('chats').get(conversation));
    return found === undefined ? undefined : seal.openChat(found);
  }

  people(): Promise<KnownPerson[]> {
    return this.#storage.read(['people'], (tx) => tx.objectStore('people').getAll());
  }

  async unsent(): Promise<Unsent[]> {
    const { found, seal } = await this.#sealing.read(['unsent'], (tx) => tx.objectStore('unsent').getAll());
    const all = await Promise.all(found.map((unsent) => seal.openUnsent(unsent)));
    return all.sort((one, other) => one.order - other.order);
  }

  async drafts(): Promise<Map<string, string>> {
    const { found, seal } = await this.#sealing.read(['drafts'], async (tx) => {
      const drafts = tx.objectStore('drafts');
      const [keys, kept] = await Promise.all([drafts.getAllKeys(), drafts.getAll()]);
      return keys.map((conversation, at) => draftOf(conversation, kept[at] ?? ''));
    });
    const opened = await seal.openAll(found);
    // one that does not open is none
    return new Map(
      opened.flatMap(({ conversation, body: { text } }) => (typeof text === 'string' ? [[conversation, text]] : [])),
    );
  }

  newest(conversation: string, limit: number): Promise<Message[]> {
    return this.before(conversation, Number.POSITIVE_INFINITY, limit);
  }

  async before(conversation: string, seq: number, limit: number): Promise<Message[]> {
    const { found, seal } = await this.#sealing.read(['messages', 'chats'], async (tx) => {
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
    return seal.openAll(found);
  }

  async after(conversation: string, seq: number, limit: number): Promise<Message[]> {
    const { found, seal } = await this.#sealing.read(['messages', 'chats'], async (tx) => {
      const from = await heldFromIn(tx, conversation);
      if (from === 0) return [];
      const first = Math.max(from, seq + 1);
      return tx.objectStore('messages').getAll(above(conversation, first - 1), limit);
    });
    return seal.openAll(found);
  }

  async search(query: string, { conversation, limit, signal }: SearchOptions): Promise<Message[]> {
    const words = wordsOf(query);
    const found: Message[] = [];
    if (words.length === 0) return found;
    const chats = await this.#storage.read(['chats'], (tx) => tx.objectStore('chats').getAll());
    const held = new Map(chats.map((chat) => [chat.conversation, chat.heldFrom]));
    const isHeld = (message: Message): boolean => {
      const from = held.get(message.conversation) ?? 0;
      return from > 0 && message.seq >= from;
    };
    let place: Place | undefined;
    do {
      const from = place;
      const { found: step, seal } = await this.#sealing.read(['messages'], (tx) => searchStep(tx, conversation, from));
      const texts = step.messages.filter((message) => SPOKEN.has(kindOf(message.body)) && isHeld(message));
      for (const message of await seal.openAll(texts)) {
        if (hasAll(message, words)) found.push(message);
        if (found.length === limit) return found;
      }
      place = step.next;
    } while (place !== undefined && signal?.aborted !== true);
    return found;
  }

  async addUnsent(message: Written): Promise<Unsent> {
    const stores = ['chats', 'unsent'] as const;
    const { found, seal } = await this.#sealing.write({ stores, said: [message] }, async (tx, [sealed]) => {
      const earlier = await tx.objectStore('unsent').get(message.id);
      if (earlier !== undefined) return earlier;
      const order = (((await tx.objectStore('state').get('order')) as number | undefined) ?? 0) + 1;
      const { id, conversation, body, written, uploads } = sealed;
      const chat = await this.#chatIn(tx, conversation);
      const files = uploads === undefined ? {} : { uploads };
      const unsent: Unsent = { id, conversation, body, written, after: chat.head, order, ...files };
      await Promise.all([
        tx.objectStore('state').put(order, 'order'),
        tx.objectStore('chats').put({ ...chat, updated: Math.max(chat.updated, written) }),
        tx.objectStore('unsent').put(unsent),
      ]);
      return unsent;
    });
    return seal.openUnsent(found);
  }

  retryUnsent(id: string): Promise<Unsent | undefined> {
    return this.#changeUnsent({ stores: ['unsent'] }, id, ({ refused: _, paused: __, ...again }) => again);
  }

  pauseUnsent(id: string, isPaused: boolean): Promise<Unsent | undefined> {
    return this.#changeUnsent({ stores: ['unsent'] }, id, ({ paused: _, ...unsent }) =>
      isPaused ? { ...unsent, paused: true } : unsent,
    );
  }

  async deleteUnsent(id: string): Promise<void> {
    await this.#sealing.write({ stores: ['unsent'] }, (tx) => tx.objectStore('unsent').delete(id));
  }

  async wantRead(conversation: string, seq: number): Promise<Chat | undefined> {
    const { found, seal } = await this.#sealing.write({ stores: ['messages', 'chats'] }, async (tx) => {
      const me = (await identityIn(tx))?.user;
      const chat = await tx.objectStore('chats').get(conversation);
      const wanted = Math.min(seq, chat?.head ?? 0);
      if (me === undefined || chat === undefined || wanted <= chat.readWanted) return undefined;
      const moved = await recounted(tx, await passingOwn(tx, { ...chat, readWanted: wanted }, me), me, chat.unread);
      await tx.objectStore('chats').put(moved);
      return moved;
    });
    return found === undefined ? undefined : seal.openChat(found);
  }

  async keepDraft(conversation: string, text: string): Promise<void> {
    const said = text === '' ? [] : [draftOf(conversation, text)];
    await this.#sealing.write({ stores: ['drafts'], durability: 'relaxed', said }, async (tx, [sealed]) => {
      const drafts = tx.objectStore('drafts');
      await (sealed === undefined ? drafts.delete(conversation) : drafts.put(sealed.body, conversation));
    });
  }

  async openChat(conversation: string): Promise<Chat> {
    const { found, seal } = await this.#sealing.write({ stores: ['chats'] }, async (tx) => {
      const chat = await this.#chatIn(tx, conversation);
      await tx.objectStore('chats').put(chat);
      return chat;
    });
    return seal.openChat(found);
  }

  // --- who is logged in ---

  refreshToken(): Promise<string | undefined> {
    return this.#storage.read(
      ['state'],
      async (tx) => (await tx.objectStore('state').get('refreshToken')) as string | undefined,
    );
  }

  /** After a refresh; of a login that is over nothing is kept. */
  keepRefreshToken(device: string, refreshToken: string): Promise<void> {
    return this.#storage.write(['state'], 'strict', async (tx) => {
      if ((await identityIn(tx))?.device !== device) throw new Forgotten();
      await tx.objectStore('state').put(refreshToken, 'refreshToken');
    });
  }

  /** The server refused it. What is stored and unsent stays. */
  dropRefreshToken(refused: string): Promise<void> {
    return this.#storage.write(['state'], 'strict', async (tx) => {
      const state = tx.objectStore('state');
      if ((await state.get('refreshToken')) === refused) await state.delete('refreshToken');
    });
  }

  /** The same person keeps everything; for another one the database is emptied first. True if it was. */
  async logIn({ user, uid, device, refreshToken }: Login): Promise<boolean> {
    await this.#sealing.inTurn();
    const isOther = await this.#storage.write(STORES, 'strict', async (tx) => {
      const before = await identityIn(tx);
      const isOther = before !== undefined && before.uid !== uid;
      if (isOther) await Promise.all(STORES.map((store) => tx.objectStore(store).clear()));
      if (before !== undefined && !isOther && before.device !== device) await forgetRuns(tx);
      const state = tx.objectStore('state');
      const login = (isOther ? 0 : (before?.login ?? 0)) + 1;
      const identity: Identity = { user, uid, device, login };
      await Promise.all([state.put(identity, 'identity'), state.put(refreshToken, 'refreshToken')]);
      return isOther;
    });
    if (isOther) this.#sealing.forget();
    return isOther;
  }

  /** Everything, what is unsent and the drafts too, and the key that all was sealed with. */
  async wipe(): Promise<void> {
    await this.#sealing.inTurn();
    await this.#storage.write(STORES, 'strict', async (tx) => {
      await Promise.all(STORES.map((store) => tx.objectStore(store).clear()));
    });
    this.#sealing.forget();
  }

  /** Seals what an older Parley has left open, in small steps; the next call goes on where one was interrupted. */
  sealOld(pauseMillis?: number): Promise<void> {
    return sealOld(this.#storage, this.#sealing, pauseMillis);
  }

  // --- what the engine writes: each is told as one piece of news ---

  /** Pushed by the server, ascending within each conversation. */
  arrived(me: Identity, messages: readonly Message[]): Promise<Arrived> {
    return this.#log(me, messages, async (log, sealed) => {
      const acknowledge = new Map<string, number>();
      for (const message of sealed) {
        const chat = await log.chat(message.conversation);
        await log.keep(message);
        log.set(pushed(chat, message, me.user, await log.missing(chat, message.seq)));
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
    return this.#log(me, [], async (log) => {
      const unknown: Spot[] = [];
      for (const { id, conversation, seq, time } of confirmed) {
        const unsent = await log.unsent(id);
        if (unsent === undefined || unsent.conversation !== conversation) {
          if (!(await log.holds(conversation, seq))) unknown.push({ conversation, seq });
          continue;
        }
        const message: Message = { conversation, seq, id, from: me.user, device: me.device, time, body: unsent.body };
        await log.keep(message);
        const chat = await log.chat(conversation);
        log.set(sent(chat, message, me.user, await log.missing(chat, seq)));
        await log.extend(conversation);
      }
      return { unknown };
    });
  }

  /** The answer to a pull. */
  pulled(me: Identity, asked: { readonly after?: number; readonly before?: number }, page: Page): Promise<Stored> {
    const messages = page.messages.map((entry) => messageOf(page.conversation, entry));
    return this.#log(me, messages, async (log, sealed) => {
      const kept: Message[] = [];
      for (const message of sealed) kept.push(await log.keep(message));
      log.set(pulled(await log.chat(page.conversation), covered(asked, page), page.head, kept, me.user));
      await log.extend(page.conversation);
      return {};
    });
  }

  receipts(me: Identity, receipts: readonly ToldReceipt[]): Promise<Stored> {
    return this.#log(me, [], async (log) => {
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
    const lasts = summaries.map(({ last }) => last);
    return this.#log(me, lasts, async (log, sealed) => {
      for (const [place, { last: _, ...rest }] of summaries.entries()) {
        const last = sealed[place];
        if (last === undefined) continue; // there is one for each
        const summary = { ...rest, last };
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
    return this.#changeUnsent({ stores: ['unsent'], me }, id, (unsent) => ({ ...unsent, refused }));
  }

  /** Its files are uploaded, as `body` has them; undefined if it is not there any more. */
  uploaded(
    me: Identity,
    message: Pick<Unsent, 'id' | 'conversation' | 'body'>,
    media: readonly string[],
  ): Promise<Unsent | undefined> {
    const said = [message] as const;
    return this.#changeUnsent({ stores: ['unsent'], me, said }, message.id, (unsent, [sealed]) => ({
      ...unsent,
      body: sealed.body,
      media,
    }));
  }

  /** Its files have to be uploaded once more, as `body` has them. */
  notUploaded(me: Identity, message: Pick<Unsent, 'id' | 'conversation' | 'body'>): Promise<Unsent | undefined> {
    const said = [message] as const;
    return this.#changeUnsent({ stores: ['unsent'], me, said }, message.id, ({ media: _, ...unsent }, [sealed]) => ({
      ...unsent,
      body: sealed.body,
    }));
  }

  /** How it stands with the encryption of a conversation: `change` is given what stands there. */
  encrypted(
    me: Identity,
    conversation: string,
    change: (before: ChatEncryption | undefined) => ChatEncryption | undefined,
  ): Promise<Stored> {
    return this.#log(me, [], async (log) => {
      const chat = await log.chat(conversation);
      const encryption = change(chat.encryption);
      if (encryption !== undefined) log.set({ ...chat, encryption });
      return {};
    });
  }

  /** A commit of this device has its place in the log, which is not pushed to it. */
  committed(
    me: Identity,
    conversation: string,
    { id, seq, time }: { readonly id: string; readonly seq: number; readonly time: number },
  ): Promise<Stored> {
    return this.#log(me, [], async (log) => {
      const message: Message = { conversation, seq, id, from: me.user, device: me.device, time, body: COMMIT };
      await log.keep(message);
      const chat = await log.chat(conversation);
      log.set(sent(chat, message, me.user, await log.missing(chat, seq)));
      await log.extend(conversation);
      return {};
    });
  }

  keepPeople(me: Identity, people: readonly KnownPerson[]): Promise<void> {
    return this.#storage.write(['state', 'people'], 'relaxed', async (tx) => {
      if ((await identityIn(tx))?.device !== me.device) throw new Forgotten();
      await Promise.all(people.map((person) => tx.objectStore('people').put(person)));
    });
  }

  listMark(): Promise<ListMark | undefined> {
    return this.#storage.read(
      ['state'],
      async (tx) => (await tx.objectStore('state').get('list')) as ListMark | undefined,
    );
  }

  keepListMark(me: Identity, mark: ListMark): Promise<void> {
    return this.#storage.write(['state'], 'relaxed', async (tx) => {
      if ((await identityIn(tx))?.device !== me.device) throw new Forgotten();
      await tx.objectStore('state').put(mark, 'list');
    });
  }

  /** The nodes beside the page's own, whoever is logged in. */
  nodes(): Promise<readonly string[]> {
    return this.#storage.read(
      ['state'],
      async (tx) => ((await tx.objectStore('state').get('nodes')) as readonly string[] | undefined) ?? [],
    );
  }

  keepNodes(nodes: readonly string[]): Promise<void> {
    return this.#storage.write(['state'], 'relaxed', async (tx) => {
      await tx.objectStore('state').put(nodes, 'nodes');
    });
  }

  close(): Promise<void> {
    return this.#storage.close();
  }

  // --- inside ---

  /** Undefined if it is not there any more. */
  async #changeUnsent<const S extends readonly Sealable[]>(
    task: Task<S>,
    id: string,
    change: (unsent: Unsent, sealed: S) => Unsent,
  ): Promise<Unsent | undefined> {
    const { found, seal } = await this.#sealing.write(task, async (tx, sealed) => {
      const unsent = await tx.objectStore('unsent').get(id);
      if (unsent === undefined) return undefined;
      const changed = change(unsent, sealed);
      await tx.objectStore('unsent').put(changed);
      return changed;
    });
    return found === undefined ? undefined : seal.openUnsent(found);
  }

  async #chatIn(tx: Writing, conversation: string): Promise<Holding> {
    return (await tx.objectStore('chats').get(conversation)) ?? nothingOf(conversation);
  }

  /** `said` is sealed on its way in, what has changed is opened on its way out. */
  async #log<T extends object>(
    me: Identity,
    said: readonly Message[],
    work: (log: Log, sealed: readonly Message[]) => Promise<T>,
  ): Promise<Stored & T> {
    const { found, seal } = await this.#sealing.write({ stores: LOG, me, said }, async (tx, sealed) => {
      const log = new Log(tx, me.user);
      const result = await work(log, sealed);
      return { result, stored: await log.finish() };
    });
    const { messages, chats, settled } = found.stored;
    const [opened, openedChats] = await Promise.all([seal.openAll(messages), seal.openChats(chats)]);
    return { ...found.result, messages: opened, chats: openedChats, settled };
  }
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
