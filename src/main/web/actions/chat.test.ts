import { beforeEach, describe, expect, it } from 'vitest';
import type { Archive } from '../archive.ts';
import type { Chat, Message } from '../model.ts';
import { provide, type Services } from '../services.ts';
import { forgetAll, openConversation, showHeld, store } from '../store.ts';
import { loadNewer, loadOlder, toEnd, toStart, visitChat } from './chat.ts';

const chat = (conversation: string): Chat => ({
  conversation,
  head: 0,
  heldFrom: 1,
  stored: 0,
  read: 0,
  readWanted: 0,
  unread: 0,
  updated: 0,
  receipts: [],
});
const archive = {
  newest: () => [],
  before: async () => [],
  openChat: async (conversation: string) => chat(conversation),
};
const unexpected = (problem: unknown): void => {
  throw problem;
};
const visit = async (conversation: string): Promise<() => void> => {
  const leave = visitChat(conversation, undefined, unexpected);
  await expect.poll(() => openConversation.value).toBe(conversation);
  return leave;
};

beforeEach(() => {
  forgetAll();
  showHeld({
    identity: { user: 'alice', uid: 'u', device: 'd' },
    chats: [],
    people: [],
    unsent: [],
    drafts: new Map(),
  });
  provide({ archive: archive as unknown as Archive, say: () => undefined } as unknown as Services);
});

describe('a chat', () => {
  it('is closed when it is left', async () => {
    const leave = await visit('alice~bob');
    leave();
    expect(openConversation.value).toBeUndefined();
  });

  it('stays open where the one before is left only now', async () => {
    const leaveBefore = await visit('alice~bob');
    const leave = await visit('alice~carol');
    leaveBefore();
    expect(openConversation.value).toBe('alice~carol');
    leave();
    expect(openConversation.value).toBeUndefined();
  });

  it('stays open also where it is the same one', async () => {
    const leaveBefore = await visit('alice~bob');
    await visit('alice~bob');
    leaveBefore();
    expect(openConversation.value).toBe('alice~bob');
  });
});

describe('what is read for one place and comes when another is shown', () => {
  const LAST = 300;
  const PAGE = 60;
  /** Reading one page, which the test lets go. */
  let held: (() => void) | undefined;
  let isSlow = false;
  const answered = async (first: number, last: number): Promise<Message[]> => {
    if (isSlow) await new Promise<void>((resolve) => (held = resolve));
    const seqs = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
    return seqs.map((seq) => ({ conversation: 'alice~bob', seq, from: 'bob', body: { type: 'text', text: `${seq}` } }));
  };
  const full = {
    newest: () => answered(LAST - PAGE + 1, LAST),
    before: (_: string, seq: number, count: number) => answered(Math.max(1, seq - count), seq - 1),
    after: (_: string, seq: number, count: number) => answered(seq + 1, Math.min(LAST, seq + count)),
    openChat: async (conversation: string) => ({ ...chat(conversation), head: LAST, stored: LAST }),
  };
  const seqs = (): number[] => store.open.peek()?.range.messages.map((message) => message.seq) ?? [];
  const hasNoGap = (): boolean => seqs().every((seq, index, all) => index === 0 || seq === (all[index - 1] ?? 0) + 1);
  /** `load` is under way while `jump` is made, and ends after it. */
  const meanwhile = async (load: () => Promise<void>, jump: () => Promise<void>): Promise<void> => {
    isSlow = true;
    const loading = load();
    isSlow = false;
    await jump();
    held?.();
    await loading;
  };

  beforeEach(async () => {
    provide({ archive: full as unknown as Archive, say: () => undefined } as unknown as Services);
    await visit('alice~bob');
  });

  it('older messages do not stand beside the oldest with a gap between', async () => {
    await meanwhile(loadOlder, toStart);
    expect([seqs()[0], seqs().at(-1), hasNoGap()]).toEqual([1, 60, true]);
    expect(store.open.peek()?.loading).toBeUndefined();
  });

  it('newer ones do not stand beside the newest with a gap between', async () => {
    await toStart();
    await meanwhile(loadNewer, toEnd);
    expect([seqs()[0], seqs().at(-1), hasNoGap()]).toEqual([241, 300, true]);
    expect(store.open.peek()?.loading).toBeUndefined();
  });
});
