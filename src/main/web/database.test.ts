import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { StorageFailed, StorageFull } from './archive.ts';
import { Database } from './database.ts';
import type { Summary } from './holding.ts';
import type { Identity, Message } from './model.ts';
import type { Entry, Page, ReceiptFrame } from './protocol.ts';
import { Forgotten } from './storage.ts';

const ALICE: Identity = { user: 'alice', uid: '0b6f3c52-9d1e-4a77-8c35-5e2f9a1b7d40', device: '00a1b2c3d4e5f607' };
const BOB: Identity = { user: 'bob', uid: '1b6f3c52-9d1e-4a77-8c35-5e2f9a1b7d40', device: '11a1b2c3d4e5f607' };
const CHAT = 'alice~bob';

let named = 0;
let name = '';
let database: Database;

beforeEach(async () => {
  named += 1;
  name = `parley-${named}`;
  database = new Database(name);
  await database.logIn({ ...ALICE, refreshToken: 'first' });
});

function entry(seq: number, from = 'bob', more: Partial<Entry> = {}): Entry {
  const device = from === 'alice' ? '22a1b2c3d4e5f607' : '11a1b2c3d4e5f607';
  return { seq, id: `m${seq}`, from, device, time: 1000 + seq, body: { type: 'text', text: `number ${seq}` }, ...more };
}
function message(seq: number, from = 'bob', more: Partial<Message> = {}): Message {
  return { conversation: CHAT, ...entry(seq, from), ...more };
}
function messages(first: number, last: number): Message[] {
  return Array.from({ length: last - first + 1 }, (_, at) => message(first + at));
}
function page(first: number, last: number, head: number): Page {
  return {
    type: 'page',
    conversation: CHAT,
    messages: Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => entry(first + at)),
    head,
  };
}
function receipt(user: string, delivered: number, read: number, not?: ReceiptFrame['not']): ReceiptFrame {
  return { type: 'receipt', conversation: CHAT, user, delivered, read, ...(not === undefined ? {} : { not }) };
}
function summary(head: number, read: number, unread: number): Summary {
  return { conversation: CHAT, head, last: message(head), read, unread, receipts: [], updated: 1000 + head };
}
function write(id: string, conversation = CHAT) {
  return database.addUnsent({ id, conversation, body: { type: 'text', text: id }, written: 5 });
}
async function chat() {
  const [first] = await database.chats();
  if (first === undefined) throw new Error('no chat');
  return first;
}
async function seqs(limit = 100): Promise<number[]> {
  return (await database.newest(CHAT, limit)).map(({ seq }) => seq);
}

