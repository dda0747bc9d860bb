import type { Random } from './ports.ts';

const FIRST_MILLIS = 500;
const MOST_MILLIS = 30_000;

/** How long to wait before the next attempt: doubling, spread at random so that the clients of a node do not come back as one. */
export class Backoff {
  readonly #random: Random;
  readonly #first: number;
  readonly #most: number;
  #failures = 0;

  constructor(random: Random, first = FIRST_MILLIS, most = MOST_MILLIS) {
    this.#random = random;
    this.#first = first;
    this.#most = most;
  }

  /** Between half and all of the present step, which then doubles. */
  next(): number {
    const step = Math.min(this.#most, this.#first * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 30);
    return Math.round(step * (0.5 + this.#random() / 2));
  }

  /** Only for what has proved to last: a server that takes connections and drops them at once must not be stormed. */
  reset(): void {
    this.#failures = 0;
  }
}
