import type { Presence } from './model.ts';
import type { Parts } from './parts.ts';
import { isUserId } from './protocol.ts';

/** A page that has said nothing for so long is gone; one that is there repeats itself. */
const PAGE_MILLIS = 150_000;
const PAGES_MAX = 50;
const TYPING_MILLIS = 3_000;
const TYPING_MAX = 200;

interface Watching {
  readonly users: readonly string[];
  readonly at: number;
}

/** Whose presence the pages show, merged for the one socket; and the person's own typing, which is told rarely. */
export class Watches {
  readonly #parts: Parts;
  readonly #pages = new Map<string, Watching>();
  readonly #presences = new Map<string, Presence>();
  readonly #typedAt = new Map<string, number>();
  /** On this socket. */
  readonly #watched = new Set<string>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  watching(page: string, users: readonly string[]): void {
    this.#pages.delete(page);
    if (users.length > 0) this.#pages.set(page, { users: users.filter(isUserId), at: this.#parts.clock.now() });
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= PAGES_MAX) break;
      this.#pages.delete(oldest);
    }
    this.#agree();
  }

  welcome(): void {
    this.#watched.clear();
    this.#agree();
  }

  tick(): void {
    const now = this.#parts.clock.now();
    for (const [page, { at }] of this.#pages) if (now - at >= PAGE_MILLIS) this.#pages.delete(page);
    this.#agree();
  }

  presence(presence: Presence): void {
    if (this.#watched.has(presence.user)) this.#presences.set(presence.user, presence);
    this.#parts.tell({ kind: 'presence', presence });
  }

  /** For a page that has just come. */
  tellAll(): void {
    for (const presence of this.#presences.values()) this.#parts.tell({ kind: 'presence', presence });
  }

  typing(conversation: string): void {
    const now = this.#parts.clock.now();
    const before = this.#typedAt.get(conversation);
    if (!this.#parts.isLive() || (before !== undefined && now >= before && now - before < TYPING_MILLIS)) return;
    if (this.#typedAt.size >= TYPING_MAX) this.#typedAt.clear();
    this.#typedAt.set(conversation, now);
    this.#parts.pace.submit(`typing ${conversation}`, { type: 'typing', conversation });
  }

  /** True if the error was about a watch. One name that is not there spoils the whole list: then each goes alone. */
  refused(ref: string | undefined, code: string): boolean {
    if (ref !== 'watch' && ref?.startsWith('watch ') !== true) return false;
    if (ref === 'watch' && code === 'unknown-user') {
      for (const user of this.#watched)
        this.#parts.pace.submit(`watch ${user}`, { type: 'watch', users: [user], ref: `watch ${user}` });
    } else if (ref === 'watch') {
      this.#watched.clear(); // at the next tick again
    }
    return true;
  }

  #agree(): void {
    if (!this.#parts.isLive()) return;
    const wanted = new Set(
      [...this.#pages.values()].flatMap(({ users }) => users).slice(0, this.#parts.limits().watch),
    );
    const more = [...wanted].filter((user) => !this.#watched.has(user));
    const less = [...this.#watched].filter((user) => !wanted.has(user));
    for (const user of less) {
      this.#watched.delete(user);
      this.#presences.delete(user);
    }
    for (const user of more) this.#watched.add(user);
    // both name what changed since they were last said, so each goes out by itself
    if (less.length > 0) this.#parts.send({ type: 'unwatch', users: less });
    if (more.length > 0) this.#parts.send({ type: 'watch', users: more, ref: 'watch' });
  }
}
