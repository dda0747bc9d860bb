import { Backoff } from './backoff.ts';
import type { Prepared } from './encryption/groups.ts';
import { travellingBody } from './media/files.ts';
import type { UploadForm } from './media/shelf.ts';
import type { Unsent } from './model.ts';
import { TokenBucket } from './pace.ts';
import type { Parts } from './parts.ts';
import { type ErrorFrame, type Limits, printFrame, type Send } from './protocol.ts';

/** A message that was answered by nothing for so long goes out again; its id makes that safe. */
const ANSWER_MILLIS = 30_000;
const UNAVAILABLE_FIRST_MILLIS = 1_000;
/** What the server did not take as it was encrypted waits so long for what it has to be encrypted for. */
const REJECTED_MILLIS = 200;

interface Flight {
  readonly conversation: string;
  /** When it was sent; undefined while it is being encrypted. */
  readonly at: number | undefined;
}

const SENTENCES: Readonly<Record<string, string>> = {
  'too-large': 'This message is too long.',
  'unknown-user': 'There is nobody of this name.',
  forbidden: 'You may not write into this conversation.',
  'not-found': 'This conversation does not exist, or you are no longer in it.',
  conflict: 'The conversation has changed: look at it, then send again.',
  invalid: 'The server cannot take this message.',
  distrust: 'The server gave keys that are not those of the person you write to. Nothing was sent.',
  'no-keys': 'This server takes encrypted messages only, and not everybody here can read them yet.',
};

/**
 * Sends what is unsent, in the order of writing: of each conversation one at a time, because only then does a message that the server
 * could not take for the moment not end up behind the one after it.
 */