describe('what is pushed', () => {
  test('is stored in order, counted as unread and may be acknowledged up to its end', async () => {
    const told = await database.arrived(ALICE, messages(1, 3));
    expect(told.acknowledge).toEqual(new Map([[CHAT, 3]]));
    expect(told.messages.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(await chat()).toMatchObject({ head: 3, stored: 3, heldFrom: 1, unread: 3, updated: 1003 });
    expect((await chat()).last?.seq).toBe(3);
    expect(await seqs()).toEqual([1, 2, 3]);
    expect(await seqs(2)).toEqual([2, 3]);
  });

  test('is acknowledged again when it comes again, and told no second time', async () => {
    await database.arrived(ALICE, messages(1, 3));
    const again = await database.arrived(ALICE, messages(2, 3));
    expect(again.acknowledge).toEqual(new Map([[CHAT, 3]]));
    expect(again.messages).toEqual([]);
    expect(again.chats).toEqual([]);
    expect((await chat()).unread).toBe(3);
  });

  test('to a new device begins where the server begins; older entries join when they are pulled', async () => {
    await database.arrived(ALICE, messages(40, 42));
    expect(await chat()).toMatchObject({ heldFrom: 40, stored: 42, holes: [] });
    await database.pulled(ALICE, { before: 40 }, page(20, 39, 42));
    expect(await chat()).toMatchObject({ heldFrom: 20, stored: 42 });
    await database.pulled(ALICE, { before: 20 }, page(1, 19, 42));
    expect(await chat()).toMatchObject({ heldFrom: 1, stored: 42 });
    expect(await seqs()).toHaveLength(42);
  });

  test('what was looked up at the end is what the list of chats shows', async () => {
    await database.arrived(ALICE, messages(1, 3));
    await database.pulled(ALICE, { after: 3 }, page(4, 4, 4));
    expect((await chat()).last?.seq).toBe(4);
    await database.pulled(ALICE, { before: 3 }, page(1, 2, 4));
    expect((await chat()).last?.seq).toBe(4);
  });

  test('what could not be read out of turn is read when its turn comes, and an own message keeps its words', async () => {
    const unreadable = { type: 'undecryptable', why: 'before-joining' };
    const looked = { ...page(1, 1, 2), messages: [entry(1, 'bob', { body: unreadable })] };
    await database.pulled(ALICE, { before: 2 }, looked);
    await database.arrived(ALICE, [message(1)]);
    await database.pulled(ALICE, { before: 2 }, looked);
    expect((await database.newest(CHAT, 1))[0]?.body).toEqual(message(1).body);

    await write('mine');
    const own = entry(2, 'alice', { id: 'mine', body: { type: 'undecryptable', why: 'own' } });
    const pulled = await database.pulled(ALICE, { after: 1 }, { ...page(2, 2, 2), messages: [own] });
    expect(pulled.settled).toEqual(['mine']);
    expect((await database.newest(CHAT, 1))[0]?.body).toEqual({ type: 'text', text: 'mine' });
    expect((await chat()).last?.body).toEqual({ type: 'text', text: 'mine' });
  });

  test('that a conversation is encrypted stays known, and commits are not unread', async () => {
    await database.arrived(ALICE, [message(1, 'bob', { body: { type: 'commit', epoch: 1 } }), message(2)]);
    await database.encrypted(ALICE, CHAT, () => ({ since: 1 }));
    await database.encrypted(ALICE, CHAT, (before) => before && { ...before, trouble: 'unknown-device' });
    await database.committed(ALICE, CHAT, { id: 'c', seq: 3, time: 1003 });
    expect(await chat()).toMatchObject({ encryption: { since: 1, trouble: 'unknown-device' }, unread: 1, head: 3 });
  });

  test('the list of chats shows what people said, and a change of keys only where nobody has said anything', async () => {
    const commit = { body: { type: 'commit', epoch: 1 } };
    await database.arrived(ALICE, [message(3, 'bob', commit)]);
    expect(await chat()).toMatchObject({ last: { seq: 3 }, updated: 1003 });
    await database.pulled(ALICE, { before: 3 }, page(1, 2, 3));
    expect(await chat()).toMatchObject({ last: { seq: 2 } });
    await database.arrived(ALICE, [message(4), message(5, 'bob', commit)]);
    await database.committed(ALICE, CHAT, { id: 'c', seq: 6, time: 1006 });
    expect(await chat()).toMatchObject({ last: { seq: 4 }, updated: 1004, head: 6 });
    const known = { ...summary(7, 0, 3), last: message(7, 'bob', commit), updated: 1007 };
    await database.summaries(ALICE, [known], 1_007);
    expect(await chat()).toMatchObject({ last: { seq: 4 }, updated: 1004, head: 7 });
    await database.pulled(
      ALICE,
      { after: 6 },
      { ...page(7, 9, 9), messages: [entry(7), entry(8), entry(9, 'bob', commit)] },
    );
    expect(await chat()).toMatchObject({ last: { seq: 8 }, updated: 1008, head: 9 });
  });

  test('below the newest page that was pulled joins it when they meet', async () => {
    await database.pulled(ALICE, {}, page(50, 60, 60));
    expect(await chat()).toMatchObject({ heldFrom: 50, stored: 0 });
    const first = await database.arrived(ALICE, messages(45, 47));
    expect(first.acknowledge.get(CHAT)).toBe(47);
    expect(await chat()).toMatchObject({ heldFrom: 50, stored: 47 });
    const second = await database.arrived(ALICE, messages(48, 49));
    expect(second.acknowledge.get(CHAT)).toBe(60);
    expect(await chat()).toMatchObject({ heldFrom: 45, stored: 60 });
  });

  test('leaves a hole only where an own message is awaited, and its confirmation fills it', async () => {
    await database.arrived(ALICE, messages(1, 4));
    await write('mine');
    await database.arrived(ALICE, messages(6, 7));
    expect(await chat()).toMatchObject({ holes: [[5, 5]], stored: 7, heldFrom: 1 });
    await database.sent(ALICE, [{ id: 'mine', conversation: CHAT, seq: 5, time: 1005 }]);
    expect(await chat()).toMatchObject({ holes: [], stored: 7, heldFrom: 1 });
    expect(await seqs()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('above an own message that was confirmed first shows what else there must be between them', async () => {
    await write('mine');
    await database.sent(ALICE, [{ id: 'mine', conversation: CHAT, seq: 2, time: 1002 }]);
    await database.arrived(ALICE, messages(5, 6));
    expect(await chat()).toMatchObject({ holes: [[3, 4]], stored: 6 });
    await database.pulled(ALICE, { after: 2 }, page(3, 4, 6));
    expect(await chat()).toMatchObject({ holes: [], heldFrom: 2 });
    expect(await seqs()).toEqual([2, 3, 4, 5, 6]);
  });

  test('is joined by an own message below it that was confirmed later, and by what is between them', async () => {
    await write('mine');
    await database.arrived(ALICE, messages(4, 6));
    await database.sent(ALICE, [{ id: 'mine', conversation: CHAT, seq: 2, time: 1002 }]);
    expect(await chat()).toMatchObject({ holes: [[3, 3]], heldFrom: 4 });
    expect(await seqs()).toEqual([4, 5, 6]);
    await database.pulled(ALICE, { after: 2 }, page(3, 3, 6));
    expect(await chat()).toMatchObject({ holes: [], heldFrom: 2 });
    expect(await seqs()).toEqual([2, 3, 4, 5, 6]);
  });

  test('far above an old own message leaves what is between them to whoever scrolls up', async () => {
    await write('mine');
    await database.arrived(ALICE, messages(400, 402));
    await database.sent(ALICE, [{ id: 'mine', conversation: CHAT, seq: 2, time: 1002 }]);
    expect(await chat()).toMatchObject({ holes: [], heldFrom: 400 });
  });

  test('with a type that this client does not know is stored and acknowledged like any other', async () => {
    const told = await database.arrived(ALICE, [message(1, 'bob', { body: { type: 'poll', of: [1] } })]);
    expect(told.acknowledge.get(CHAT)).toBe(1);
    expect((await database.newest(CHAT, 1))[0]?.body).toEqual({ type: 'poll', of: [1] });
  });

  test('and withheld is acknowledged and not counted as unread', async () => {
    const told = await database.arrived(ALICE, [{ conversation: CHAT, seq: 1, body: { type: 'withheld' } }]);
    expect(told.acknowledge.get(CHAT)).toBe(1);
    expect((await chat()).unread).toBe(0);
  });

  test('after another login took over is not stored', async () => {
    await database.logIn({ ...BOB, refreshToken: 'second' });
    await expect(database.arrived(ALICE, messages(1, 1))).rejects.toThrow(Forgotten);
    expect(await database.chats()).toEqual([]);
  });
});

describe('unread is how many of others stand after what the person has read', () => {
  test('own messages and what is read do not count', async () => {
    await database.arrived(ALICE, [message(1), message(2, 'alice'), message(3), message(4)]);
    expect((await chat()).unread).toBe(3);
    expect(await database.wantRead(CHAT, 1)).toMatchObject({ readWanted: 2, unread: 2, read: 0 });
    expect(await database.wantRead(CHAT, 1)).toBeUndefined();
    expect(await database.wantRead(CHAT, 99)).toMatchObject({ readWanted: 4, unread: 0 });
  });

  test('reading on another device clears it here, and never brings it back', async () => {
    await database.arrived(ALICE, messages(1, 4));
    await database.receipts(ALICE, [receipt('alice', 4, 3)]);
    expect(await chat()).toMatchObject({ unread: 1, read: 3, readWanted: 3, receipts: [] });
    await database.receipts(ALICE, [receipt('alice', 4, 1)]);
    expect(await chat()).toMatchObject({ unread: 1, read: 3 });
  });

  test('own messages from another device pass the read cursor where it stands right before them', async () => {
    await database.arrived(ALICE, [message(1)]);
    await database.wantRead(CHAT, 1);
    await database.arrived(ALICE, [message(2, 'alice'), message(3, 'alice')]);
    expect(await chat()).toMatchObject({ readWanted: 3, read: 0, unread: 0 });
  });

  test('what the list of conversations counted is not counted again when it is pushed', async () => {
    await database.summaries(ALICE, [summary(20, 13, 7)]);
    expect(await chat()).toMatchObject({ unread: 7, head: 20, heldFrom: 0, stored: 0 });
    await database.arrived(ALICE, messages(11, 20));
    expect((await chat()).unread).toBe(7);
    await database.arrived(ALICE, messages(21, 22));
    expect((await chat()).unread).toBe(9);
  });

  test('what was pushed before the list came is counted once', async () => {
    await database.arrived(ALICE, messages(11, 22));
    await database.summaries(ALICE, [summary(20, 13, 7)]);
    expect((await chat()).unread).toBe(9);
  });

  test('a guess becomes exact when all is held', async () => {
    await database.summaries(ALICE, [summary(20, 10, 10)]);
    await database.arrived(ALICE, messages(11, 15));
    await database.wantRead(CHAT, 12);
    expect((await chat()).unread).toBeLessThanOrEqual(10);
    await database.arrived(ALICE, [message(16, 'alice'), ...messages(17, 20)]);
    expect((await chat()).unread).toBe(7);
  });

  test('a confirmed own message before others arrive hides none of them', async () => {
    await database.arrived(ALICE, messages(1, 1));
    await write('mine');
    await database.sent(ALICE, [{ id: 'mine', conversation: CHAT, seq: 4, time: 1004 }]);
    await database.arrived(ALICE, messages(2, 3));
    expect(await chat()).toMatchObject({ unread: 3, stored: 4, head: 4 });
  });
});

describe('ticks', () => {
  test('never fall, whatever order receipts come in', async () => {
    await database.receipts(ALICE, [receipt('bob', 5, 3), receipt('bob', 4, 1)]);
    expect((await chat()).receipts).toEqual([{ user: 'bob', delivered: 5, read: 3 }]);
    await database.summaries(ALICE, [{ ...summary(9, 0, 0), receipts: [{ user: 'bob', delivered: 2, read: 2 }] }]);
    expect((await chat()).receipts).toEqual([{ user: 'bob', delivered: 5, read: 3 }]);
  });
  test('what stays sent is taken as told', async () => {
    await database.receipts(ALICE, [receipt('bob', 9, 0, [[5, 6]])]);
    expect((await chat()).receipts[0]?.not).toEqual([[5, 6]]);
    await database.receipts(ALICE, [receipt('bob', 10, 0)]);
    expect((await chat()).receipts[0]?.not).toBeUndefined();
  });
  test('in notes to oneself come from oneself', async () => {
    await database.receipts(ALICE, [
      { type: 'receipt', conversation: 'alice~alice', user: 'alice', delivered: 2, read: 2 },
    ]);
    expect(await chat()).toMatchObject({ receipts: [{ user: 'alice', delivered: 2, read: 2 }], read: 2 });
  });
});

describe('the outbox', () => {
  test('keeps the order of writing and what was known then, over a restart', async () => {
    await database.arrived(ALICE, messages(1, 4));
    await write('one');
    await write('two', 'alice~carol');
    await database.close();
    database = new Database(name);
    await write('three');
    expect((await database.unsent()).map(({ id, order, after }) => [id, order, after])).toEqual([
      ['one', 1, 4],
      ['two', 2, 0],
      ['three', 3, 4],
    ]);
  });

  test('written twice under one id is one message', async () => {
    await write('one');
    expect((await write('one')).order).toBe(1);
    expect(await database.unsent()).toHaveLength(1);
  });

  test('a confirmed message leaves it and is stored in the same step', async () => {
    await write('mine');
    const told = await database.sent(ALICE, [{ id: 'mine', conversation: CHAT, seq: 1, time: 1001 }]);
    expect(told.settled).toEqual(['mine']);
    expect(told.messages).toEqual([
      {
        conversation: CHAT,
        seq: 1,
        id: 'mine',
        from: 'alice',
        device: ALICE.device,
        time: 1001,
        body: { type: 'text', text: 'mine' },
      },
    ]);
    expect(await database.unsent()).toEqual([]);
    expect(await chat()).toMatchObject({ head: 1, stored: 1, heldFrom: 1, unread: 0, readWanted: 1 });
  });

  test('a message found in the log is confirmed by that', async () => {
    await write('mine');
    const found: Page = { ...page(1, 0, 1), messages: [entry(1, 'alice', { id: 'mine', device: ALICE.device })] };
    const told = await database.pulled(ALICE, { after: 0 }, found);
    expect(told.settled).toEqual(['mine']);
    expect(await database.unsent()).toEqual([]);
  });

  test('a confirmation of what is not there any more says that its place must be looked up', async () => {
    const told = await database.sent(ALICE, [{ id: 'gone', conversation: CHAT, seq: 1, time: 1001 }]);
    expect(told.unknown).toEqual([{ conversation: CHAT, seq: 1 }]);
    expect(told.messages).toEqual([]);
  });

  test('a refused message stays until it is sent again or deleted', async () => {
    await write('mine');
    await database.refuse(ALICE, 'mine', { code: 'invalid', message: 'no' });
    expect((await database.unsent())[0]?.refused?.code).toBe('invalid');
    expect(await database.retryUnsent('mine')).not.toHaveProperty('refused');
    await database.deleteUnsent('mine');
    expect(await database.unsent()).toEqual([]);
    expect(await database.retryUnsent('mine')).toBeUndefined();
  });
});

describe('who is logged in', () => {
  test('another person finds nothing of the one before', async () => {
    await write('mine');
    await database.keepDraft(CHAT, 'secret');
    await database.arrived(ALICE, messages(1, 2));
    expect(await database.logIn({ ...BOB, refreshToken: 'second' })).toBe(true);
    expect(await database.identity()).toEqual({ ...BOB, login: 1 });
    expect([await database.unsent(), await database.chats(), await database.newest(CHAT, 9)]).toEqual([[], [], []]);
    expect((await database.drafts()).size).toBe(0);
  });

  test('the same person keeps everything', async () => {
    await write('mine');
    await database.arrived(ALICE, messages(1, 2));
    expect(await database.logIn({ ...ALICE, refreshToken: 'second' })).toBe(false);
    expect(await database.unsent()).toHaveLength(1);
    expect(await seqs()).toEqual([1, 2]);
    expect(await database.refreshToken()).toBe('second');
  });

  test('as a new device nothing counts as held until it is seen to join', async () => {
    await database.arrived(ALICE, messages(1, 5));
    const relinked = { ...ALICE, device: '99a1b2c3d4e5f607' };
    await database.logIn({ ...relinked, refreshToken: 'second' });
    expect(await seqs()).toEqual([]);
    await database.arrived(relinked, messages(30, 31));
    expect(await seqs()).toEqual([30, 31]);
    await database.pulled(relinked, { before: 30 }, page(1, 29, 31));
    expect(await seqs()).toHaveLength(31);
  });

  test('a refused token is dropped unless a newer one has come', async () => {
    await database.keepRefreshToken(ALICE.device, 'second');
    await database.dropRefreshToken('first');
    expect(await database.refreshToken()).toBe('second');
    await database.dropRefreshToken('second');
    expect(await database.refreshToken()).toBeUndefined();
    expect(await database.identity()).toEqual({ ...ALICE, login: 1 });
  });

  test('logging out leaves nothing', async () => {
    await write('mine');
    await database.keepDraft(CHAT, 'secret');
    await database.wipe();
    expect([await database.identity(), await database.refreshToken(), (await database.drafts()).size]).toEqual([
      undefined,
      undefined,
      0,
    ]);
    expect(await database.unsent()).toEqual([]);
  });
});

describe('search', () => {
  test('finds all words, newest first, without regard to case and accents', async () => {
    const texts = ['Grüße aus Köln', 'aus Bonn', 'GRUSSE aus köln', 'köln, grüße'];
    await database.arrived(
      ALICE,
      texts.map((text, at) => message(at + 1, 'bob', { body: { type: 'text', text } })),
    );
    const found = async (query: string, limit = 9) => (await database.search(query, { limit })).map(({ seq }) => seq);
    expect(await found('koln grüße')).toEqual([4, 1]);
    expect(await found('aus')).toEqual([3, 2, 1]);
    expect(await found('aus', 2)).toEqual([3, 2]);
    expect(await found('  ')).toEqual([]);
  });

  test('goes on behind many messages of one millisecond, each found once', async () => {
    const many = Array.from({ length: 603 }, (_, at) =>
      message(at + 1, 'bob', { time: 7, body: { type: 'text', text: 'tick' } }),
    );
    await database.arrived(ALICE, many);
    expect((await database.search('tick', { limit: 5000 })).map(({ seq }) => seq)).toEqual(
      many.map(({ seq }) => seq).reverse(),
    );
    expect(await database.search('tick', { limit: 5000, conversation: CHAT })).toHaveLength(603);
    expect(await database.search('tick', { limit: 5000, conversation: 'alice~carol' })).toEqual([]);
  });

  test('ends early when it is not wanted any more', async () => {
    await database.arrived(ALICE, messages(1, 600));
    const aborted = AbortSignal.abort();
    expect((await database.search('number', { limit: 5000, signal: aborted })).length).toBeLessThan(600);
  });
});

describe('the disk', () => {
  test('that is full is told as such, and nothing half is written', async () => {
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('no', 'QuotaExceededError');
    });
    await expect(write('mine')).rejects.toThrow(StorageFull);
    put.mockRestore();
    expect(await database.unsent()).toEqual([]);
    expect(await database.chats()).toEqual([]);
  });

  test('a newer version of the database makes room and tells the older page to reload', async () => {
    await database.chats();
    const newer = await openDB(name, 99);
    await expect(database.chats()).rejects.toThrow(StorageFailed);
    newer.close();
  });
});
