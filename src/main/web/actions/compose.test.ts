import { beforeEach, describe, expect, it } from 'vitest';
import { type Archive, StorageFull } from '../archive.ts';
import type { Wish } from '../channel.ts';
import type { Unsent } from '../model.ts';
import { provide, type Services } from '../services.ts';
import { forgetAll, setUnsent, store } from '../store.ts';
import { text } from '../strings.ts';
import { codePoints, send, sendable, typed, uuid7 } from './compose.ts';

const C = 'alice~bob';
let said: Wish[] = [];
let order = 0;
let full = false;
let kept: string[] = [];

const archive = {
  addUnsent: async (message: Pick<Unsent, 'id' | 'conversation' | 'body' | 'written'>): Promise<Unsent> => {
    await Promise.resolve();
    if (full) throw new StorageFull('no space');
    order += 1;
    kept.push(String(message.body['text']));
    return { ...message, after: 7, order };
  },
};

beforeEach(() => {
  forgetAll();
  said = [];
  kept = [];
  full = false;
  provide({
    archive: archive as unknown as Archive,
    say: (wish: Wish) => said.push(wish),
  } as unknown as Services);
});

describe('writing', () => {
  it('shows a message before the disk has it, and keeps it then', async () => {
    const keeping = send(C, 'hello');
    expect(store.unsent.value.map(({ body }) => body['text'])).toEqual(['hello']);
    expect(await keeping).toBe(true);
    expect(store.unsent.value[0]?.after).toBe(7);
    expect(said).toEqual([{ kind: 'look', conversation: C }]);
  });

  it('keeps the order in which messages were written', async () => {
    await Promise.all([send(C, 'one'), send(C, 'two'), send(C, 'three')]);
    expect(kept).toEqual(['one', 'two', 'three']);
    expect(store.unsent.value.map(({ body }) => body['text'])).toEqual(['one', 'two', 'three']);
  });

  it('says so when the browser has no space, and shows nothing as waiting that is not kept', async () => {
    full = true;
    expect(await send(C, 'hello')).toBe(false);
    expect(store.unsent.value).toEqual([]);
    expect(store.hint.value?.text).toBe(text.storageFullSending);
    expect(said).toEqual([]);
  });

  it('does not bring back a message that was sent while it was being kept', async () => {
    const keeping = send(C, 'hello');
    setUnsent([], [store.unsent.value[0]?.id ?? '']);
    await keeping;
    expect(store.unsent.value).toEqual([]);
  });

  it('tells of typing at most once in three seconds for each chat', () => {
    typed('alice~carol');
    typed('alice~carol');
    typed('alice~dora');
    expect(said.map((wish) => 'conversation' in wish && wish.conversation)).toEqual(['alice~carol', 'alice~dora']);
  });

  it('sends only what the server takes', () => {
    expect(sendable(' a\0b \n')).toBe('ab');
    expect(sendable('\ud83d')).toBe('\ufffd');
    expect(sendable(' \n\t ')).toBe('');
    expect(codePoints('a😀b')).toBe(3);
  });

  it('names messages so that later ones sort after earlier ones', () => {
    expect(uuid7(1_790_000_000_000)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
    expect(uuid7(1_790_000_000_000) < uuid7(1_790_000_000_001)).toBe(true);
  });
});
