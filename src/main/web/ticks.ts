import type { Holding } from './holding.ts';
import type { Parts } from './parts.ts';

/** As many as one frame may name. */
const CONVERSATIONS_MAX = 100;
const AGAIN_MILLIS = 5_000;
const REF = 'ticks';

/** Asks how far the others have come where one's own last message is not blue yet: ticks that moved while this device was away. */
export class Ticks {
  readonly #parts: Parts;

  #isCaughtUp = false;
  #isAnswered = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What is told now may have happened long ago, while this device was away: it has not heard all of that yet. */
  get isLate(): boolean {
    return !this.#isCaughtUp || !this.#isAnswered;
  }

  welcome(): void {
    this.#isCaughtUp = false;
    this.#isAnswered = false;
  }

  caughtUp(): void {
    this.#isCaughtUp = true;
  }

  answered(ref: string | undefined): void {
    if (ref === REF) this.#isAnswered = true;
  }

  async ask(): Promise<void> {
    const chats = (await this.#parts.reading((database) => database.chats())) ?? [];
    const conversations = chats
      .filter(isAwaited)
      .sort((one, other) => other.updated - one.updated)
      .slice(0, CONVERSATIONS_MAX)
      .map(({ conversation }) => conversation);
    if (!this.#parts.isLive()) return;
    this.#isAnswered = conversations.length === 0;
    if (conversations.length > 0) {
      this.#parts.pace.submit(REF, { type: 'receipts', conversations, ref: REF });
    }
  }

  /** True if the error was about these. */
  refused(ref: string | undefined, code: string): boolean {
    if (ref !== REF) return false;
    if (code === 'rate-limited' || code === 'unavailable') {
      this.#parts.clock.after(AGAIN_MILLIS, () => {
        if (this.#parts.isLive()) void this.ask();
      });
    }
    return true;
  }
}

function isAwaited({ lastOwn, receipts }: Holding): boolean {
  return lastOwn > 0 && (receipts.length === 0 || receipts.some(({ read }) => read < lastOwn));
}
