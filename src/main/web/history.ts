import type { Spot } from './database.ts';
import { withoutTurn } from './encryption/reader.ts';
import { withoutForged } from './encryption/unencrypted.ts';
import type { Holding, Range } from './holding.ts';
import type { Parts } from './parts.ts';
import type { ErrorFrame, Page, Pull } from './protocol.ts';

const ANSWER_MILLIS = 20_000;
const TRIES = 3;
const AGAIN_MILLIS = 1_000;
/** How long the confirmation of an own message may take before its place is looked up in the log. */
const HOLE_MILLIS = 2_000;

type Asked = Pick<Pull, 'after' | 'before'> & { readonly limit: number };
interface Question {
  readonly answered: (page: Page) => void;
  readonly failed: (error: ErrorFrame | undefined) => void;
}

/** Fetches from the log what was not pushed: older entries that a page wants, and the places of own messages that got lost. */
export class History {
  readonly #parts: Parts;
  readonly #questions = new Map<string, Question>();
  readonly #older = new Set<string>();
  readonly #filling = new Set<string>();
  #asked = 0;
  #isCaughtUp = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Entries below what is held; one answer for all who want them. */
  async older(conversation: string): Promise<void> {
    if (this.#older.has(conversation)) return;
    this.#older.add(conversation);
    try {
      await this.#pullOlder(conversation);
    } finally {
      this.#older.delete(conversation);
    }
  }

  /** Own messages whose confirmation has not come although later ones are there. */
  fill(chats: readonly Holding[]): void {
    for (const chat of chats) {
      const { conversation } = chat;
      if (missingIn(chat) === undefined || this.#filling.has(conversation)) continue;
      this.#filling.add(conversation);
      this.#parts.clock.after(HOLE_MILLIS, () => void this.#fill(conversation));
    }
  }

  /** The entry at a place that is known without what it says. */
  async lookUp({ conversation, seq }: Spot): Promise<void> {
    await this.#pull(conversation, { after: seq - 1, limit: 1 }, true);
  }

  welcome(): void {
    this.#isCaughtUp = false;
  }

  async caughtUp(): Promise<void> {
    this.#isCaughtUp = true;
    this.fill((await this.#parts.reading((database) => database.chats())) ?? []);
  }

  page(page: Page): void {
    const question = page.ref === undefined ? undefined : this.#questions.get(page.ref);
    if (page.ref === undefined || question === undefined) return;
    this.#questions.delete(page.ref);
    question.answered(page);
  }

  /** True if the error was about a pull. */
  refused(error: ErrorFrame): boolean {
    const question = error.ref === undefined ? undefined : this.#questions.get(error.ref);
    if (error.ref === undefined || question === undefined) return false;
    this.#questions.delete(error.ref);
    question.failed(error);
    return true;
  }

  lost(): void {
    const questions = [...this.#questions.values()];
    this.#questions.clear();
    for (const question of questions) question.failed(undefined);
  }

  async #pullOlder(conversation: string): Promise<void> {
    const chat = await this.#parts.reading((database) => database.chat(conversation));
    const heldFrom = chat?.heldFrom ?? 0;
    const asked = { ...(heldFrom === 0 ? {} : { before: heldFrom }), limit: this.#parts.limits().pageEntries };
    const failure = heldFrom === 1 ? undefined : await this.#pull(conversation, asked, false);
    if (failure !== undefined) {
      this.#parts.tell({ kind: 'older-failed', conversation, message: failure });
      return;
    }
    const now = await this.#parts.reading((database) => database.chat(conversation));
    this.#parts.tell({ kind: 'older-stored', conversation, heldFrom: now?.heldFrom ?? 0 });
  }

  async #fill(conversation: string): Promise<void> {
    const chat = await this.#parts.reading((database) => database.chat(conversation));
    const missing = chat === undefined ? undefined : missingIn(chat);
    this.#filling.delete(conversation);
    if (chat === undefined || missing === undefined || !this.#parts.isLive()) return;
    if (this.#parts.outbox.isSending(conversation) || !this.#isCaughtUp) {
      this.fill([chat]); // what is on its way may be just that
      return;
    }
    const [first, last] = missing;
    const limit = Math.min(last - first + 1, this.#parts.limits().pageEntries);
    const failure = await this.#pull(conversation, { after: first - 1, limit }, true);
    const now = await this.#parts.reading((database) => database.chat(conversation));
    const isProgress = now !== undefined && (missingIn(now)?.[0] ?? Number.POSITIVE_INFINITY) > first;
    if (failure === undefined && isProgress) this.fill([now]);
    else if (failure !== undefined) this.fill([chat]); // nothing else may come that would look again
  }

  /** Why it failed, for the person; undefined when it is stored. `isNews`: pages show it at once, else they read the database. */
  async #pull(conversation: string, asked: Asked, isNews: boolean): Promise<string | undefined> {
    const page = await this.#ask(conversation, asked);
    if (typeof page === 'string') return page;
    const messages = page.messages.map((entry) => withoutTurn({ ...entry, conversation }, this.#parts.me));
    const stored = await this.#parts.writing(async (database, me) =>
      database.pulled(me, asked, { ...page, messages: await withoutForged(database, messages, messages) }),
    );
    if (stored === undefined) return 'There is no space left for messages on this device.';
    const settled = new Set(stored.settled);
    const news = isNews ? stored.messages : stored.messages.filter(({ id }) => id !== undefined && settled.has(id));
    this.#parts.tellStored({ ...stored, messages: news });
    if (settled.size > 0) this.#parts.outbox.settled(stored.settled);
    this.#parts.names.want(stored.messages.flatMap(({ from }) => from ?? []));
    return undefined;
  }

  async #ask(conversation: string, asked: Asked): Promise<Page | string> {
    for (let tries = 1; ; tries++) {
      const answer = await this.#askOnce(conversation, asked);
      if (answer === undefined) return 'There is no connection.';
      if (answer.type === 'page') return answer;
      const isPassing = answer.code === 'rate-limited' || answer.code === 'unavailable';
      if (!isPassing || tries === TRIES)
        return isPassing ? 'The server is busy.' : 'The server does not give these messages.';
      const millis = answer.retryAfterSeconds === undefined ? AGAIN_MILLIS * tries : answer.retryAfterSeconds * 1000;
      await new Promise<void>((resolve) => this.#parts.clock.after(millis, resolve));
    }
  }

  #askOnce(conversation: string, asked: Asked): Promise<Page | ErrorFrame | undefined> {
    if (!this.#parts.isLive()) return Promise.resolve(undefined);
    this.#asked += 1;
    const ref = `pull-${this.#asked}`;
    return new Promise((resolve) => {
      const late = this.#parts.clock.after(ANSWER_MILLIS, () => {
        this.#questions.delete(ref);
        resolve(undefined);
      });
      const done = (answer: Page | ErrorFrame | undefined): void => {
        late();
        resolve(answer);
      };
      this.#questions.set(ref, { answered: done, failed: done });
      this.#parts.pace.submit(ref, { type: 'pull', conversation, ...asked, ref });
    });
  }
}

/**
 * The first entries of what should be held that are not: a hole, or what follows the run though it is known to exist. Once all that was
 * missed has been pushed, the latter can only be own messages.
 */
function missingIn({ holes, stored, heldFrom, head }: Holding): Range | undefined {
  const [hole] = holes;
  const hasRun = stored > 0 || heldFrom === 1;
  if (hole !== undefined || !hasRun || stored >= head) return hole;
  return [stored + 1, heldFrom > stored + 1 ? heldFrom - 1 : head];
}
