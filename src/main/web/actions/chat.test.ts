import { beforeEach, describe, expect, it } from 'vitest';
import type { Archive } from '../archive.ts';
import type { Chat } from '../model.ts';
import { provide, type Services } from '../services.ts';
import { forgetAll, openConversation, showHeld } from '../store.ts';
import { visitChat } from './chat.ts';

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
  newest: async () => [],
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
