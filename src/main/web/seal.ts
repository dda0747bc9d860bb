import type { Body, Chat, Message, Unsent } from './model.ts';
import { isSealed, type SealedBody } from './sealed.ts';

const NONCE_BYTES = 12;
/** Opened side by side; a flood goes through in steps of so many. */
const TOGETHER = 500;
/** Kept open of what is read over and over: the last messages in the list of chats, and the outbox. */
const KEPT_MOST = 2_000;

/** Whatever holds a body. Its conversation and its id go into the seal, so that it opens nowhere else. */
export interface Sealable {
  readonly conversation: string;
  readonly id?: string;
  readonly body: Body;
}

const LOST: Body = { type: 'undecryptable', why: 'lost' };
const UTF8 = new TextEncoder();
const TEXT = new TextDecoder();

/**
 * Seals and opens with one key (AES-256-GCM; its nonces are random, which is safe for the 2^32 messages that no browser sees). Without
 * a key nothing is sealed, and nothing opens. What does not open is given out as lost, and disturbs nothing else.
 */
export class Seal {
  readonly name: string;
  readonly #key: CryptoKey | undefined;
  /** What was sealed a moment ago and is told on need not be opened for that. */
  readonly #fresh = new WeakMap<Body, Body>();
  /** By where it stands: a body, and the bytes it was opened from. */
  readonly #kept = new Map<string, { readonly bytes: Uint8Array; readonly body: Body }>();

  constructor(name: string, key: CryptoKey | undefined) {
    this.name = name;
    this.#key = key;
  }

  get hasKey(): boolean {
    return this.#key !== undefined;
  }

  async sealAll<T extends Sealable>(items: readonly T[]): Promise<T[]> {
    const sealed: T[] = [];
    for (const step of steps(items)) sealed.push(...(await Promise.all(step.map((item) => this.#sealed(item)))));
    return sealed;
  }

  async openAll<T extends Sealable>(items: readonly T[]): Promise<T[]> {
    const opened: T[] = [];
    for (const step of steps(items)) opened.push(...(await Promise.all(step.map((item) => this.#opened(item)))));
    return opened;
  }

  async openChats<T extends Chat>(chats: readonly T[]): Promise<T[]> {
    const opened: T[] = [];
    for (const step of steps(chats)) opened.push(...(await Promise.all(step.map((chat) => this.#withLast(chat)))));
    return opened;
  }

  async openChat<T extends Chat>(chat: T): Promise<T> {
    return this.#withLast(chat);
  }

  /** What is lost must not go out as it is now: it counts as refused, until the person deletes it. */
  async openUnsent(unsent: Unsent): Promise<Unsent> {
    const opened = await this.#openedOnce(`unsent ${unsent.id}`, unsent);
    const refused = { code: 'lost', message: 'What this message said is lost on this device.' };
    return opened.body === LOST ? { ...opened, refused } : opened;
  }

  // One promise for each body and none around it: that is what a flood costs.

  #sealed<T extends Sealable>(item: T): T | Promise<T> {
    if (this.#key === undefined) return item;
    const { body } = item;
    const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    return crypto.subtle
      .encrypt({ name: 'AES-GCM', iv, additionalData: placeOf(item) }, this.#key, UTF8.encode(JSON.stringify(body)))
      .then((inside) => {
        const bytes = new Uint8Array(NONCE_BYTES + inside.byteLength);
        bytes.set(iv);
        bytes.set(new Uint8Array(inside), NONCE_BYTES);
        const sealed: SealedBody = { type: 'sealed', kind: body.type, bytes };
        this.#fresh.set(sealed, body);
        return { ...item, body: sealed };
      });
  }

  #opened<T extends Sealable>(item: T): T | Promise<T> {
    const { body } = item;
    if (!isSealed(body)) return item; // of a time before anything was sealed
    const known = this.#fresh.get(body);
    if (known !== undefined) return { ...item, body: known };
    if (this.#key === undefined) return { ...item, body: LOST };
    const iv = body.bytes.subarray(0, NONCE_BYTES);
    return crypto.subtle
      .decrypt({ name: 'AES-GCM', iv, additionalData: placeOf(item) }, this.#key, body.bytes.subarray(NONCE_BYTES))
      .then((inside) => ({ ...item, body: JSON.parse(TEXT.decode(inside)) as Body }))
      .catch(() => ({ ...item, body: LOST }));
  }

  #withLast<T extends Chat>(chat: T): T | Promise<T> {
    const { conversation, last } = chat;
    if (last === undefined || !isSealed(last.body)) return chat;
    const opened = this.#openedOnce<Message>(`last ${conversation}`, last);
    return opened instanceof Promise ? opened.then((last) => ({ ...chat, last })) : { ...chat, last: opened };
  }

  #openedOnce<T extends Sealable>(place: string, item: T): T | Promise<T> {
    const { body: sealed } = item;
    if (!isSealed(sealed)) return item;
    const known = this.#kept.get(place);
    if (known !== undefined && areSame(known.bytes, sealed.bytes)) return { ...item, body: known.body };
    const keep = (opened: T): T => {
      if (this.#kept.size >= KEPT_MOST) this.#kept.clear();
      this.#kept.set(place, { bytes: sealed.bytes, body: opened.body });
      return opened;
    };
    const opened = this.#opened(item);
    return opened instanceof Promise ? opened.then(keep) : keep(opened);
  }
}

/** A draft is a body like any other, of a message that has no id yet. */
export function draftOf(conversation: string, kept: Body | string): Sealable {
  return { conversation, body: typeof kept === 'string' ? { type: 'text', text: kept } : kept };
}

function placeOf({ conversation, id }: Sealable): Uint8Array<ArrayBuffer> {
  return UTF8.encode(JSON.stringify([conversation, id ?? null]));
}

function areSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

function* steps<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += TOGETHER) yield all.slice(at, at + TOGETHER);
}
