import type { Mark, Marks } from './model.ts';
import { minuteNumber } from './times.ts';

// When somebody had come how far. The server tells how far, not when: what stands here is when this device learned of it, by the
// server's clock. Where it learned so only because it came back, it happened at some time before.

/** When a word of the server came. `isLate`: it may tell of something that happened while this device was away. */
export interface Learned {
  readonly at: number;
  readonly isLate: boolean;
}

/** Enough for the newest days of a busy chat; of what is older only "before" is known. */
export const MARKS_MAX = 40;

export function withMarks(
  all: readonly Marks[],
  user: string,
  before: { readonly delivered: number; readonly read: number },
  now: { readonly delivered: number; readonly read: number },
  learned: Learned,
): readonly Marks[] {
  if (now.delivered <= before.delivered && now.read <= before.read) return all;
  const held = all.find((marks) => marks.user === user) ?? { user, delivered: [], read: [] };
  const moved: Marks = {
    user,
    delivered: withMark(held.delivered, before.delivered, now.delivered, learned),
    read: withMark(held.read, before.read, now.read, learned),
  };
  return [...all.filter((marks) => marks.user !== user), moved];
}

/** A watermark moved from `before` to `now`; it never falls, and neither do the marks. */
export function withMark(marks: readonly Mark[], before: number, now: number, learned: Learned): readonly Mark[] {
  const last = marks.at(-1);
  if (now <= Math.max(before, last?.upTo ?? 0)) return marks;
  const at = Math.max(learned.at, last?.at ?? 0);
  if (learned.isLate) return bounded([...marks, { upTo: now, at, isLate: true }]);
  // No finer time is ever shown, so what came within a minute is one mark.
  const isSameMinute = last !== undefined && last.isLate !== true && minuteNumber(last.at) === minuteNumber(at);
  if (isSameMinute && before <= last.upTo) return [...marks.slice(0, -1), { ...last, upTo: now }];
  // Where the watermark had moved without a mark, that was at some time before.
  const unmarked: Mark[] = before > (last?.upTo ?? 0) ? [{ upTo: before, at, isLate: true }] : [];
  return bounded([...marks, ...unmarked, { upTo: now, at }]);
}

/** The two oldest become one: by the later of their times both had happened. */
function bounded(marks: readonly Mark[]): readonly Mark[] {
  const [, second] = marks;
  if (marks.length <= MARKS_MAX || second === undefined) return marks;
  return bounded([{ ...second, isLate: true }, ...marks.slice(2)]);
}

/** Undefined where nothing is known of the time. */
export function learnedAt(marks: readonly Mark[], seq: number): Learned | undefined {
  const mark = marks.find(({ upTo }) => upTo >= seq);
  return mark === undefined ? undefined : { at: mark.at, isLate: mark.isLate === true };
}
