import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB, type StoreNames } from 'idb';
import { storageProblem } from '../storage.ts';

// The files that this browser keeps: those on their way out, and those that were fetched. Always encrypted, each under a key of its own
// that the browser gives out to nobody, or under the one that it travels with; in parts, so that nothing is ever held whole in memory.
// A database of its own: what is here can be had again, or sent again, and may be cleared away.

const NAME = 'parley-media';
const VERSION = 1;

/** Of what is kept encrypted, in one row. A multiple of the encryption's segments. */
export const PART_BYTES = 1_048_576;
/** Fetched files beyond this go, those longest not looked at first. */
export const FETCHED_BYTES_MAX = 2 * 1024 ** 3;

export interface ShelfFile {
  /** Its name here. */
  readonly id: string;
  readonly conversation: string;
  /** It is encrypted with this, here; where the browser keeps no keys, the bytes themselves. */
  readonly key: CryptoKey | Uint8Array<ArrayBuffer>;
  /** Of the file itself, in bytes. */
  readonly size: number;
  /** Encrypted, as it stands here. */
  readonly bytes: number;
  /** All of it is here. */
  readonly isWhole: boolean;
  /** It belongs to a message that is not sent: it is not thrown away. */
  readonly isUnsent: boolean;
  /** The upload that it is. */
  readonly media?: string;
  /** SHA-256, base64url: as it stands here, and as it is. */
  readonly sha256?: { readonly encrypted: string; readonly plain: string };
  /** Where its upload goes on, and in which form it goes. */
  readonly upload?: { readonly path: string; readonly form: UploadForm };
  readonly isPaused?: boolean;
  /** When it was last looked at, by this device's clock. */
  readonly used: number;
}

export type UploadForm = 'encrypted' | 'plain';

interface Schema extends DBSchema {
  state: { key: 'owner'; value: string };
  files: { key: string; value: ShelfFile; indexes: { media: string } };
  parts: { key: [string, number]; value: ArrayBuffer };
}
type Store = StoreNames<Schema>;
type Transaction = IDBPTransaction<Schema, Store[], 'readwrite'>;

const STORES: Store[] = ['state', 'files', 'parts'];

/** Every call may fail with a StorageFull or a StorageFailed. Pages and the worker have it open at once. */
export class Shelf {
  readonly #name: string;
  #opening: Promise<IDBPDatabase<Schema>> | undefined;

  constructor(name = NAME) {
    this.#name = name;
  }

  /** Of anybody but `owner` nothing is kept. */
  begin(owner: string): Promise<void> {
    return this.#in(STORES, 'readwrite', async (tx) => {
      if ((await tx.objectStore('state').get('owner')) === owner) return;
      await Promise.all(STORES.map((store) => tx.objectStore(store).clear()));
      await tx.objectStore('state').put(owner, 'owner');
    });
  }

  wipe(): Promise<void> {
    return this.#in(STORES, 'readwrite', async (tx) => {
      await Promise.all(STORES.map((store) => tx.objectStore(store).clear()));
    });
  }

  put(file: ShelfFile): Promise<void> {
    return this.#in(['files'], 'readwrite', async (tx) => {
      await tx.objectStore('files').put(file);
    });
  }

  file(id: string): Promise<ShelfFile | undefined> {
    return this.#in(['files'], 'readonly', (tx) => tx.objectStore('files').get(id));
  }

  files(): Promise<ShelfFile[]> {
    return this.#in(['files'], 'readonly', (tx) => tx.objectStore('files').getAll());
  }

  ofUpload(media: string): Promise<ShelfFile | undefined> {
    return this.#in(['files'], 'readonly', (tx) => tx.objectStore('files').index('media').get(media));
  }

  /** Undefined if it is not there any more. */
  change(id: string, change: (file: ShelfFile) => ShelfFile): Promise<ShelfFile | undefined> {
    return this.#in(['files'], 'readwrite', async (tx) => {
      const files = tx.objectStore('files');
      const file = await files.get(id);
      if (file === undefined) return undefined;
      const changed = change(file);
      await files.put(changed);
      return changed;
    });
  }

  /** False if the file is not there any more: nothing was kept. */
  keepPart(id: string, index: number, bytes: ArrayBuffer): Promise<boolean> {
    return this.#in(['files', 'parts'], 'readwrite', async (tx) => {
      if ((await tx.objectStore('files').getKey(id)) === undefined) return false;
      await tx.objectStore('parts').put(bytes, [id, index]);
      return true;
    });
  }

  part(id: string, index: number): Promise<ArrayBuffer | undefined> {
    return this.#in(['parts'], 'readonly', (tx) => tx.objectStore('parts').get([id, index]));
  }

  /** Which parts are here, ascending. */
  async partsOf(id: string): Promise<number[]> {
    const keys = await this.#in(['parts'], 'readonly', (tx) => tx.objectStore('parts').getAllKeys(partsOf(id)));
    return keys.map(([, index]) => index);
  }

  delete(...ids: readonly string[]): Promise<void> {
    return this.#in(['files', 'parts'], 'readwrite', async (tx) => {
      await Promise.all(
        ids.flatMap((id) => [tx.objectStore('files').delete(id), tx.objectStore('parts').delete(partsOf(id))]),
      );
    });
  }

  /** Throws away fetched files, the longest unused first, until all of them together are no more than this. */
  async makeRoom(bytesMax = FETCHED_BYTES_MAX): Promise<void> {
    const fetched = (await this.files())
      .filter(({ isUnsent }) => !isUnsent)
      .sort((one, other) => other.used - one.used);
    let bytes = 0;
    const gone = fetched.filter((file) => {
      bytes += file.bytes;
      return bytes > bytesMax;
    });
    if (gone.length > 0) await this.delete(...gone.map(({ id }) => id));
  }

  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    (await opening)?.close();
  }

  async #in<T>(stores: Store[], mode: 'readonly' | 'readwrite', work: (tx: Transaction) => Promise<T>): Promise<T> {
    try {
      const tx = (await this.#open()).transaction(stores, mode) as Transaction;
      tx.done.catch(() => {}); // told below
      const result = await work(tx);
      await tx.done;
      return result;
    } catch (problem) {
      throw storageProblem(problem);
    }
  }

  #open(): Promise<IDBPDatabase<Schema>> {
    this.#opening ??= openDB<Schema>(this.#name, VERSION, {
      upgrade: (db) => {
        db.createObjectStore('state');
        db.createObjectStore('files', { keyPath: 'id' }).createIndex('media', 'media');
        db.createObjectStore('parts');
      },
      blocking: (_current, _wanted, event) => {
        this.#opening = undefined;
        (event.target as IDBDatabase).close();
      },
      terminated: () => {
        this.#opening = undefined;
      },
    });
    this.#opening.catch(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }
}

function partsOf(id: string): IDBKeyRange {
  return IDBKeyRange.bound([id, 0], [id, Number.MAX_SAFE_INTEGER]);
}
