import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { StorageFull } from './archive.ts';
import { Database } from './database.ts';
import { nothingOf } from './holding.ts';
import type { Body, Identity, Message, Unsent } from './model.ts';
import type { Page } from './protocol.ts';

const ALICE: Identity = { user: 'alice', uid: '0b6f3c52-9d1e-4a77-8c35-5e2f9a1b7d40', device: '00a1b2c3d4e5f607' };
const BOB: Identity = { user: 'bob', uid: '1b6f3c52-9d1e-4a77-8c35-5e2f9a1b7d40', device: '11a1b2c3d4e5f607' };
const CHAT = 'alice~bob';
const OTHER_CHAT = 'alice~carol';
const CANARY = 'Wir treffen uns um acht — an der alten Brücke 🌉';
const LOST: Body = { type: 'undecryptable', why: 'lost' };

let named = 0;
let name = '';
let database: Database;

beforeEach(async () => {
  named += 1;
  name = `sealing-${named}`;
  database = new Database(name);
  await database.logIn({ ...ALICE, refreshToken: 'first' });
});

function text(content: string): Body {
  return { type: 'text', text: content };
}
function message(seq: number, content = `number ${seq}`, conversation = CHAT): Message {
  return {
    conversation,
    seq,
    id: `m${seq}`,
    from: 'bob',
    device: BOB.device,
    time: 1000 + seq,
    body: text(content),
  };
}
function messages(count: number): Message[] {
  return Array.from({ length: count }, (_, at) => message(at + 1));
}
function write(id: string, content: string, conversation = CHAT) {
  return database.addUnsent({ id, conversation, body: text(content), written: 5 });
}
async function textsOf(conversation = CHAT): Promise<unknown[]> {
  return (await database.after(conversation, 0, 5_000)).map(({ body }) => body['text'] ?? body);
}

