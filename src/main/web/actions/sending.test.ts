import { describe, expect, test } from 'vitest';
import { done, forgetNotes, leftBy, note, type Sending, type Shelf } from './sending.ts';

function shelf(full = false): Shelf & { readonly held: Map<string, string> } {
  const held = new Map<string, string>();
  return {
    held,
    getItem: (key) => held.get(key) ?? null,
    setItem: (key, value) => {
      if (full) throw new DOMException('no space', 'QuotaExceededError');
      held.set(key, value);
    },
    removeItem: (key) => void held.delete(key),
    keys: () => [...held.keys()],
  };
}

const message = (id: string): Sending => ({
  id,
  conversation: 'ada~bo',
  body: { type: 'text', text: `text of ${id}` },
  written: 1,
});

describe('a page that ends in the middle of sending', () => {
  test('leaves what the outbox does not have yet, in the order of writing', () => {
    const here = shelf();
    for (const id of ['b', 'a', 'c']) note(here, 'ada', message(id));
    done(here, 'c');
    expect(leftBy(here, 'ada')).toEqual([message('a'), message('b')]);
  });

  test('leaves nothing to somebody else who logs in here', () => {
    const here = shelf();
    note(here, 'ada', message('a'));
    expect(leftBy(here, 'bo')).toEqual([]);
    expect(here.held.size).toBe(0);
  });

  test('is not stopped by damaged notes, and other entries stay', () => {
    const here = shelf();
    here.held.set('parley.sending.x', '{"user":"ada","message":{"id":1}}');
    here.held.set('parley.sending.y', 'nonsense');
    here.held.set('parley.theme', 'dark');
    note(here, 'ada', message('a'));
    expect(leftBy(here, 'ada')).toEqual([message('a')]);
    expect([...here.held.keys()]).toEqual(['parley.theme', 'parley.sending.a']);
    forgetNotes(here);
    expect([...here.held.keys()]).toEqual(['parley.theme']);
  });

  test('sends all the same where the browser has no space for a note', () => {
    expect(() => note(shelf(true), 'ada', message('a'))).not.toThrow();
  });
});
