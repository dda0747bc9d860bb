import { Backoff } from './backoff.ts';
import type { ListMark } from './database.ts';
import { peerOf } from './model.ts';
import type { Parts } from './parts.ts';
import { LoginEnded } from './rest.ts';

/** Whoever reconnects within this time has missed nothing that the server does not push. */
const FRESH_MILLIS = 60_000;
/** All of it once a day: what was read on other devices shows only there. */
const WHOLE_MILLIS = 24 * 60 * 60_000;
/** Activity is noted at several places at nearly the same time: read a little more than seems needed. */
const OVERLAP_MILLIS = 60_000;
const FIRST_MILLIS = 2_000;

/** The list of conversations, read over REST: what the server does not push, such as chats that other devices have answered. */
export class ConversationList {
  readonly #parts: Parts;
  readonly #backoff: Backoff;
  #isReading = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#backoff = new Backoff(parts.random, FIRST_MILLIS, 60_000);
  }

  async welcome(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      const isRead = await this.#read();
      if (isRead) this.#backoff.reset();
      else this.#again();
    } catch (problem) {
      if (!(problem instanceof LoginEnded)) this.#again(); // the connection finds out about the login
    } finally {
      this.#isReading = false;
    }
    void this.#parts.ticks.ask();
  }

  #again(): void {
    this.#parts.clock.after(this.#backoff.next(), () => {
      if (this.#parts.isLive()) void this.welcome();
    });
  }

  /** False where it could not be stored. */
  async #read(): Promise<boolean> {
    const { clock, database, rest } = this.#parts;
    const mark = await database.listMark();
    const asked = clock.now();
    if (mark !== undefined && asked >= mark.asked && asked - mark.asked < FRESH_MILLIS) return true;
    const isWhole = mark === undefined || asked < mark.askedAll || asked - mark.askedAll >= WHOLE_MILLIS;
    let updated = mark?.updated ?? 0;
    for await (const summaries of rest.conversations(isWhole ? undefined : Math.max(0, updated - OVERLAP_MILLIS))) {
      const stored = await this.#parts.writing((store, me) => store.summaries(me, summaries));
      if (stored === undefined) return false;
      this.#parts.tellStored(stored);
      this.#parts.names.want(summaries.map(({ conversation }) => peerOf(conversation, this.#parts.me.user)));
      for (const summary of summaries) updated = Math.max(updated, summary.updated);
    }
    const now: ListMark = { updated, asked, askedAll: isWhole ? asked : (mark?.askedAll ?? asked) };
    await this.#parts.writing((store, me) => store.keepListMark(me, now));
    return true;
  }
}
