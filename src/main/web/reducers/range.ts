import type { Message } from '../model.ts';
import { isSilent } from './news.ts';

/**
 * The messages of the open chat that the page holds: a stretch of what the database has, without gaps in it. The stretch moves as
 * one scrolls, so that a chat of any length costs the page the same.
 */
export interface Range {
  readonly conversation: string;
  /** Ascending by seq. */
  readonly messages: readonly Message[];
  /** Nothing newer is stored: what arrives belongs here. */
  readonly atEnd: boolean;
}

/** How many the page asks the database for at once, and how many it holds when things are quiet. */
export const PAGE = 60;
export const HELD = 180;
/** While one scrolls without a pause nothing is let go (that would disturb the scrolling), but not without end. */
export const HELD_AT_MOST = 720;

/** Both lists ascending; where both have a seq the second's is kept. */
export function merged(held: readonly Message[], more: readonly Message[]): readonly Message[] {
  if (more.length === 0) return held;
  const last = held.at(-1);
  const first = more[0];
  if (last === undefined || (first !== undefined && first.seq > last.seq)) return [...held, ...more];
  const all = new Map(held.map((message) => [message.seq, message]));
  for (const message of more) all.set(message.seq, message);
  return [...all.values()].sort((a, b) => a.seq - b.seq);
}

export function begin(conversation: string, messages: readonly Message[], atEnd: boolean): Range {
  return { conversation, messages, atEnd };
}

/** What arrived, ascending. Somebody who reads back far from the end keeps what they see: newer ones are loaded when they come down. */
export function withNews(range: Range, news: readonly Message[]): Range {
  const own = news.filter((message) => message.conversation === range.conversation);
  const first = range.messages[0]?.seq ?? 0;
  const last = range.messages.at(-1)?.seq ?? Number.POSITIVE_INFINITY;
  // Below the first stands history that was pulled: it is read from the database when somebody scrolls there.
  const fitting = own.filter((message) => message.seq >= first && (range.atEnd || message.seq <= last));
  if (fitting.length === 0) return range;
  const messages = merged(
    range.messages,
    fitting.toSorted((a, b) => a.seq - b.seq),
  );
  return messages.length <= HELD_AT_MOST
    ? { ...range, messages }
    : { ...range, messages: messages.slice(-HELD_AT_MOST) };
}

export function withOlder(range: Range, older: readonly Message[]): Range {
  const messages = merged(older, range.messages);
  if (messages.length <= HELD_AT_MOST) return { ...range, messages };
  return { ...range, messages: messages.slice(0, HELD_AT_MOST), atEnd: false };
}

/** `atEnd`: the database gave fewer than it was asked for. */
export function withNewer(range: Range, newer: readonly Message[], atEnd: boolean): Range {
  const messages = merged(range.messages, newer);
  return { ...range, messages: messages.slice(-HELD_AT_MOST), atEnd };
}

/** Lets go of what is far from the part in view, given by its first and last seq. */
export function trimmed(range: Range, first: number, last: number): Range {
  if (range.messages.length <= HELD) return range;
  const spare = HELD / 2;
  const from = range.messages.findIndex((message) => message.seq >= first);
  const to = range.messages.findLastIndex((message) => message.seq <= last);
  if (from < 0 || to < 0) return range;
  const begins = Math.max(0, from - spare);
  const ends = Math.min(range.messages.length, to + 1 + spare);
  if (begins === 0 && ends === range.messages.length) return range;
  return {
    ...range,
    messages: range.messages.slice(begins, ends),
    atEnd: range.atEnd && ends === range.messages.length,
  };
}

/** Who has seen an entry has seen what follows it and is not drawn. */
export function seenWith(range: Range, seq: number): number {
  let last = seq;
  for (const message of range.messages) {
    if (message.seq !== last + 1) continue;
    if (!isSilent(message.body)) break;
    last = message.seq;
  }
  return last;
}

/** The seq before the first gap: news may have been lost while the page slept. */
export function gapIn(range: Range): number | undefined {
  const { messages } = range;
  const at = messages.findIndex((message, index) => index > 0 && message.seq !== (messages[index - 1]?.seq ?? 0) + 1);
  return at < 0 ? undefined : messages[at - 1]?.seq;
}
