import { toBase64url } from '../crypto/bytes.ts';
import type { Clock } from '../ports.ts';
import type { KeyCalls } from './keyCalls.ts';
import type { KeyStore, Trust } from './keyStore.ts';
import { judge } from './trust.ts';

/** The server said what cannot be; nothing of it was taken. */
export class Distrust extends Error {
  override readonly name = 'Distrust';
}

/** Whose keys are whose, as far as this device knows; asked of the server when it is not fresh, and believed as far as `judge` says. */
export class Trusts {
  readonly #me: string;
  readonly #calls: KeyCalls;
  readonly #store: KeyStore;
  readonly #clock: Clock;
  readonly #changed: (trust: Trust) => Promise<void>;
  readonly #asked = new Map<string, number>();
  readonly #asking = new Map<string, Promise<Trust | undefined>>();

  /** `changed`: somebody's identity key is another one than before. */
  constructor(me: string, calls: KeyCalls, store: KeyStore, clock: Clock, changed: (trust: Trust) => Promise<void>) {
    this.#me = me;
    this.#calls = calls;
    this.#store = store;
    this.#clock = clock;
    this.#changed = changed;
  }

  /** As pinned. */
  known(user: string): Promise<Trust | undefined> {
    return this.#store.trust(user);
  }

  /** No older than so; undefined: this person has no keys yet. */
  async of(user: string, freshMillis: number): Promise<Trust | undefined> {
    const asked = this.#asked.get(user);
    const age = asked === undefined ? Number.POSITIVE_INFINITY : this.#clock.now() - asked;
    if (age >= 0 && age < freshMillis) return this.#store.trust(user);
    const asking = this.#asking.get(user) ?? this.#ask(user).finally(() => this.#asking.delete(user));
    this.#asking.set(user, asking);
    return asking;
  }

  /** The server says that something is new. */
  stale(user: string): void {
    this.#asked.delete(user);
  }

  async take(directory: Parameters<typeof judge>[0]): Promise<Trust | undefined> {
    const judged = await judge(directory, await this.#store.trust(directory.user));
    if (judged.kind === 'without-keys') return undefined;
    if (judged.kind === 'trusted' && judged.hasChanged && directory.user === this.#me)
      await this.#isByThisDevice(judged.trust);
    if (judged.kind === 'wrong') throw new Distrust(`keys of ${directory.user}: ${judged.why}`);
    await this.#store.keepTrust(directory.user, (before) => {
      if (before !== undefined && before.version > judged.trust.version) return undefined;
      const { compared: _, ...trust } = judged.trust;
      return before?.compared === undefined ? trust : { ...trust, compared: before.compared }; // a page may have compared meanwhile
    });
    if (judged.hasChanged) await this.#changed(judged.trust);
    return judged.trust;
  }

  /** One's own identity key changes by this device's doing, or this device has no part in it any more (`Keyring`). */
  async #isByThisDevice({ identity }: Trust): Promise<void> {
    const own = await this.#store.identity();
    if (own === undefined || toBase64url(own.key) !== identity) throw new Distrust('another identity key of one’s own');
  }

  async #ask(user: string): Promise<Trust | undefined> {
    const now = this.#clock.now();
    const trust = await this.take(await this.#calls.directory(user));
    this.#asked.set(user, now);
    return trust;
  }
}