/** The database as it stands on the disk. */
async function raw() {
  const db = await openDB(name);
  const stores = await Promise.all(
    [...db.objectStoreNames].map(async (store) => ({
      store,
      keys: await db.getAllKeys(store),
      values: await db.getAll(store),
    })),
  );
  db.close();
  return stores;
}
/** All that could be read there by whoever has the files, bytes as text too. */
async function legible(): Promise<string> {
  return JSON.stringify(await raw(), (_, value) =>
    ArrayBuffer.isView(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8') : value,
  );
}
async function change(store: string, key: IDBValidKey, how: (value: never) => unknown): Promise<void> {
  const db = await openDB(name);
  const changed = how((await db.get(store, key)) as never);
  await (store === 'state' || store === 'drafts' ? db.put(store, changed, key) : db.put(store, changed));
  db.close();
}
function damaged<T extends { readonly body: Body }>(item: T): T {
  const bytes = Uint8Array.from(item.body['bytes'] as Uint8Array);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return { ...item, body: { ...item.body, bytes } };
}
async function keyOnDisk(): Promise<CryptoKey | undefined> {
  const db = await openDB(name);
  const key = (await db.get('state', 'sealingKey')) as CryptoKey | undefined;
  db.close();
  return key;
}

describe('what people said', () => {
  test('cannot be read in the files, whichever way it came there', async () => {
    const pulled: Page = {
      type: 'page',
      conversation: CHAT,
      messages: [{ ...message(1, `pulled ${CANARY}`) }],
      head: 3,
    };
    await database.arrived(ALICE, [message(2, `arrived ${CANARY}`), message(3)]);
    await database.pulled(ALICE, { before: 2 }, pulled);
    const last = message(9, `listed ${CANARY}`, OTHER_CHAT);
    const summary = { conversation: OTHER_CHAT, head: 9, last, read: 0, unread: 9, receipts: [], updated: 1 };
    await database.summaries(ALICE, [summary]);
    await write('sent', `sent ${CANARY}`);
    await database.sent(ALICE, [{ id: 'sent', conversation: CHAT, seq: 4, time: 1004 }]);
    await write('refused', `refused ${CANARY}`);
    await database.refuse(ALICE, 'refused', { code: 'invalid', message: 'no' });
    await write('waiting', `waiting ${CANARY}`);
    await database.retryUnsent('refused');
    await database.keepDraft(CHAT, `draft ${CANARY}`);
    await database.wantRead(CHAT, 2);
    await database.receipts(ALICE, [
      { type: 'receipt', conversation: OTHER_CHAT, user: 'carol', delivered: 9, read: 9 },
    ]);
    await database.openChat(CHAT);

    const found = await legible();
    expect(found).toContain(BOB.device); // the files are really looked into
    for (const part of [CANARY, 'treffen', 'Br\\u00fccke', 'number', 'arrived']) expect(found).not.toContain(part);

    expect(await textsOf()).toEqual([`pulled ${CANARY}`, `arrived ${CANARY}`, 'number 3', `sent ${CANARY}`]);
    const chats = await database.chats();
    expect(chats.map((chat) => chat.last?.body)).toEqual([text(`sent ${CANARY}`), text(`listed ${CANARY}`)]);
    expect((await database.chat(OTHER_CHAT))?.last).toEqual(last);
    expect((await database.unsent()).map(({ body }) => body)).toEqual([
      text(`refused ${CANARY}`),
      text(`waiting ${CANARY}`),
    ]);
    expect(await database.drafts()).toEqual(new Map([[CHAT, `draft ${CANARY}`]]));
  });

  test('comes out of every call as it went in', async () => {
    const poll: Body = { type: 'poll', of: [1, { two: '2' }], none: null };
    const posing: Body = { type: 'sealed', kind: 'text', bytes: [1, 2, 3] }; // a stranger may send anything
    const told = [{ ...message(1), body: poll }, { ...message(2), body: posing }, message(3, CANARY)];
    const arrived = await database.arrived(ALICE, told);
    expect(arrived.messages).toEqual(told);
    expect(arrived.chats[0]?.last).toEqual(told[2]);
    expect(await database.after(CHAT, 0, 9)).toEqual(told);
    expect(await database.before(CHAT, 3, 9)).toEqual(told.slice(0, 2));
    expect((await database.wantRead(CHAT, 2))?.last).toEqual(told[2]);
    expect((await database.openChat(CHAT)).last).toEqual(told[2]);
    expect((await write('mine', CANARY)).body).toEqual(text(CANARY));
    expect((await write('mine', CANARY)).body).toEqual(text(CANARY));
    const refused = await database.refuse(ALICE, 'mine', { code: 'invalid', message: 'no' });
    expect(refused).toMatchObject({ body: text(CANARY), refused: { code: 'invalid' } });
    expect((await database.retryUnsent('mine'))?.body).toEqual(text(CANARY));
    const sent = await database.sent(ALICE, [{ id: 'mine', conversation: CHAT, seq: 4, time: 1004 }]);
    expect(sent.messages.map(({ body }) => body)).toEqual([text(CANARY)]);
    expect(sent.chats[0]?.last?.body).toEqual(text(CANARY));
    const receipt = { type: 'receipt', conversation: CHAT, user: 'bob', delivered: 4, read: 4 } as const;
    expect((await database.receipts(ALICE, [receipt])).chats[0]?.last?.body).toEqual(text(CANARY));
  });

  test('of several floods at once is all there, and each is found', async () => {
    const all = messages(1_100);
    await database.arrived(ALICE, all);
    expect(await database.after(CHAT, 0, 2_000)).toEqual(all);
    expect(await database.search('NUMBER 1034', { limit: 9 })).toEqual([message(1_034)]);
    expect(await database.search('number 7', { limit: 2, conversation: CHAT })).toHaveLength(2);
  });

  test('is written in the order it was said, though a short draft is sealed sooner than a long one', async () => {
    const long = 'long '.repeat(200_000);
    const drafts = [database.keepDraft(CHAT, long), database.keepDraft(CHAT, ''), database.keepDraft(OTHER_CHAT, long)];
    await Promise.all([...drafts, database.keepDraft(OTHER_CHAT, 'short')]);
    expect(await database.drafts()).toEqual(new Map([[OTHER_CHAT, 'short']]));
    const kept = await Promise.all([write('one', long), write('two', 'short'), write('three', '')]);
    expect(kept.map(({ order }) => order)).toEqual([1, 2, 3]);
    await Promise.all([database.keepDraft(CHAT, long), database.wipe()]);
    expect(await database.drafts()).toEqual(new Map());
  });

  test('is opened once for the list of chats, however often a tick moves', async () => {
    await database.arrived(ALICE, [message(1, CANARY)]);
    await database.close();
    database = new Database(name);
    await write('waiting', CANARY);
    const decrypt = vi.spyOn(crypto.subtle, 'decrypt');
    for (let read = 1; read < 20; read++) {
      const receipt = { type: 'receipt', conversation: CHAT, user: 'bob', delivered: 20, read } as const;
      const told = await database.receipts(ALICE, [receipt]);
      expect(told.chats[0]?.last?.body).toEqual(text(CANARY));
      await database.chats();
      await database.unsent();
    }
    expect(decrypt.mock.calls.length).toBeLessThanOrEqual(2);
    decrypt.mockRestore();
    await database.arrived(ALICE, [message(2, 'newer')]);
    expect((await database.chat(CHAT))?.last?.body).toEqual(text('newer'));
  });
});

describe('what cannot be opened', () => {
  test('is said to be lost, and all else is as it was', async () => {
    await database.arrived(ALICE, [...messages(3), message(1, 'hers', OTHER_CHAT)]);
    await change('messages', [CHAT, 2], damaged);
    await change('chats', CHAT, ({ last, ...chat }: { last: Message }) => ({ ...chat, last: damaged(last) }));
    expect(await textsOf()).toEqual(['number 1', LOST, 'number 3']);
    expect((await database.newest(CHAT, 3))[1]).toEqual({ ...message(2), body: LOST });
    expect((await database.search('number', { limit: 9 })).map(({ seq }) => seq)).toEqual([3, 1]);
    const chats = await database.chats();
    expect(chats.map(({ last }) => last?.body)).toEqual([LOST, text('hers')]);
    expect(chats.map(({ unread }) => unread)).toEqual([3, 1]);
    await database.arrived(ALICE, [message(4)]);
    expect((await database.chat(CHAT))?.last?.body).toEqual(text('number 4'));
  });

  test('never goes out: an own message that is lost waits for the person as a refused one does', async () => {
    await write('mine', CANARY);
    await write('other', 'whole');
    await change('unsent', 'mine', damaged);
    const [mine, other] = await database.unsent();
    expect(mine).toMatchObject({ id: 'mine', body: LOST, refused: { code: 'lost' } });
    expect(other).not.toHaveProperty('refused');
    expect(await database.retryUnsent('mine')).toMatchObject({ body: LOST, refused: { code: 'lost' } });
    await database.deleteUnsent('mine');
    expect((await database.unsent()).map(({ id }) => id)).toEqual(['other']);
  });

  test('is also what was moved to another conversation or under another message', async () => {
    await database.arrived(ALICE, [message(1, 'to Bob'), message(2, 'to Bob too'), message(1, 'hers', OTHER_CHAT)]);
    let taken: Body | undefined;
    const take = (item: Message): Message => {
      taken = item.body;
      return item;
    };
    const give = (item: Message): Message => ({ ...item, body: taken ?? item.body });
    await change('messages', [CHAT, 1], take);
    await change('messages', [OTHER_CHAT, 1], give);
    await change('messages', [CHAT, 2], give);
    expect(await textsOf()).toEqual(['to Bob', LOST]);
    expect(await textsOf(OTHER_CHAT)).toEqual([LOST]);
  });

  test('for want of the key does not keep anything new from being kept', async () => {
    await database.arrived(ALICE, messages(2));
    await write('mine', CANARY);
    await database.keepDraft(CHAT, CANARY);
    await change('state', 'sealingKey', () => 'damaged');
    await database.close();
    database = new Database(name);
    expect(await textsOf()).toEqual([LOST, LOST]);
    expect((await database.unsent())[0]?.body).toEqual(LOST);
    expect(await database.drafts()).toEqual(new Map());
    await database.arrived(ALICE, [message(3)]);
    await write('newer', CANARY);
    expect(await textsOf()).toEqual([LOST, LOST, 'number 3']);
    expect((await database.unsent()).map(({ body }) => body)).toEqual([LOST, text(CANARY)]);
  });
});

describe('the key', () => {
  test('is never given out by the browser', async () => {
    await write('mine', CANARY);
    const key = await keyOnDisk();
    expect(key).toMatchObject({ extractable: false, algorithm: { name: 'AES-GCM', length: 256 } });
    if (key === undefined) throw new Error('no key');
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
  });

  test('is the same for all tabs, also where they make it at the same time', async () => {
    const tabs = [database, ...Array.from({ length: 4 }, () => new Database(name))];
    await Promise.all(
      tabs.map((tab, at) => tab.addUnsent({ id: `${at}`, conversation: CHAT, body: text(`${at}`), written: at })),
    );
    for (const tab of tabs) {
      const said = (await tab.unsent()).map(({ id, body }) => [id, body['text']]);
      expect(said.sort()).toEqual(tabs.map((_, at) => [`${at}`, `${at}`]));
    }
  });

  test('ends with the login, and the next one has another', async () => {
    await write('mine', CANARY);
    const sealed = (await raw()).find(({ store }) => store === 'unsent')?.values[0] as Unsent;
    await database.wipe();
    expect(await raw().then((stores) => stores.flatMap(({ keys }) => keys))).toEqual([]);
    await database.logIn({ ...ALICE, refreshToken: 'second' });
    await write('other', 'new');
    await change('unsent', 'other', (other: Unsent) => ({ ...sealed, order: other.order + 1 }));
    expect((await database.unsent()).map(({ body }) => body)).toEqual([text('new'), LOST]);
  });

  test('ends when another person logs in, and stays when the same does', async () => {
    await database.arrived(ALICE, [message(1, CANARY)]);
    await database.logIn({ ...ALICE, refreshToken: 'second' });
    expect(await textsOf()).toEqual([CANARY]);
    await database.logIn({ ...BOB, refreshToken: 'third' });
    expect(await keyOnDisk()).toBeUndefined();
  });

  test('of a login that ended in another tab is not used any more', async () => {
    await write('mine', CANARY);
    const other = new Database(name);
    await other.wipe();
    await other.logIn({ ...BOB, refreshToken: 'second' });
    await other.addUnsent({ id: 'his', conversation: CHAT, body: text('his'), written: 1 });
    await write('later', 'later');
    await database.keepDraft(CHAT, 'draft');
    for (const tab of [database, other]) {
      expect((await tab.unsent()).map(({ body }) => body)).toEqual([text('his'), text('later')]);
      expect(await tab.drafts()).toEqual(new Map([[CHAT, 'draft']]));
    }
  });

  test('that a browser refuses to keep is done without, and what stands open is sealed once it does not refuse', async () => {
    const put = IDBObjectStore.prototype.put;
    const refusing = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      value,
      key,
    ) {
      if (value instanceof CryptoKey) throw new DOMException('The object can not be cloned.', 'DataCloneError');
      return key === undefined ? put.call(this, value) : put.call(this, value, key);
    });
    const told = await database.arrived(ALICE, [message(1, CANARY)]);
    expect(told.messages).toEqual([message(1, CANARY)]);
    await write('mine', CANARY);
    await database.keepDraft(CHAT, CANARY);
    await database.sealOld(0);
    const all = async () => [await textsOf(), await database.unsent(), await database.drafts(), await database.chats()];
    const before = await all();
    expect(before[0]).toEqual([CANARY]);
    refusing.mockRestore();
    database = new Database(name);
    expect(await all()).toEqual(before);
    await database.sealOld(0);
    expect(await legible()).not.toContain(CANARY);
    expect(await all()).toEqual(before);
  });

  test('that finds no room is told as a full disk, and made when there is room', async () => {
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('no', 'QuotaExceededError');
    });
    await expect(write('mine', CANARY)).rejects.toThrow(StorageFull);
    await expect(database.keepDraft(CHAT, CANARY)).rejects.toThrow(StorageFull);
    put.mockRestore();
    expect(await keyOnDisk()).toBeUndefined();
    await write('mine', CANARY);
    expect((await database.unsent())[0]?.body).toEqual(text(CANARY));
  });
});

