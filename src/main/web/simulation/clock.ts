import type { Clock, Random } from '../ports.ts';

interface Alarm {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Time that passes only when a test lets it. */
export class SimulatedClock implements Clock {
  #now: number;
  #alarms: Alarm[] = [];
  #order = 0;
  /** Awaited before each alarm and after the last: what is under way comes to rest first. */
  readonly #settle: () => Promise<void>;

  constructor(settle: () => Promise<void> = settled, now = Date.UTC(2026, 10, 24, 8)) {
    this.#settle = settle;
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(millis: number, run: () => void): () => void {
    const alarm: Alarm = { at: this.#now + Math.max(0, millis), order: this.#order++, run };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
    };
  }

  /** The next thing that is due within `millis`, if any; true if there was one. */
  async step(millis: number): Promise<boolean> {
    await this.#settle();
    const end = this.#now + millis;
    let next: Alarm | undefined;
    for (const alarm of this.#alarms) {
      const isSooner = next === undefined || alarm.at < next.at || (alarm.at === next.at && alarm.order < next.order);
      if (alarm.at <= end && isSooner) next = alarm;
    }
    if (next === undefined) return false;
    const due = next;
    this.#alarms = this.#alarms.filter((alarm) => alarm !== due);
    this.#now = Math.max(this.#now, due.at);
    due.run();
    return true;
  }

  async pass(millis: number): Promise<void> {
    const end = this.#now + millis;
    while (await this.step(end - this.#now));
    this.#now = end;
    await this.#settle();
  }
}

/** Lets promises that are ready run on. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 3; round++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** A small generator with a seed, so that every history can be run again. */
export function seeded(seed: number): Random {
  let state = (seed * 2654435761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
