import { describe, expect, it } from 'vitest';
import type { Changes } from '../channel.ts';
import type { Chat, Message, Unsent } from '../model.ts';
import { isNewTo, ordered, together, unreadInAll, withChats, withUnsent } from './news.ts';

const chat = (conversation: string, more: Partial<Chat> = {}): Chat => ({
  conversation,
  head: 0,
  heldFrom: 1,
  stored: 0,
  read: 0,
  readWanted: 0,
  unread: 0,
  updated: 0,
  receipts: [],
  ...more,
});
const unsent = (id: string, order: number, conversation = 'alice~bob'): Unsent => ({
  id,
  conversation,
  body: { type: 'text', text: id },
  after: 0,
  order,
  written: order * 1000,
});
const message = (seq: number, from?: string): Message => ({
  conversation: 'alice~bob',
  seq,
  ...(from === undefined ? {} : { from, id: `m${seq}` }),
  body: from === undefined ? { type: 'withheld' } : { type: 'text', text: 'hi' },
});
const changes = (more: Omit<Changes, 'kind'>): Changes => ({ kind: 'changes', ...more });

describe('news', () => {
  it('of one frame become one change', () => {
    const burst = Array.from({ length: 200 }, (_, at) => changes({ messages: [message(at + 1, 'bob')] }));
    expect(together(burst).messages).toHaveLength(200);
  });

  it('a message told unsent and settled in one frame is not unsent', () => {
    const all = together([
      changes({ unsent: [unsent('a', 1)] }),
      changes({ settled: ['a'], messages: [message(1, 'alice')] }),
    ]);
    expect(withUnsent([unsent('a', 1)], all.unsent ?? [], all.settled ?? [])).toEqual([]);
  });

  it('a message settled and then told unsent again stays unsent', () => {
    const all = together([changes({ settled: ['a'] }), changes({ unsent: [unsent('a', 7)] })]);
    expect(withUnsent([], all.unsent ?? [], all.settled ?? []).map(({ order }) => order)).toEqual([7]);
  });

  it('unsent messages keep the order in which they were written', () => {
    const held = withUnsent([unsent('b', 2)], [unsent('c', 3), unsent('a', 1)], []);
    expect(held.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('never bring back as unread what was read on this page', () => {
    const held = new Map([['alice~bob', chat('alice~bob', { readWanted: 9, unread: 0 })]]);
    const after = withChats(held, [chat('alice~bob', { readWanted: 5, unread: 4, head: 9 })]);
    expect(after.get('alice~bob')).toMatchObject({ readWanted: 9, unread: 0, head: 9 });
  });

  it('order the chats by their last activity, what waits to be sent included', () => {
    const chats = new Map(
      [chat('a~b', { updated: 5_000 }), chat('a~c', { updated: 7_000 }), chat('a~d')].map((one) => [
        one.conversation,
        one,
      ]),
    );
    expect(ordered(chats, [unsent('x', 9, 'a~d')]).map(({ conversation }) => conversation)).toEqual([
      'a~d',
      'a~c',
      'a~b',
    ]);
  });

  it('count the unread of all chats', () => {
    const chats = new Map(
      [chat('a~b', { unread: 2 }), chat('a~c', { unread: 3 })].map((one) => [one.conversation, one]),
    );
    expect(unreadInAll(chats)).toBe(5);
  });

  it('are new only if they are somebody else’s, unread, and not silent', () => {
    const held = chat('alice~bob', { readWanted: 4 });
    expect(isNewTo('alice', message(5, 'bob'), held)).toBe(true);
    expect(isNewTo('alice', message(4, 'bob'), held)).toBe(false);
    expect(isNewTo('alice', message(5, 'alice'), held)).toBe(false);
    expect(isNewTo('alice', message(5), held)).toBe(false);
    expect(isNewTo('alice', { ...message(5, 'bob'), body: { type: 'commit' } }, held)).toBe(false);
    expect(isNewTo('alice', { ...message(5, 'bob'), body: { type: 'undecryptable', why: 'lost' } }, held)).toBe(true);
  });
});
