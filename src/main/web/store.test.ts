import { beforeEach, describe, expect, it } from 'vitest';
import { atRest, inView } from './actions/chat.ts';
import type { Chat, Message, Unsent } from './model.ts';
import {
  applyChanges,
  atTheEnd,
  chatsInOrder,
  dropTyping,
  forgetAll,
  openRange,
  openRows,
  setAttention,
  setChat,
  setKeys,
  setLoading,
  setSafety,
  setTyping,
  showHeld,
  store,
  trimRange,
  unreadCount,
} from './store.ts';

const C = 'alice~bob';
const message = (seq: number, from = 'bob', id = `m${seq}`): Message => ({
  conversation: C,
  seq,
  id,
  from,
  time: 1_790_000_000_000 + seq * 120_000,
  body: { type: 'text', text: `${seq}` },
});
const unsent = (id: string, order: number): Unsent => ({
  id,
  conversation: C,
  body: { type: 'text', text: id },
  after: 2,
  order,
  written: 1_790_000_900_000 + order,
});
const chat = (more: Partial<Chat> = {}): Chat => ({
  conversation: C,
  head: 2,
  heldFrom: 1,
  stored: 2,
  read: 2,
  readWanted: 2,
  unread: 0,
  updated: 1,
  receipts: [{ user: 'bob', delivered: 0, read: 0 }],
  ...more,
});
const marks = () =>
  openRows.value.flatMap((row) => (row.kind === 'message' ? [`${row.id} ${row.tick ?? ''}`.trim()] : []));

beforeEach(() => {
  forgetAll();
  setAttention(true);
  showHeld({
    identity: { user: 'alice', uid: 'u', device: 'd' },
    chats: [chat()],
    people: [],
    unsent: [],
    drafts: new Map(),
  });
  openRange({ conversation: C, messages: [message(1), message(2)], atEnd: true }, { at: 'end' }, undefined);
});

describe('the page', () => {
  it('shows a message as waiting, then sent, delivered and read, always in the same place', () => {
    const tell = (changes: Omit<Parameters<typeof applyChanges>[0][number], 'kind'>) =>
      applyChanges([{ kind: 'changes', ...changes }]);
    tell({ unsent: [unsent('x', 1), unsent('y', 2)] });
    expect(marks()).toEqual(['m1', 'm2', 'x waiting', 'y waiting']);
    tell({ settled: ['x'], messages: [message(3, 'alice', 'x')], chats: [chat({ head: 3 })] });
    expect(marks()).toEqual(['m1', 'm2', 'x sent', 'y waiting']);
    tell({ chats: [chat({ head: 3, receipts: [{ user: 'bob', delivered: 3, read: 0 }] })] });
    expect(marks()).toEqual(['m1', 'm2', 'x delivered', 'y waiting']);
    tell({ chats: [chat({ head: 3, receipts: [{ user: 'bob', delivered: 3, read: 3 }] })] });
    expect(marks()).toEqual(['m1', 'm2', 'x read', 'y waiting']);
  });

  it('puts what arrives above what still waits to be sent', () => {
    applyChanges([
      { kind: 'changes', unsent: [unsent('x', 1)] },
      { kind: 'changes', messages: [message(3)] },
    ]);
    expect(marks()).toEqual(['m1', 'm2', 'm3', 'x waiting']);
  });

  it('does not show unsent messages in the middle of old ones', () => {
    applyChanges([{ kind: 'changes', unsent: [unsent('x', 1)] }]);
    openRange({ conversation: C, messages: [message(1)], atEnd: false }, { at: 'end' }, undefined);
    expect(marks()).toEqual(['m1']);
  });

  it('marks where somebody left who was away when more came, and not while they look', () => {
    applyChanges([{ kind: 'changes', messages: [message(3)] }]);
    expect(store.open.value?.dividerAfter).toBeUndefined();
    setAttention(false);
    setChat(chat({ readWanted: 3 }));
    applyChanges([{ kind: 'changes', messages: [message(4)] }]);
    expect(store.open.value?.dividerAfter).toBe(3);
  });

  it('counts what came below until the end is in view', () => {
    applyChanges([{ kind: 'changes', messages: [message(3), message(4, 'alice')] }]);
    expect(store.open.value?.below).toBe(1);
    atTheEnd(C);
    expect(store.open.value?.below).toBe(0);
  });

  it('takes no commit for something new', () => {
    setAttention(false);
    applyChanges([{ kind: 'changes', messages: [{ ...message(3), body: { type: 'commit' } }] }]);
    expect(store.open.value?.below).toBe(0);
    expect(store.open.value?.dividerAfter).toBeUndefined();
  });

  it('notes that this device has been approved, and only then', () => {
    setKeys({ state: 'preparing' });
    setKeys({ state: 'ready', waiting: [] });
    expect(store.approved.value).toBe(false);
    setKeys({ state: 'waiting', code: '123456' });
    setKeys({ state: 'ready', waiting: [] });
    expect(store.approved.value).toBe(true);
  });

  it('ignores what was loaded for a chat that has been left', () => {
    setLoading('alice~carol', 'older');
    expect(store.open.value?.loading).toBeUndefined();
  });

  it('does not change when there is nothing to let go', () => {
    const before = store.open.value;
    trimRange(C, 1, 2);
    expect(store.open.value).toBe(before);
  });

  it('keeps whoever stands at the end there, however much comes before they have seen it', () => {
    inView(C, 1, 2, true);
    applyChanges([{ kind: 'changes', messages: Array.from({ length: 500 }, (_, at) => message(3 + at)) }]);
    atRest();
    expect(store.open.value?.range.atEnd).toBe(true);
    expect(store.open.value?.range.messages.at(-1)?.seq).toBe(502);
  });

  it('lets go of the end for whoever reads further up', () => {
    applyChanges([{ kind: 'changes', messages: Array.from({ length: 500 }, (_, at) => message(3 + at)) }]);
    inView(C, 10, 20, false);
    atRest();
    expect(store.open.value?.range.atEnd).toBe(false);
  });

  it('takes a message as the end of typing', () => {
    setTyping(C, 'bob', 1_000);
    applyChanges([{ kind: 'changes', messages: [message(3)] }]);
    expect(store.typing.value.size).toBe(0);
  });

  it('shows typing only as long as it lasts', () => {
    setTyping(C, 'bob', 1_000);
    expect(dropTyping(999)).toBe(true);
    expect(dropTyping(1_000)).toBe(false);
  });

  it('keeps nothing of the last person', () => {
    setKeys({ state: 'waiting', code: '123456' });
    setKeys({ state: 'ready', waiting: [] });
    setSafety('bob', { number: '0'.repeat(60), isVerified: true, hasChanged: false });
    forgetAll();
    expect(store.keys.value).toEqual({ state: 'preparing' });
    expect(store.approved.value).toBe(false);
    expect(store.safeties.value.size).toBe(0);
    expect(chatsInOrder.value).toEqual([]);
    expect(unreadCount.value).toBe(0);
    expect(openRows.value).toEqual([]);
    expect(store.phase.value).toBe('stranger');
  });
});
