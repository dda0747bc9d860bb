import { Backoff } from './backoff.ts';
import type { ListMark } from './database.ts';
import { withoutTurn } from './encryption/reader.ts';
import { withoutForged } from './encryption/unencrypted.ts';
import { peerOf } from './model.ts';
import type { Parts } from './parts.ts';
import { LoginEnded } from './rest.ts';

/** A link that comes and goes does not have the list read each time, but once when this has passed. */
const FRESH_MILLIS = 60_000;
/** All of it once a day. */
const WHOLE_MILLIS = 24 * 60 * 60_000;
/** Activity is noted at several places at nearly the same time: read a little more than seems needed. */
const OVERLAP_MILLIS = 60_000;
const FIRST_MILLIS = 2_000;

/**
 * The list of conversations, read over REST, most recent first: what the server does not push, such as what other devices have read
 * while this one was away. It is read as far down as something may have changed.
 */
export class ConversationList {
  readonly #parts: Parts;
  readonly #backoff: Backoff;
  #isReading = false;
  #isAwaited = false;

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

  #again(millis = this.#backoff.next()): void {
    if (this.#isAwaited) return;
    this.#isAwaited = true;
    this.#parts.clock.after(millis, () => {
      this.#isAwaited = false;
      if (this.#parts.isLive()) void this.welcome();
    });
  }

  /** False where it could not be stored. */
  async #read(): Promise<boolean> {
    const { clock, database, rest } = this.#parts;
    const mark = await database.listMark();
    const asked = clock.now();
    if (mark !== undefined && asked >= mark.asked && asked - mark.asked < FRESH_MILLIS) {
      this.#again(FRESH_MILLIS - (asked - mark.asked));
      return true;
    }
    const isWhole = mark === undefined || asked < mark.askedAll || asked - mark.askedAll >= WHOLE_MILLIS;
    const known = mark?.updated ?? 0;
    const doubtful = new Set(
      (await database.chats()).filter(({ unread }) => unread > 0).map(({ conversation }) => conversation),
    );
    let updated = known;
    for await (const page of rest.conversations()) {
      const summaries = page.map((summary) => ({ ...summary, last: withoutTurn(summary.last, this.#parts.me) }));
      const stored = await this.#parts.writing(async (store, me) => {
        const lasts = summaries.map(({ last }) => last);
        const shown = await withoutForged(store, lasts, lasts);
        const safe = summaries.map((summary, at) => ({ ...summary, last: shown[at] ?? summary.last }));
        return store.summaries(me, safe, this.#parts.serverNow());
      });
      if (stored === undefined) return false;
      this.#parts.tellStored(stored);
      this.#parts.history.fill(stored.chats);
      this.#parts.names.want(summaries.map(({ conversation }) => peerOf(conversation, this.#parts.me.user)));
      for (const summary of summaries) {
        updated = Math.max(updated, summary.updated);
        doubtful.delete(summary.conversation);
      }
      const isOld = summaries.some((summary) => summary.updated < known - OVERLAP_MILLIS);
      if (!isWhole && isOld && doubtful.size === 0) break;
    }
    const now: ListMark = { updated, asked, askedAll: isWhole ? asked : (mark?.askedAll ?? asked) };
    await this.#parts.writing((store, me) => store.keepListMark(me, now));
    return true;
  }
}