describe('what an older Parley has left', () => {
  const COUNT = 330;

  /** As version 1 had it. */
  beforeEach(async () => {
    named += 1;
    name = `older-${named}`;
    const db = await openDB(name, 1, {
      upgrade: (older) => {
        older.createObjectStore('state');
        older.createObjectStore('messages', { keyPath: ['conversation', 'seq'] }).createIndex('time', 'time');
        older.createObjectStore('chats', { keyPath: 'conversation' });
        older.createObjectStore('unsent', { keyPath: 'id' });
        older.createObjectStore('people', { keyPath: 'user' });
        older.createObjectStore('drafts');
      },
    });
    const tx = db.transaction(['state', 'messages', 'chats', 'unsent', 'drafts'], 'readwrite');
    await tx.objectStore('state').put(ALICE, 'identity');
    await tx.objectStore('state').put(2, 'order');
    for (const one of messages(COUNT)) await tx.objectStore('messages').put(one);
    const held = { head: COUNT, heldFrom: 1, runFrom: 1, stored: COUNT, counted: COUNT, unread: COUNT };
    await tx.objectStore('chats').put({ ...nothingOf(CHAT), ...held, last: message(COUNT) });
    await tx.objectStore('chats').put(nothingOf(OTHER_CHAT));
    const unsent = { conversation: CHAT, after: 3, written: 5 };
    await tx.objectStore('unsent').put({ ...unsent, id: 'one', body: text('unsent number'), order: 1 });
    const refused = { code: 'invalid', message: 'no' };
    await tx.objectStore('unsent').put({ ...unsent, id: 'two', body: text('refused number'), order: 2, refused });
    await tx.objectStore('drafts').put('draft number', CHAT);
    await tx.done;
    db.close();
    database = new Database(name);
  });

  async function all() {
    return {
      messages: await database.after(CHAT, 0, COUNT + 9),
      chats: await database.chats(),
      unsent: await database.unsent(),
      drafts: await database.drafts(),
      found: await database.search('number 300', { limit: 9 }),
    };
  }

  test('is there as before, and is sealed without anything looking different', async () => {
    const before = await all();
    expect(before.messages).toEqual(messages(COUNT));
    expect(before.unsent.map(({ body }) => body['text'])).toEqual(['unsent number', 'refused number']);
    expect(before.found).toEqual([message(300)]);
    expect(await legible()).toContain('number');
    await database.sealOld(0);
    expect(await legible()).not.toContain('number');
    expect(await all()).toEqual(before);
    await database.close();
    database = new Database(name);
    expect(await all()).toEqual(before);
  });

  test('is sealed once, and never looked for again', async () => {
    await database.sealOld(0);
    const getAll = vi.spyOn(IDBObjectStore.prototype, 'getAll');
    await database.sealOld(0);
    expect(getAll).not.toHaveBeenCalled();
    getAll.mockRestore();
  });

  test('is read while half of it is sealed, and the rest is sealed later from there', async () => {
    const before = await all();
    const put = IDBObjectStore.prototype.put;
    let puts = 0;
    const full = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      ...given
    ) {
      puts += 1;
      if (puts > 150) throw new DOMException('no', 'QuotaExceededError');
      return put.apply(this, given);
    });
    await expect(database.sealOld(0)).rejects.toThrow(StorageFull);
    full.mockRestore();
    expect(await legible()).toContain('number');
    expect(await all()).toEqual(before);
    await database.close();
    database = new Database(name);
    const encrypt = vi.spyOn(crypto.subtle, 'encrypt');
    await database.sealOld(0);
    expect(encrypt.mock.calls.length).toBeLessThan(COUNT - 80);
    encrypt.mockRestore();
    expect(await legible()).not.toContain('number');
    expect(await all()).toEqual(before);
  });

  test('may be sent, deleted and written to while it is being sealed', async () => {
    const sealing = database.sealOld(0);
    const tab = new Database(name);
    await tab.deleteUnsent('two');
    await tab.sent(ALICE, [{ id: 'one', conversation: CHAT, seq: COUNT + 1, time: 9_000 }]);
    await tab.arrived(ALICE, [message(COUNT + 2)]);
    await tab.keepDraft(CHAT, '');
    await sealing;
    expect(await legible()).not.toContain('number');
    expect(await database.unsent()).toEqual([]);
    expect(await database.drafts()).toEqual(new Map());
    const said = await textsOf();
    expect(said).toHaveLength(COUNT + 2);
    expect(said.slice(-2)).toEqual(['unsent number', `number ${COUNT + 2}`]);
    expect((await database.chat(CHAT))?.last?.seq).toBe(COUNT + 2);
  });

  test('is not sealed into the database of somebody who logged in meanwhile', async () => {
    const sealing = database.sealOld(0);
    const tab = new Database(name);
    await tab.logIn({ ...BOB, refreshToken: 'r' });
    await sealing;
    expect((await raw()).find(({ store }) => store === 'messages')?.keys).toEqual([]);
    expect([await tab.chats(), await tab.unsent(), (await tab.drafts()).size]).toEqual([[], [], 0]);
  });

  test('is out of reach of its own pages then, which would take what is sealed for messages', async () => {
    await database.chats();
    await database.close();
    await expect(openDB(name, 1)).rejects.toThrow(expect.objectContaining({ name: 'VersionError' }));
  });
});

test('a database that was never open has nothing to be sealed later', async () => {
  await database.arrived(ALICE, messages(3));
  const getAll = vi.spyOn(IDBObjectStore.prototype, 'getAll');
  await database.sealOld(0);
  expect(getAll).not.toHaveBeenCalled();
  getAll.mockRestore();
});
