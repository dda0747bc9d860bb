import type { Unsent } from '../model.ts';

// What was sent a moment ago and is not in the outbox yet. A reload ends a page in the middle of a transaction, which then never
// was; only localStorage takes a word at once. It is there for milliseconds, and the outbox knows each id, so nothing is doubled.

const PREFIX = 'parley.sending.';

export type Sending = Pick<Unsent, 'id' | 'conversation' | 'body' | 'written'>;

export interface Shelf extends Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  /** The names of what stands on it. */
  keys(): string[];
}

/** Where it cannot be written (no space, not allowed) the outbox will say what is wrong. */
export function note(shelf: Shelf, user: string, message: Sending): void {
  try {
    shelf.setItem(PREFIX + message.id, JSON.stringify({ user, message }));
  } catch {
    // the message is as safe as the outbox makes it
  }
}

export function done(shelf: Shelf, id: string): void {
  shelf.removeItem(PREFIX + id);
}

/** What a page that is gone had no time to put into the outbox, in the order of writing; that of others is thrown away. */
export function leftBy(shelf: Shelf, user: string): Sending[] {
  const left: Sending[] = [];
  for (const key of shelf.keys().filter((key) => key.startsWith(PREFIX))) {
    const noted = read(shelf.getItem(key));
    if (noted?.user === user) left.push(noted.message);
    else shelf.removeItem(key);
  }
  return left.sort((one, other) => (one.id < other.id ? -1 : 1)); // ids begin with the time
}

export function forgetNotes(shelf: Shelf): void {
  for (const key of shelf.keys().filter((key) => key.startsWith(PREFIX))) shelf.removeItem(key);
}

/** This browser's; where it keeps none from the page, one that keeps nothing. */
export function browserShelf(): Shelf {
  const storage = 'localStorage' in globalThis ? globalThis.localStorage : undefined;
  return {
    getItem: (key) => storage?.getItem(key) ?? null,
    setItem: (key, value) => storage?.setItem(key, value),
    removeItem: (key) => storage?.removeItem(key),
    keys: () => Object.keys(storage ?? {}),
  };
}

function read(text: string | null): { readonly user: string; readonly message: Sending } | undefined {
  try {
    const noted: unknown = JSON.parse(text ?? '');
    return isNoted(noted) ? noted : undefined;
  } catch {
    return undefined;
  }
}

function isNoted(noted: unknown): noted is { readonly user: string; readonly message: Sending } {
  if (typeof noted !== 'object' || noted === null || !('user' in noted) || !('message' in noted)) return false;
  const { user, message } = noted;
  if (typeof user !== 'string' || typeof message !== 'object' || message === null) return false;
  const { id, conversation, body, written } = message as Record<string, unknown>;
  return (
    typeof id === 'string' &&
    typeof conversation === 'string' &&
    typeof written === 'number' &&
    typeof body === 'object' &&
    body !== null &&
    'type' in body
  );
}
