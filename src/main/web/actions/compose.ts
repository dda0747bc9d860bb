import { StorageFull } from '../archive.ts';
import type { Unsent } from '../model.ts';
import { services } from '../services.ts';
import { dropDivider, serverNow, setDraft, setUnsent, showHint, store } from '../store.ts';
import { text } from '../strings.ts';
import { toEnd } from './chat.ts';
import { browserShelf, done, leftBy, note } from './sending.ts';

// Writing: what is being written, what goes out.

/** As `welcome.limits` has it for parley.v1. */
export const TEXT_MOST = 4096;
/** From here on the person is told how much is left. */
export const TEXT_NEAR = 3800;

/** Unicode code points, as the server counts them. */
export function codePoints(content: string): number {
  let count = 0;
  for (const _ of content) count += 1;
  return count;
}

/** As it is sent: halves of characters and U+0000, which the server refuses, cannot be in it. */
export function sendable(content: string): string {
  return content.toWellFormed().replaceAll('\0', '').trim();
}

/** One after the other, so that what was written first is first in the outbox. */
let writing: Promise<unknown> = Promise.resolve();

/**
 * The bubble is there at once; the outbox has it a moment later. Where it cannot be kept the bubble goes, and the text is the draft
 * again. Says whether it was kept.
 */
export function send(conversation: string, content: string): Promise<boolean> {
  const message = {
    id: uuid7(Date.now()),
    conversation,
    body: { type: 'text', text: sendable(content) },
    written: serverNow(),
  };
  const order = (store.unsent.peek().at(-1)?.order ?? 0) + 1;
  setUnsent([{ ...message, after: 0, order }]);
  dropDivider(conversation);
  void toEnd();
  note(browserShelf(), store.identity.peek()?.user ?? '', message);
  const kept = writing.then(() => keep(message));
  writing = kept;
  return kept;
}

async function keep(message: Pick<Unsent, 'id' | 'conversation' | 'body' | 'written'>): Promise<boolean> {
  const { archive, say } = services();
  try {
    const kept = await archive.addUnsent(message);
    done(browserShelf(), message.id);
    // It may have been sent already: then it is no longer among the unsent, and must not come back.
    if (store.unsent.peek().some((held) => held.id === message.id)) setUnsent([kept]);
    say({ kind: 'look', conversation: message.conversation });
    return true;
  } catch (problem) {
    done(browserShelf(), message.id); // it is the draft again
    setUnsent([], [message.id]);
    showHint(problem instanceof StorageFull ? text.storageFullSending : text.sendingFailed);
    return false;
  }
}

/** Puts into the outbox what a page before had no time to. */
export async function sendWhatWasLeft(user: string): Promise<void> {
  const { archive } = services();
  for (const message of leftBy(browserShelf(), user)) {
    await archive.addUnsent(message);
    done(browserShelf(), message.id);
  }
}

export async function sendAgain(message: { readonly id: string; readonly conversation: string }): Promise<void> {
  const { archive, say } = services();
  try {
    const again = await archive.retryUnsent(message.id);
    if (again === undefined) return setUnsent([], [message.id]);
    setUnsent([again]);
    say({ kind: 'look', conversation: message.conversation });
  } catch {
    showHint(text.sendingFailed);
  }
}

export async function deleteUnsent(message: { readonly id: string; readonly conversation: string }): Promise<void> {
  const { archive, say } = services();
  const uploads = store.unsent.peek().find(({ id }) => id === message.id)?.uploads ?? [];
  await archive.deleteUnsent(message.id);
  setUnsent([], [message.id]);
  say({ kind: 'look', conversation: message.conversation });
  if (uploads.length > 0) say({ kind: 'dropped', uploads });
}

/** Under fingers Enter breaks the line, as every keyboard of a phone has it; the button sends, and Ctrl+Enter. */
export function enterSends(): boolean {
  return !matchMedia('(pointer: coarse)').matches;
}

// --- drafts

const DRAFT_AFTER_MILLIS = 400;
const waiting = new Map<string, { readonly content: string; readonly timer: ReturnType<typeof setTimeout> }>();

/** The page knows it at once, the database when the fingers rest. */
export function draft(conversation: string, content: string): void {
  setDraft(conversation, content);
  clearTimeout(waiting.get(conversation)?.timer);
  const timer = setTimeout(() => keepDraft(conversation), DRAFT_AFTER_MILLIS);
  waiting.set(conversation, { content, timer });
}

function keepDraft(conversation: string): void {
  const content = waiting.get(conversation)?.content;
  waiting.delete(conversation);
  // A draft that cannot be kept is still on the screen; sending it will say what is wrong.
  if (content !== undefined)
    services()
      .archive.keepDraft(conversation, content)
      .catch(() => undefined);
}

/** The page may be gone in a moment. */
export function keepDraftsNow(): void {
  for (const [conversation, { timer }] of waiting) {
    clearTimeout(timer);
    keepDraft(conversation);
  }
}

// --- typing

/** The server takes one in 3 s for each conversation. */
const TYPING_EACH_MILLIS = 3_000;
const typedAt = new Map<string, number>();

export function typed(conversation: string): void {
  const now = Date.now();
  if (now - (typedAt.get(conversation) ?? 0) < TYPING_EACH_MILLIS) return;
  typedAt.set(conversation, now);
  services().say({ kind: 'typing', conversation });
}

/** RFC 9562: begins with the time, so that ids of one device sort as they were written. */
export function uuid7(now: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(now / 65_536));
  view.setUint16(4, now % 65_536);
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x70);
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
