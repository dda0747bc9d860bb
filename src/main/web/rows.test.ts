import { describe, expect, it } from 'vitest';
import type { Chat, ChatEncryption, KeyChange, Message, Unsent } from './model.ts';
import { alike, type Content, type MessageRow, rowsOf } from './rows.ts';

const at = (hour: number, minute: number, second = 0, day = 10): number =>
  new Date(2026, 5, day, hour, minute, second).getTime();
const message = (seq: number, from: string, time: number, id = `m${seq}`): Message => ({
  conversation: 'alice~bob',
  seq,
  id,
  from,
  time,
  body: { type: 'text', text: `${seq}` },
});
const unsent = (id: string, order: number, written: number): Unsent => ({
  id,
  conversation: 'alice~bob',
  body: { type: 'text', text: id },
  after: 0,
  order,
  written,
});
const chat = (delivered: number, read: number): Chat => ({
  conversation: 'alice~bob',
  head: 9,
  heldFrom: 1,
  stored: 9,
  read: 0,
  readWanted: 0,
  unread: 0,
  updated: 0,
  receipts: [{ user: 'bob', delivered, read }],
});
const content = (more: Partial<Content>): Content => ({
  messages: [],
  atEnd: true,
  unsent: [],
  chat: undefined,
  me: 'alice',
  dividerAfter: undefined,
  ...more,
});
const bubbles = (rows: ReturnType<typeof rowsOf>): MessageRow[] => rows.filter((row) => row.kind === 'message');

