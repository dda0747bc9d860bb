import type { Clock } from './ports.ts';

/** How soon a step that failed is tried again. */
const AGAIN_MILLIS = 5_000;

/** Gathers what comes within a moment, and while the step before is still being written, so that a flood costs few transactions. */
export class Batch<T> {
  readonly #clock: Clock;
  readonly #gatherMillis: number;
  readonly #most: number;
  /** True: written. False: to be tried again. */
  readonly #write: (items: readonly T[]) => Promise<boolean>;
  #items: T[] = [];
  #isWriting = false;
  #cancel: (() => void) | undefined;
  /** Counts clearings, so that a step begun before one changes nothing after it. */
  #round = 0;

  constructor(clock: Clock, gatherMillis: number, most: number, write: (items: readonly T[]) => Promise<boolean>) {
    this.#clock = clock;
    this.#gatherMillis = gatherMillis;
    this.#most = most;
    this.#write = write;
  }

  get size(): number {
    return this.#items.length;
  }

  get isIdle(): boolean {
    return this.#items.length === 0 && !this.#isWriting;
  }

  add(item: T): void {
    this.#items.push(item);
    if (this.#items.length > this.#most) this.#items.shift();
    if (!this.#isWriting && this.#cancel === undefined) this.#arm(this.#gatherMillis);
  }

  clear(): void {
    this.#items = [];
    this.#round += 1;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #arm(millis: number): void {
    this.#cancel = this.#clock.after(millis, () => {
      this.#cancel = undefined;
      void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    const items = this.#items;
    const round = this.#round;
    if (items.length === 0 || this.#isWriting) return;
    this.#items = [];
    this.#isWriting = true;
    const isDone = await this.#write(items);
    this.#isWriting = false;
    if (!isDone && round === this.#round) this.#items = [...items, ...this.#items].slice(-this.#most);
    if (this.#items.length > 0 && this.#cancel === undefined) this.#arm(isDone ? 0 : AGAIN_MILLIS);
  }
}
