import type { Clock } from './ports.ts';
import type { ClientFrame } from './protocol.ts';

/** How many may go now, so many a second and a burst after a quiet time. */
export class TokenBucket {
  readonly #clock: Clock;
  #perSecond: number;
  #burst: number;
  #tokens: number;
  #at: number;

  constructor(clock: Clock, perSecond: number, burst: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
    this.#at = clock.now();
  }

  fill(perSecond: number, burst: number): void {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
    this.#at = this.#clock.now();
  }

  empty(): void {
    this.#tokens = 0;
    this.#at = this.#clock.now();
  }

  take(): boolean {
    const now = this.#clock.now();
    this.#tokens = Math.min(this.#burst, this.#tokens + (Math.max(0, now - this.#at) * this.#perSecond) / 1000);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** How long until the next one may go. */
  get waitMillis(): number {
    return Math.max(1, Math.ceil(((1 - this.#tokens) * 1000) / this.#perSecond));
  }
}

/** What the protocol allows besides messages is 50 a second, 200 at once; the heartbeats want their part. */
const PER_SECOND = 40;
const BURST = 150;

/**
 * The frames that are no messages, within what the server takes. One of the same name that still waits is replaced: of cumulative
 * words only the last matters, so the line is never longer than there are conversations and questions.
 */
export class Pace {
  readonly #clock: Clock;
  readonly #send: (frame: ClientFrame) => boolean;
  readonly #bucket: TokenBucket;
  readonly #waiting = new Map<string, ClientFrame>();
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, send: (frame: ClientFrame) => boolean) {
    this.#clock = clock;
    this.#send = send;
    this.#bucket = new TokenBucket(clock, PER_SECOND, BURST);
  }

  submit(name: string, frame: ClientFrame): void {
    this.#waiting.set(name, frame);
    if (this.#cancel === undefined) this.#pump();
  }

  /** A new connection: the server counts anew, and what waited for the old one is void. */
  restart(): void {
    this.stop();
    this.#bucket.fill(PER_SECOND, BURST);
  }

  /** The server says that it was too much. */
  pause(millis: number): void {
    this.#bucket.empty();
    this.#arm(millis);
  }

  stop(): void {
    this.#waiting.clear();
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #pump(): void {
    for (const [name, frame] of this.#waiting) {
      if (!this.#bucket.take()) {
        this.#arm(this.#bucket.waitMillis);
        return;
      }
      this.#waiting.delete(name);
      this.#send(frame);
    }
  }

  #arm(millis: number): void {
    this.#cancel?.();
    this.#cancel = this.#clock.after(millis, () => {
      this.#cancel = undefined;
      this.#pump();
    });
  }
}