export class Outbox {
  readonly #parts: Parts;
  readonly #bucket: TokenBucket;
  readonly #flights = new Map<string, Flight>();
  /** Conversations that wait after `unavailable`. */
  readonly #resting = new Map<string, Backoff>();
  readonly #restingNow = new Set<string>();
  /** Confirmed or refused by the server, and on their way into the database. */
  readonly #answered = new Set<string>();
  /** Uploaded once more, because the server did not have what they carry. */
  readonly #uploadedAgain = new Set<string>();
  #waiting: readonly Unsent[] = [];
  #inFlight = 1;
  #frameBytes = Number.POSITIVE_INFINITY;
  #isLoading = false;
  #isStale = false;
  #cancel: (() => void) | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#bucket = new TokenBucket(parts.clock, 1, 1);
  }

  /** A new connection: everything unsent goes out again, with the same id and `after` as at first. */
  welcome(limits: Limits): void {
    this.#flights.clear();
    this.#restingNow.clear();
    this.#inFlight = limits.inFlight;
    this.#frameBytes = limits.frameBytes;
    this.#bucket.fill(limits.messagesPerSecond, limits.burst);
    this.look();
  }

  /** Something may have been written, taken back or wanted again. */
  look(): void {
    this.#isStale = true;
    if (!this.#isLoading) void this.#load();
  }

  /** What was in flight when the link broke for a frame of ours must never be sent again by itself. */
  lost(isOursToBlame: boolean): void {
    const inFlight = [...this.#flights.keys()];
    this.#flights.clear();
    if (isOursToBlame) for (const id of inFlight) this.refuse(id, 'invalid');
  }

  sent(id: string): void {
    const flight = this.#flights.get(id);
    this.#flights.delete(id);
    this.#answered.add(id);
    if (flight !== undefined) this.#resting.delete(flight.conversation);
    this.#pump();
  }

  /** It is in the database now. */
  settled(ids: readonly string[]): void {
    for (const id of ids) {
      this.#answered.delete(id);
      this.#uploadedAgain.delete(id);
    }
    this.#parts.encryption.settled(ids);
    this.#parts.uploads.settled(this.#waiting.filter(({ id }) => ids.includes(id)));
    this.#waiting = this.#waiting.filter(({ id }) => !ids.includes(id));
    this.#pump(); // also where a message was found in the log instead of confirmed
  }

  /** True if the error was about a message. */
  refused(error: ErrorFrame): boolean {
    const flight = error.id === undefined ? undefined : this.#flights.get(error.id);
    if (error.id === undefined || flight === undefined) return false;
    this.#flights.delete(error.id);
    const isToTryAgain = this.#parts.encryption.rejected(
      { id: error.id, conversation: flight.conversation },
      error.code,
    );
    if (isToTryAgain) this.#restFor(flight.conversation, REJECTED_MILLIS);
    else if (error.code === 'invalid' && this.#mayUploadAgain(error.id)) void this.#parts.uploads.again(error.id);
    else if (error.code === 'rate-limited') this.#rest((error.retryAfterSeconds ?? 1) * 1000);
    else if (error.code === 'unavailable') this.#restOf(flight.conversation, error.retryAfterSeconds);
    else if (error.code !== 'unauthenticated') this.refuse(error.id, error.code);
    this.#pump();
    return true;
  }

  isSending(conversation: string): boolean {
    return this.#waiting.some(
      (unsent) => unsent.conversation === conversation && unsent.refused === undefined && isReady(unsent),
    );
  }

  /** The heartbeat of the connection: looks for what no news has told and what no answer has come to. */
  tick(): void {
    const now = this.#parts.clock.now();
    for (const [id, { at }] of this.#flights) {
      if (at !== undefined && (now - at >= ANSWER_MILLIS || now < at)) this.#flights.delete(id);
    }
    this.look();
  }

  stop(): void {
    this.#cancel?.();
  }

  async #load(): Promise<void> {
    this.#isLoading = true;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        this.#waiting = await this.#parts.database.unsent();
      }
      this.#parts.uploads.look(this.#waiting.filter((unsent) => !isReady(unsent)));
    } catch (problem) {
      this.#parts.storageFailed(problem);
    } finally {
      this.#isLoading = false;
    }
    this.#pump();
  }

  #pump(): void {
    if (!this.#parts.isLive() || this.#cancel !== undefined) return;
    const busy = new Set([...this.#flights.values()].map(({ conversation }) => conversation));
    /** Conversations in which something is being uploaded: what was written after it goes, but for other uploads. */
    const uploading = new Set<string>();
    for (const unsent of this.#waiting) {
      const { id, conversation, refused, uploads, paused } = unsent;
      if (refused !== undefined || this.#answered.has(id)) continue;
      if (!isReady(unsent)) {
        if (paused !== true) uploading.add(conversation);
        continue;
      }
      if (busy.has(conversation) || (uploads !== undefined && uploading.has(conversation))) continue;
      busy.add(conversation);
      if (this.#restingNow.has(conversation)) continue;
      if (this.#flights.size >= this.#inFlight) return;
      if (!this.#bucket.take()) {
        this.#rest(this.#bucket.waitMillis);
        return;
      }
      this.#send(unsent);
    }
  }

  #send(unsent: Unsent): void {
    const { id, conversation } = unsent;
    const flight: Flight = { conversation, at: undefined };
    this.#flights.set(id, flight);
    const travelling = { ...unsent, body: travellingBody(unsent.body) };
    void this.#parts.encryption.outgoing(travelling).then((outgoing) => {
      if (this.#flights.get(id) !== flight) return; // the link broke meanwhile: it is encrypted again
      this.#flights.delete(id);
      const isWanted = this.#waiting.some((waiting) => waiting.id === id) && !this.#answered.has(id);
      if (isWanted) this.#prepared(travelling, outgoing); // else it was deleted, or found in the log
      this.#pump();
    });
  }

  #prepared(unsent: Unsent, prepared: Prepared | undefined): void {
    const form = formOf(prepared);
    if (form !== undefined && !this.#parts.uploads.isAs(form, unsent)) void this.#parts.uploads.again(unsent.id);
    else if (prepared === undefined) this.#sendAs(unsent);
    else if (prepared.kind === 'send') this.#sendAs({ ...unsent, body: prepared.body });
    else if (prepared.kind === 'later') this.#restFor(unsent.conversation, prepared.millis);
    else this.refuse(unsent.id, prepared.code);
  }

  #sendAs({ id, conversation, body, after, media }: Unsent): void {
    const frame: Send = { type: 'send', id, conversation, body, after, ...(media === undefined ? {} : { media }) };
    if (new TextEncoder().encode(printFrame(frame)).length > this.#frameBytes) {
      this.refuse(id, 'too-large'); // it would cost the connection
      return;
    }
    this.#flights.set(id, { conversation, at: this.#parts.clock.now() });
    this.#parts.send(frame);
  }

  /** The server may have thrown away what was uploaded long ago. */
  #mayUploadAgain(id: string): boolean {
    const unsent = this.#waiting.find((waiting) => waiting.id === id);
    if (unsent?.media === undefined || this.#uploadedAgain.has(id)) return false;
    this.#uploadedAgain.add(id);
    return true;
  }

  #rest(millis: number): void {
    this.#cancel?.();
    this.#cancel = this.#parts.clock.after(millis, () => {
      this.#cancel = undefined;
      this.#pump();
    });
  }

  #restOf(conversation: string, seconds = 0): void {
    const backoff = this.#resting.get(conversation) ?? new Backoff(this.#parts.random, UNAVAILABLE_FIRST_MILLIS);
    this.#resting.set(conversation, backoff);
    this.#restFor(conversation, Math.max(backoff.next(), seconds * 1000));
  }

  #restFor(conversation: string, millis: number): void {
    this.#restingNow.add(conversation);
    this.#parts.clock.after(millis, () => {
      this.#restingNow.delete(conversation);
      this.#pump();
    });
  }

  /** What a conversation waited for may be there: all of them are tried now. */
  awake(): void {
    this.#restingNow.clear();
    this.#pump();
  }

  /** It stays unsent until the person wants it sent again, or deletes it. */
  refuse(id: string, code: string, message = SENTENCES[code] ?? SENTENCES['invalid'] ?? code): void {
    this.#answered.add(id);
    void this.#parts
      .writing((database, me) => database.refuse(me, id, { code, message }))
      .then((unsent) => {
        // not marked, as where the disk is full: found again at the next heartbeat, not at once and over and over
        this.#waiting = this.#waiting.filter((waiting) => waiting.id !== id);
        this.#answered.delete(id);
        if (unsent !== undefined) this.#parts.tell({ kind: 'changes', unsent: [unsent] });
      });
  }
}

/** Nothing has to be uploaded for it any more. */
function isReady({ uploads, media }: Unsent): boolean {
  return uploads === undefined || media !== undefined;
}

/** In which form a message goes; undefined where it does not go now. */
function formOf(prepared: Prepared | undefined): UploadForm | undefined {
  if (prepared === undefined) return 'plain';
  return prepared.kind === 'send' ? 'encrypted' : undefined;
}
