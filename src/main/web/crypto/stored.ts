// core-crypto keeps its database in memory and hands the pages that changed to IndexedDB after the call that changed them has returned.
// It says neither when they are stored nor that they could not be. MLS needs to know: what was encrypted with a state that is lost must
// never be sent. So this watches the writes where they pass.

/** How the library calls its database in IndexedDB. */
export const LIBRARY_DATABASE = 'core-crypto';

type Begin = IDBDatabase['transaction'];

export class StoredWrites {
  readonly #underWay = new Set<Promise<void>>();
  #failure: unknown;

  /** All later writes of this page or worker to the library's database. Called once, before the library opens it. */
  static watch(): StoredWrites {
    const writes = new StoredWrites();
    const prototype = IDBDatabase.prototype;
    const begin: Begin = prototype.transaction;
    prototype.transaction = function (this: IDBDatabase, ...[stores, mode, options]: Parameters<Begin>) {
      if (this.name !== LIBRARY_DATABASE || mode !== 'readwrite') return begin.call(this, stores, mode, options);
      // a state that comes back older after a power cut would use keys twice
      const transaction = begin.call(this, stores, mode, { ...options, durability: 'strict' });
      writes.#follow(transaction);
      return transaction;
    };
    return writes;
  }

  /** Resolves when everything that was changed is on disk; fails, from then on always, if something could not be written. */
  async settled(): Promise<void> {
    do {
      await nextTurn(); // the library begins a write in a turn of its own, and the next one when the one before has ended
      await Promise.all(this.#underWay);
      await nextTurn();
    } while (this.#underWay.size > 0);
    if (this.#failure !== undefined) throw this.#failure;
  }

  #follow(transaction: IDBTransaction): void {
    const ended = new Promise<void>((resolve) => {
      transaction.addEventListener('complete', () => resolve());
      transaction.addEventListener('abort', () => {
        this.#failure ??= transaction.error ?? new Error('a write was given up');
        resolve();
      });
    });
    this.#underWay.add(ended);
    void ended.then(() => this.#underWay.delete(ended));
  }
}

/** Of the event loop. Timers would be slowed in hidden pages. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
