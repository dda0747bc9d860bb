import { describe, expect, test } from 'vitest';
import { learnedAt, MARKS_MAX, withMark, withMarks } from './marks.ts';
import type { Mark } from './model.ts';

const MINUTE = 60_000;
const live = (minutes: number) => ({ at: minutes * MINUTE, isLate: false });
const late = (minutes: number) => ({ at: minutes * MINUTE, isLate: true });

describe('when somebody had come how far', () => {
  test('each message has the time of the mark that first covers it', () => {
    const marks = withMark(withMark([], 0, 3, live(10)), 3, 5, live(12));
    expect([1, 3, 4, 5].map((seq) => learnedAt(marks, seq))).toEqual([live(10), live(10), live(12), live(12)]);
    expect(learnedAt(marks, 6)).toBeUndefined();
  });

  test('what was learned on coming back is only known to have happened before', () => {
    const marks = withMark(withMark([], 0, 3, live(10)), 3, 7, late(50));
    expect(learnedAt(marks, 3)).toEqual(live(10));
    expect(learnedAt(marks, 4)).toEqual(late(50));
  });

  test('what had moved without a mark is not dated by the next one', () => {
    const marks = withMark([], 8, 9, live(10));
    expect(learnedAt(marks, 8)).toEqual(late(10));
    expect(learnedAt(marks, 9)).toEqual(live(10));
  });

  test('marks never fall, neither in place nor in time', () => {
    const marks = withMark([], 0, 5, live(10));
    expect(withMark(marks, 5, 4, live(11))).toBe(marks);
    expect(withMark(marks, 5, 5, live(11))).toBe(marks);
    expect(withMark(marks, 5, 6, live(9))).toEqual([{ upTo: 6, at: 10 * MINUTE }]); // the clock was put back
  });

  test('what comes within a minute is one mark, but never joins what is only known to be before', () => {
    expect(withMark(withMark([], 0, 1, live(10)), 1, 2, { at: 10 * MINUTE + 59_999, isLate: false })).toHaveLength(1);
    expect(withMark(withMark([], 0, 1, late(10)), 1, 2, live(10))).toHaveLength(2);
  });

  test('there is a bound, and what is forgotten for it is said to be before, never at a wrong time', () => {
    let marks: readonly Mark[] = [];
    for (let seq = 1; seq <= 3 * MARKS_MAX; seq += 1) marks = withMark(marks, seq - 1, seq, live(seq));
    expect(marks).toHaveLength(MARKS_MAX);
    for (let seq = 1; seq <= 3 * MARKS_MAX; seq += 1) {
      const learned = learnedAt(marks, seq);
      expect(learned?.at).toBeGreaterThanOrEqual(seq * MINUTE);
      if (learned?.isLate === false) expect(learned.at).toBe(seq * MINUTE);
    }
    expect(learnedAt(marks, 3 * MARKS_MAX)).toEqual(live(3 * MARKS_MAX));
  });

  test('delivered and read of each member stand apart', () => {
    const none = { delivered: 0, read: 0 };
    const bob = withMarks([], 'bob', none, { delivered: 4, read: 2 }, live(1));
    const both = withMarks(bob, 'carol', none, { delivered: 3, read: 0 }, late(2));
    expect(both).toEqual([
      { user: 'bob', delivered: [{ upTo: 4, at: MINUTE }], read: [{ upTo: 2, at: MINUTE }] },
      { user: 'carol', delivered: [{ upTo: 3, at: 2 * MINUTE, isLate: true }], read: [] },
    ]);
    expect(withMarks(both, 'bob', { delivered: 4, read: 2 }, { delivered: 4, read: 2 }, live(9))).toBe(both);
  });
});
