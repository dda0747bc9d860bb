import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB, type StoreNames } from 'idb';
import { StorageFailed, StorageFull } from './archive.ts';
import type { Holding } from './holding.ts';
import type { Body, Identity, Message, Person, Unsent } from './model.ts';

// The database as the browser has it: which stores there are, how an older one becomes the present one, transactions, and what their
// failures mean. What is written and why stands in database.ts and log.ts.

const VERSION = 2;

/** Bodies in it are sealed (sealing.ts), but for those of an older Parley that have not been yet (sweeping.ts). */
export interface Schema extends DBSchema {
  state: { key: string; value: unknown };
  messages: { key: [string, number]; value: Message; indexes: { time: number } };
  chats: { key: string; value: Holding };
  unsent: { key: string; value: Unsent };
  people: { key: string; value: KnownPerson };
  drafts: { key: string; value: Body | string };
}
export type Store = StoreNames<Schema>;
export type Writing = IDBPTransaction<Schema, Store[], 'readwrite'>;
export type Reading = IDBPTransaction<Schema, Store[], 'readonly'>;

export const STORES: Store[] = ['state', 'messages', 'chats', 'unsent', 'people', 'drafts'];

/** In `state` while bodies may stand in the stores as they are. */
export const NOT_SEALED = 'notSealed';

export interface KnownPerson extends Person {
  /** When the server was asked, by this device's clock. */
  readonly asked: number;
}

/** Another login took the place of the one that this was for: nothing was written. */
export class Forgotten extends Error {
  override readonly name = 'Forgotten';
}

/** Opens at the first need, and anew where the browser has closed it. */
export class Storage {
  readonly #name: string;
  #opening: Promise<IDBPDatabase<Schema>> | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  async read<T>(stores: Store[], work: (tx: Reading) => Promise<T>): Promise<T> {
    const tx = (await this.#open()).transaction(stores);
    try {
      return await work(tx);
    } catch (problem) {
      throw storageProblem(problem);
    }
  }

  /** On disk when it resolves. */
  async write<T>(stores: Store[], durability: 'strict' | 'relaxed', work: (tx: Writing) => Promise<T>): Promise<T> {
    const tx = (await this.#open()).transaction(stores, 'readwrite', { durability });
    tx.done.catch(() => {}); // told below; without this a failure would be told twice
    try {
      const result = await work(tx);
      await tx.done;
      return result;
    } catch (problem) {
      abort(tx);
      throw storageProblem(tx.error ?? problem);
    }
  }

  #open(): Promise<IDBPDatabase<Schema>> {
    this.#opening ??= this.#openNow().catch((problem: unknown) => {
      this.#opening = undefined;
      throw storageProblem(problem);
    });
    return this.#opening;
  }

  #openNow(): Promise<IDBPDatabase<Schema>> {
    const forget = (): void => {
      this.#opening = undefined;
    };
    return new Promise((resolve, reject) => {
      const opening = openDB<Schema>(this.#name, VERSION, {
        upgrade: (db, from, _to, tx) => upgrade(db, from, tx),
        blocked: () => reject(new StorageFailed('Parley was updated: close its other tabs, then reload this one.')),
        blocking: (_current, _wanted, event) => {
          forget();
          (event.target as IDBDatabase).close(); // a newer Parley waits for this one; at the next call this one is told so
        },
        terminated: forget,
      });
      opening.then(resolve, reject);
    });
  }

  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    (await opening)?.close();
  }
}

/** Each step leads from one version to the next, so that every older database finds its way. */
function upgrade(db: IDBPDatabase<Schema>, from: number, tx: IDBPTransaction<Schema, Store[], 'versionchange'>): void {
  if (from < 1) {
    db.createObjectStore('state');
    db.createObjectStore('messages', { keyPath: ['conversation', 'seq'] }).createIndex('time', 'time');
    db.createObjectStore('chats', { keyPath: 'conversation' });
    db.createObjectStore('unsent', { keyPath: 'id' });
    db.createObjectStore('people', { keyPath: 'user' });
    db.createObjectStore('drafts');
  } else if (from < 2) {
    // An older Parley would take sealed bodies for messages, even send them: it has to end before there are any.
    void tx.objectStore('state').put({}, NOT_SEALED);
  }
}

export async function identityIn(tx: Reading | Writing): Promise<Identity | undefined> {
  return (await tx.objectStore('state').get('identity')) as Identity | undefined;
}

function abort(tx: Writing): void {
  try {
    tx.abort();
  } catch {
    // it has failed or ended by itself
  }
}

/** What a failure of the browser's database means. */
export function storageProblem(problem: unknown): unknown {
  if (problem instanceof StorageFull || problem instanceof StorageFailed || problem instanceof Forgotten)
    return problem;
  if (!(problem instanceof DOMException)) return problem; // a mistake of ours, to be seen as one
  if (problem.name === 'QuotaExceededError' || /full disk|disk full|no space/i.test(problem.message)) {
    return new StorageFull('There is no space left for messages on this device.', { cause: problem });
  }
  if (problem.name === 'VersionError') {
    return new StorageFailed('Parley was updated in another tab: reload this one.', { cause: problem });
  }
  return new StorageFailed('The messages on this device cannot be read or written: reload, or restart the browser.', {
    cause: problem,
  });
}