describe('what is drawn of a chat', () => {
  it('groups what one person says in one minute', () => {
    const rows = bubbles(
      rowsOf(
        content({
          messages: [
            message(1, 'bob', at(9, 0, 1)),
            message(2, 'bob', at(9, 0, 59)),
            message(3, 'bob', at(9, 1, 0)),
            message(4, 'alice', at(9, 1, 5)),
          ],
        }),
      ),
    );
    expect(rows.map(({ first, last }) => [first, last])).toEqual([
      [true, false],
      [false, true],
      [true, true],
      [true, true],
    ]);
  });

  it('shows the time once for a group, and the mark on each message', () => {
    const messages = [1, 2, 3, 4].map((seq) => message(seq, 'alice', at(9, 0, seq)));
    const rows = bubbles(rowsOf(content({ messages, chat: chat(3, 1) })));
    expect(rows.map(({ tick, last }) => [tick, last])).toEqual([
      ['read', false],
      ['delivered', false],
      ['delivered', false],
      ['sent', true],
    ]);
  });

  it('begins each day with its name, and a group ends with the day', () => {
    const rows = rowsOf(
      content({
        messages: [
          message(1, 'bob', at(23, 59, 59)),
          message(2, 'bob', at(0, 0, 0, 11)),
          message(3, 'bob', at(0, 0, 30, 11)),
        ],
      }),
    );
    expect(rows.map(({ kind }) => kind)).toEqual(['day', 'message', 'day', 'message', 'message']);
    expect(bubbles(rows)[0]?.last).toBe(true);
  });

  it('puts the divider before the first unread message of somebody else, once', () => {
    const messages = [
      message(1, 'bob', at(9, 0)),
      message(2, 'alice', at(9, 1)),
      message(3, 'bob', at(9, 2)),
      message(4, 'bob', at(9, 3)),
    ];
    const kinds = rowsOf(content({ messages, dividerAfter: 1 })).map((row) =>
      row.kind === 'message' ? row.seq : row.kind,
    );
    expect(kinds).toEqual(['day', 1, 2, 'unread', 3, 4]);
  });

  it('keeps the key and the place of a message from unsent to sent', () => {
    const before = rowsOf(
      content({
        messages: [message(1, 'bob', at(9, 0))],
        unsent: [unsent('x', 1, at(9, 1)), unsent('y', 2, at(9, 2))],
      }),
    );
    const after = rowsOf(
      content({
        messages: [message(1, 'bob', at(9, 0)), message(2, 'alice', at(9, 1), 'x')],
        unsent: [unsent('y', 2, at(9, 2))],
      }),
    );
    expect(after.map(({ key }) => key)).toEqual(before.map(({ key }) => key));
    expect(bubbles(before).map(({ tick }) => tick)).toEqual([undefined, 'waiting', 'waiting']);
    expect(bubbles(after).map(({ tick }) => tick)).toEqual([undefined, 'sent', 'waiting']);
  });

  it('keeps messages of two people apart that chose the same id', () => {
    const rows = rowsOf(
      content({ messages: [message(1, 'bob', at(9, 0), 'same'), message(2, 'alice', at(9, 0), 'same')] }),
    );
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
  });

  it('shows nothing of what is withheld', () => {
    const withheld: Message = { conversation: 'alice~bob', seq: 2, body: { type: 'withheld' } };
    const rows = rowsOf(
      content({ messages: [message(1, 'bob', at(9, 0, 1)), withheld, message(3, 'bob', at(9, 0, 2))] }),
    );
    expect(rows.map(({ kind }) => kind)).toEqual(['day', 'message', 'message']);
  });

  it('ticks of messages that were sent while one was blocked stay as they are', () => {
    const blocked: Chat = { ...chat(9, 9), receipts: [{ user: 'bob', delivered: 9, read: 9, not: [[2, 3]] }] };
    const messages = [1, 2, 3, 4].map((seq) => message(seq, 'alice', at(9, seq)));
    expect(bubbles(rowsOf(content({ messages, chat: blocked }))).map(({ tick }) => tick)).toEqual([
      'read',
      'sent',
      'sent',
      'read',
    ]);
  });

  it('draws again only what looks different', () => {
    const messages = [message(1, 'alice', at(9, 0)), message(2, 'alice', at(9, 1))];
    const before = rowsOf(content({ messages, chat: chat(1, 0) }));
    const after = rowsOf(content({ messages, chat: chat(2, 0) }));
    expect(before.map((row, index) => alike(row, after[index] ?? row))).toEqual([true, true, false]);
  });

  describe('with encryption', () => {
    const commit = (seq: number, from = 'bob'): Message => ({
      ...message(seq, from, at(9, seq)),
      body: { type: 'commit' },
    });
    const encrypted = (encryption: ChatEncryption): Chat => ({ ...chat(0, 0), encryption });
    const told = (rows: ReturnType<typeof rowsOf>) =>
      rows.map((row) => (row.kind === 'message' || row.kind === 'encrypted' ? `${row.kind} ${row.seq}` : row.kind));
    const messages = [message(1, 'bob', at(9, 1)), commit(2), message(3, 'bob', at(9, 3)), commit(4)];

    it('says where it began, and nothing of any other commit', () => {
      const rows = rowsOf(content({ messages, chat: encrypted({ since: 2 }) }));
      expect(told(rows)).toEqual(['day', 'message 1', 'encrypted 2', 'message 3']);
    });

    it('shows no commit where it is not known when it began', () => {
      expect(told(rowsOf(content({ messages, chat: undefined })))).toEqual(['day', 'message 1', 'message 3']);
    });

    it('has no day of its own for a commit that is not shown', () => {
      const later = { ...commit(5), time: at(9, 0, 0, 12) };
      const rows = rowsOf(content({ messages: [...messages, later], chat: encrypted({ since: 2 }) }));
      expect(told(rows).filter((kind) => kind === 'day')).toHaveLength(1);
    });

    it('begins the unread with a message, not with a commit', () => {
      const rows = rowsOf(content({ messages, chat: encrypted({ since: 2 }), dividerAfter: 1 }));
      expect(told(rows)).toEqual(['day', 'message 1', 'encrypted 2', 'unread', 'message 3']);
    });

    it('ends a group where it begins', () => {
      const close = [
        message(1, 'bob', at(9, 0, 1)),
        { ...commit(2), time: at(9, 0, 2) },
        message(3, 'bob', at(9, 0, 3)),
      ];
      const rows = bubbles(rowsOf(content({ messages: close, chat: encrypted({ since: 2 }) })));
      expect(rows.map(({ first, last }) => [first, last])).toEqual([
        [true, true],
        [true, true],
      ]);
    });

    describe('a change of keys', () => {
      const change = (after: number, when = at(10, 0)): KeyChange => ({ user: 'bob', after, at: when });
      const changed = (changes: readonly KeyChange[], more: Partial<Content> = {}) =>
        told(rowsOf(content({ messages, chat: encrypted({ since: 2, changes }), ...more })));

      it('stands after its entry, whether that is shown or not', () => {
        expect(changed([change(1)])).toEqual(['day', 'message 1', 'key-change', 'encrypted 2', 'message 3']);
        expect(changed([change(4)])).toEqual(['day', 'message 1', 'encrypted 2', 'message 3', 'key-change']);
      });

      it('stands before what is still to be sent', () => {
        const rows = changed([change(4)], { unsent: [unsent('x', 1, at(9, 30))] });
        expect(rows.slice(-2)).toEqual(['key-change', 'message undefined']);
      });

      it('is not shown in a stretch that it does not belong to', () => {
        const stretch = messages.slice(1, 3); // 2 and 3
        expect(changed([change(0)], { messages: stretch })).not.toContain('key-change');
        expect(changed([change(9)], { messages: stretch, atEnd: false })).not.toContain('key-change');
        expect(changed([change(1)], { messages: stretch })[0]).toBe('key-change');
        expect(changed([change(9)], { messages: stretch }).at(-1)).toBe('key-change');
      });

      it('has a key of its own each time', () => {
        const rows = rowsOf(
          content({ messages, chat: encrypted({ since: 2, changes: [change(3), change(3, at(11, 0))] }) }),
        );
        expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
      });
    });
  });
});
