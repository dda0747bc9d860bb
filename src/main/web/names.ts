import { peerOf } from './model.ts';
import type { Parts } from './parts.ts';
import { isUserId } from './protocol.ts';
import { NetworkProblem, RestProblem } from './rest.ts';
import type { KnownPerson } from './storage.ts';

const AT_ONCE = 2;
const WAITING_MAX = 500;
const STALE_MILLIS = 24 * 60 * 60_000;
const AGAIN_MILLIS = 5_000;

/** What people are called: asked of the server when first met and now and then after, kept in the database. */
export class Names {
  readonly #parts: Parts;
  readonly #askedAt = new Map<string, number>();
  /** In the order of asking. */
  readonly #waiting = new Set<string>();
  readonly #asking = new Set<string>();
  #isLoaded = false;
  #isResting = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async welcome(): Promise<void> {
    const people = (await this.#parts.reading((database) => database.people())) ?? [];
    for (const { user, asked } of people) this.#askedAt.set(user, asked);
    this.#isLoaded = true;
    const chats = (await this.#parts.reading((database) => database.chats())) ?? [];
    const peers = chats
      .sort((one, other) => other.updated - one.updated)
      .map(({ conversation }) => peerOf(conversation, this.#parts.me.user));
    this.want([this.#parts.me.user, ...peers]);
  }

  want(users: readonly string[]): void {
    for (const user of users) {
      const isFresh = this.#parts.clock.now() - (this.#askedAt.get(user) ?? Number.NEGATIVE_INFINITY) < STALE_MILLIS;
      if (isFresh || !isUserId(user) || this.#asking.has(user) || this.#waiting.size >= WAITING_MAX) continue;
      this.#waiting.add(user);
    }
    this.#pump();
  }

  #pump(): void {
    if (!this.#isLoaded || this.#isResting) return;
    for (const user of this.#waiting) {
      if (this.#asking.size >= AT_ONCE) return;
      this.#waiting.delete(user);
      this.#asking.add(user);
      void this.#ask(user);
    }
  }

  async #ask(user: string): Promise<void> {
    const asked = this.#parts.clock.now();
    try {
      const person: KnownPerson = { ...(await this.#parts.rest.user(user)), asked };
      this.#askedAt.set(user, asked);
      await this.#parts.writing((database, me) => database.keepPeople(me, [person]));
      this.#parts.tell({ kind: 'changes', people: [person] });
    } catch (problem) {
      this.#failed(user, asked, problem);
    } finally {
      this.#asking.delete(user);
    }
    this.#pump();
  }

  #failed(user: string, asked: number, problem: unknown): void {
    const isPassing = problem instanceof NetworkProblem || (problem instanceof RestProblem && problem.status >= 429);
    if (!isPassing) {
      this.#askedAt.set(user, asked); // nobody of that name, or no login: not again and again
      return;
    }
    this.#waiting.add(user);
    if (this.#isResting) return;
    this.#isResting = true;
    const seconds = problem instanceof RestProblem ? problem.retryAfterSeconds : undefined;
    this.#parts.clock.after(seconds === undefined ? AGAIN_MILLIS : seconds * 1000, () => {
      this.#isResting = false;
      this.#pump();
    });
  }
}
