import { mediaIn } from './media/files.ts';
import type { Body, Message } from './model.ts';
import type { Reading } from './storage.ts';

// Searching the stored texts: step by step from the newest, so that it never holds up what arrives.

/** Records read in one step. */
const STEP = 500;

/** Where the step before ended. */
export interface Place {
  readonly time: number;
  readonly key: [string, number];
}

export async function searchStep(
  tx: Reading,
  conversation: string | undefined,
  place: Place | undefined,
): Promise<{ messages: Message[]; next?: Place }> {
  const messages: Message[] = [];
  const store = tx.objectStore('messages');
  const byTime = conversation === undefined;
  let next: Place | undefined;
  const take = (message: Message): boolean => {
    messages.push(message);
    next = { time: message.time ?? 0, key: [message.conversation, message.seq] };
    return messages.length < STEP;
  };
  if (byTime) {
    const range = place === undefined ? null : IDBKeyRange.upperBound(place.time);
    let cursor = await store.index('time').openCursor(range, 'prev');
    // many messages may share one millisecond
    while (cursor !== null && place !== undefined && !isBelow(cursor, place)) cursor = await cursor.continue();
    while (cursor !== null && take(cursor.value)) cursor = await cursor.continue();
  } else {
    const top = place === undefined ? Number.POSITIVE_INFINITY : place.key[1];
    let cursor = await store.openCursor(IDBKeyRange.bound([conversation, 0], [conversation, top], false, true), 'prev');
    while (cursor !== null && take(cursor.value)) cursor = await cursor.continue();
  }
  return messages.length < STEP || next === undefined ? { messages } : { messages, next };
}

/** The words that all have to occur. */
export function wordsOf(query: string): string[] {
  return folded(query).split(/\s+/u).filter(Boolean);
}

/** Kinds of bodies that have words to be found. */
export const SPOKEN: ReadonlySet<string> = new Set(['text', 'media']);

export function hasAll({ body }: Message, words: readonly string[]): boolean {
  const spoken = folded(wordsIn(body));
  return words.every((word) => spoken.includes(word));
}

/** What a message says, and what the files in it are called. */
function wordsIn(body: Body): string {
  const { type, text } = body;
  if (type === 'text') return typeof text === 'string' ? text : '';
  const content = mediaIn(body);
  return content === undefined ? '' : [content.text ?? '', ...content.files.map(({ name }) => name ?? '')].join('\n');
}

/** Without case and accents, so that "grusse" finds "Grüße"s nearest spelling. */
function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

function isBelow(
  cursor: { readonly key: number; readonly primaryKey: readonly [string, number] },
  { time, key }: Place,
): boolean {
  const [conversation, seq] = cursor.primaryKey;
  if (cursor.key !== time) return cursor.key < time;
  return conversation === key[0] ? seq < key[1] : conversation < key[0];
}
