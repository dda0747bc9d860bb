import { describe, expect, it } from 'vitest';
import type { Message } from '../model.ts';
import {
  begin,
  gapIn,
  HELD,
  HELD_AT_MOST,
  merged,
  seenWith,
  trimmed,
  withNewer,
  withNews,
  withOlder,
} from './range.ts';

const message = (seq: number, conversation = 'alice~bob'): Message => ({
  conversation,
  seq,
  id: `m${seq}`,
  from: 'bob',
  time: seq * 1000,
  body: { type: 'text', text: `${seq}` },
});
const messages = (first: number, last: number): Message[] =>
  Array.from({ length: last - first + 1 }, (_, at) => message(first + at));
const seqs = (held: readonly Message[]): number[] => held.map(({ seq }) => seq);

describe('the range of messages that the page holds', () => {
  it('takes what arrives at the end', () => {
    const range = withNews(begin('alice~bob', messages(1, 3), true), [message(4), message(5)]);
    expect(seqs(range.messages)).toEqual([1, 2, 3, 4, 5]);
  });

  it('holds a message once, however often it is told', () => {
    const range = withNews(begin('alice~bob', messages(1, 3), true), [message(3), message(4), message(4)]);
    expect(seqs(range.messages)).toEqual([1, 2, 3, 4]);
  });

  it('is ordered by seq, also where an own message is confirmed after a later one arrived', () => {
    const late = withNews(begin('alice~bob', messages(1, 3), true), [message(5)]);
    expect(seqs(withNews(late, [message(4)]).messages)).toEqual([1, 2, 3, 4, 5]);
  });

  it('leaves other conversations out', () => {
    const range = begin('alice~bob', messages(1, 3), true);
    expect(withNews(range, [message(4, 'alice~carol')])).toBe(range);
  });

  it('does not jump to what arrives while one reads back far from the end', () => {
    const range = begin('alice~bob', messages(10, 20), false);
    expect(withNews(range, [message(99)])).toBe(range);
  });

  it('does not put history above what is shown out of turn: that is read where one scrolls to it', () => {
    const range = begin('alice~bob', messages(10, 20), true);
    expect(withNews(range, messages(1, 5))).toBe(range);
  });

  it('grows above and below as one scrolls', () => {
    const range = withOlder(begin('alice~bob', messages(61, 120), false), messages(1, 60));
    expect(seqs(range.messages)).toEqual(seqs(messages(1, 120)));
    const newer = withNewer(range, messages(121, 130), true);
    expect(newer.messages.at(-1)?.seq).toBe(130);
    expect(newer.atEnd).toBe(true);
  });

  it('never holds more than its bound, and knows that the end is then elsewhere', () => {
    const range = withOlder(begin('alice~bob', messages(1000, 1000 + HELD_AT_MOST - 1), true), messages(940, 999));
    expect(range.messages).toHaveLength(HELD_AT_MOST);
    expect(range.messages[0]?.seq).toBe(940);
    expect(range.atEnd).toBe(false);
  });

  it('stays bounded under a burst of ten thousand messages', () => {
    let range = begin('alice~bob', messages(1, 60), true);
    for (let from = 61; from < 10_000; from += 200) range = withNews(range, messages(from, from + 199));
    expect(range.messages).toHaveLength(HELD_AT_MOST);
    expect(range.atEnd).toBe(true);
    expect(gapIn(range)).toBeUndefined();
  });

  it('lets go of what is far from the part in view, and only of that', () => {
    const range = trimmed(begin('alice~bob', messages(1, 500), true), 200, 215);
    expect(range.messages[0]?.seq).toBe(200 - HELD / 2);
    expect(range.messages.at(-1)?.seq).toBe(215 + HELD / 2);
    expect(range.atEnd).toBe(false);
  });

  it('keeps the end while the end is in view', () => {
    const range = trimmed(begin('alice~bob', messages(1, 500), true), 490, 500);
    expect(range.messages.at(-1)?.seq).toBe(500);
    expect(range.atEnd).toBe(true);
  });

  it('finds where news were lost', () => {
    expect(gapIn(begin('alice~bob', messages(1, 9), true))).toBeUndefined();
    expect(gapIn(begin('alice~bob', [...messages(1, 9), ...messages(20, 22)], true))).toBe(9);
  });

  it('counts as seen what follows and is not drawn', () => {
    const commit = (seq: number): Message => ({ ...message(seq), body: { type: 'commit' } });
    const range = begin('alice~bob', [message(1), commit(2), commit(3), message(4), commit(5)], true);
    expect([1, 2, 4].map((seq) => seenWith(range, seq))).toEqual([3, 3, 5]);
    expect(seenWith(begin('alice~bob', [message(1), commit(3)], true), 1)).toBe(1);
  });

  it('merges without changing what it was given', () => {
    const held = messages(1, 3);
    merged(held, messages(2, 5));
    expect(seqs(held)).toEqual([1, 2, 3]);
  });
});
