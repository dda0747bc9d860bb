import { describe, expect, it } from 'vitest';
import type { Chat, Message } from './model.ts';
import { type Moment, noticesOf, tells } from './notifications.ts';

const message = (seq: number, from = 'bob', conversation = 'alice~bob'): Message => ({
  conversation,
  seq,
  id: `m${seq}`,
  from,
  body: { type: 'text', text: `${seq}` },
});
const chat: Chat = {
  conversation: 'alice~bob',
  head: 9,
  heldFrom: 1,
  stored: 9,
  read: 3,
  readWanted: 3,
  unread: 2,
  updated: 0,
  receipts: [],
};
const away: Moment = { me: 'alice', attention: false, wanted: true, chats: new Map([['alice~bob', chat]]) };

describe('notifications', () => {
  it('come once for each chat, about its newest message', () => {
    const notices = noticesOf([message(4), message(5), message(1, 'carol', 'alice~carol')], away);
    expect(notices.map(({ conversation, last }) => [conversation, last.seq])).toEqual([
      ['alice~bob', 5],
      ['alice~carol', 1],
    ]);
    expect(notices[0]?.unread).toBe(2);
  });

  it('do not come while the person looks at the page, or does not want them', () => {
    expect(noticesOf([message(4)], { ...away, attention: true })).toEqual([]);
    expect(noticesOf([message(4)], { ...away, wanted: false })).toEqual([]);
  });

  it('do not come for what was read elsewhere, written by oneself, withheld, or a commit', () => {
    const withheld: Message = { conversation: 'alice~bob', seq: 5, body: { type: 'withheld' } };
    const commit: Message = { ...message(6), body: { type: 'commit' } };
    expect(noticesOf([message(3), message(4, 'alice'), withheld, commit], away)).toEqual([]);
  });

  it('come from the tab that was used last, and only from it', () => {
    const alive = ['a', 'b', 'c'];
    expect(alive.filter((mine) => tells({ mine, lastActive: 'b', alive }))).toEqual(['b']);
  });

  it('come from exactly one tab also when the last used one is gone or unknown', () => {
    const alive = ['b', 'a', 'c'];
    expect(alive.filter((mine) => tells({ mine, lastActive: 'gone', alive }))).toEqual(['a']);
    expect(alive.filter((mine) => tells({ mine, lastActive: undefined, alive }))).toEqual(['a']);
  });
});
