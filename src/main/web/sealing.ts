import { StorageFailed } from './archive.ts';
import type { Identity } from './model.ts';
import { Seal, type Sealable } from './seal.ts';
import { Forgotten, identityIn, NOT_SEALED, type Reading, type Storage, type Store, type Writing } from './storage.ts';

// What people say stands in the database sealed, under a key that the browser keeps there and gives out to nobody: what is copied out
// of the stores is of no use elsewhere. Not protected from: a script that runs in the page, which can have everything opened here, and
// whoever has the whole profile of the browser, where the browser has written the key too. Who wrote to whom, when and how much stands
// beside it as it is. Some browsers keep no such key in some of their modes (WebKit's): there nothing is sealed, as before.
//
// A transaction ends while one waits for cryptography. So sealing comes before it begins and opening after it has ended, and inside it
// is made sure that the key is still the one that was sealed with: another login ends a key.

const KEY = 'sealingKey';
/** Tells keys apart without reading them, which is slow in some browsers. */
const NAME = 'sealingKeyName';

/** Keys change when somebody logs in: never so often while one message is being written. */
const TRIES = 5;

const NO_SEAL = new Seal('', undefined);

/** Between sealing and the transaction another login came, and another key with it. */
class KeyIsAnother extends Error {}

export interface Task<S extends readonly Sealable[]> {
  readonly stores: readonly Store[];
  readonly durability?: 'strict' | 'relaxed';
  /** Nothing is written when another device is logged in. */
  readonly me?: Identity;
  /** What is to be sealed first. */
  readonly said?: S;
}

/** The storage, for whoever reads or writes what people said. */
export class Sealing {
  readonly #storage: Storage;
  #known: Seal | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #canKeepKeys = true;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** What was found, and what opens it. */
  async read<T>(
    stores: Store[],
    work: (tx: Reading) => Promise<T>,
  ): Promise<{ readonly found: T; readonly seal: Seal }> {
    const [seal, found] = await this.#storage.read(withState(stores), (tx) =>
      Promise.all([this.#sealIn(tx), work(tx)]),
    );
    return { found, seal: seal ?? NO_SEAL };
  }

  /** `work` gets sealed what the task has to say. What it gives back is opened with the seal beside it. */
  async write<T, const S extends readonly Sealable[]>(
    { stores, durability = 'strict', me, said }: Task<S>,
    work: (tx: Writing, sealed: S) => Promise<T>,
  ): Promise<{ readonly found: T; readonly seal: Seal }> {
    for (let tries = 1; ; tries++) {
      const { seal, sealed } = await this.inTurn(this.#prepared(said));
      try {
        const found = await this.#storage.write(withState(stores), durability, async (tx) => {
          if (me !== undefined && (await identityIn(tx))?.device !== me.device) throw new Forgotten();
          if (!(await this.#isStill(seal, tx))) throw new KeyIsAnother();
          return work(tx, sealed);
        });
        return { found, seal };
      } catch (problem) {
        if (!(problem instanceof KeyIsAnother)) throw problem;
        if (tries === TRIES)
          throw new StorageFailed('The key to the messages on this device cannot be kept: restart the browser.');
        this.#known = undefined;
      }
    }
  }

  /** Writes begin in the order they were asked for, though one takes longer to seal than another. */
  inTurn(): Promise<void>;
  inTurn<T>(preparing: Promise<T>): Promise<T>;
  inTurn(preparing: Promise<unknown> = Promise.resolve()): Promise<unknown> {
    preparing.catch(() => {}); // told to whoever waits for their turn
    const mine = this.#turn.then(() => preparing);
    this.#turn = mine.catch(() => {});
    return mine;
  }

  /** Made at the first need. Two tabs may try at once: the first one's stays. */
  async seal(): Promise<Seal> {
    if (this.#known !== undefined) return this.#known;
    const kept = await this.#storage.read(['state'], (tx) => this.#sealIn(tx));
    if (kept !== undefined) return kept;
    if (!this.#canKeepKeys) return NO_SEAL;
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
    try {
      return await this.#keep(new Seal(crypto.randomUUID(), key), key);
    } catch (problem) {
      if (!isUnkeepable(problem)) throw problem;
      await this.#storage.write(['state'], 'strict', (tx) => tx.objectStore('state').put({}, NOT_SEALED));
      this.#canKeepKeys = false;
      return NO_SEAL;
    }
  }

  #keep(seal: Seal, key: CryptoKey): Promise<Seal> {
    return this.#storage.write(['state'], 'strict', async (tx) => {
      const others = await this.#sealIn(tx);
      if (others !== undefined) return others;
      const state = tx.objectStore('state');
      await Promise.all([state.put(key, KEY), state.put(seal.name, NAME)]);
      return seal;
    });
  }

  /** Whoever was logged in is not any more: what was open in memory goes too. */
  forget(): void {
    this.#known = undefined;
    this.#canKeepKeys = true; // asked anew
  }

  async #isStill(seal: Seal, tx: Writing): Promise<boolean> {
    return ((await this.#sealIn(tx)) ?? NO_SEAL).name === seal.name;
  }

  async #prepared<S extends readonly Sealable[]>(said: S | undefined): Promise<{ seal: Seal; sealed: S }> {
    const seal = await this.seal();
    return { seal, sealed: (await seal.sealAll(said ?? [])) as readonly Sealable[] as S };
  }

  async #sealIn(tx: Reading | Writing): Promise<Seal | undefined> {
    const state = tx.objectStore('state');
    const name = await state.get(NAME);
    if (typeof name !== 'string') return undefined;
    if (this.#known?.name === name) return this.#known;
    const key = await state.get(KEY);
    if (!(key instanceof CryptoKey)) return undefined;
    this.#known = new Seal(name, key);
    return this.#known;
  }
}

/** The browser does not store keys. */
function isUnkeepable(problem: unknown): boolean {
  return (
    problem instanceof StorageFailed && problem.cause instanceof DOMException && problem.cause.name === 'DataCloneError'
  );
}

function withState(stores: readonly Store[]): Store[] {
  return [...new Set<Store>(['state', ...stores])];
}
