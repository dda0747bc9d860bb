import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB, type StoreNames } from 'idb';
import type { Identity } from '../model.ts';
import type { OwnIdentity } from './identity.ts';

// What this browser keeps of keys, besides the state of the library: its own identity key, those of others, and which groups it is in.
// Public keys and names of groups only, but for what the browser itself does not give out. Pages and the worker have it open at once.

const NAME = 'parley-encryption';
const VERSION = 1;

export interface KnownDevice {
  readonly device: string;
  /** base64url. */
  readonly signatureKey: string;
  /** Of `signatureKey`, as the library tells of members. */
  readonly thumbprint: string;
}

/** What is known of somebody's keys: pinned at the first sight, and compared with what the server says later. */
export interface Trust {
  readonly user: string;
  readonly uid: string;
  /** base64url; what vouches for the devices. */
  readonly identity: string;
  /** Of the server's directory: it never falls. */
  readonly version: number;
  readonly devices: readonly KnownDevice[];
  /** Vouched for by an earlier or this identity, and not linked any more: to be removed from groups, but not unknown. */
  readonly past: readonly KnownDevice[];
  /** How many linked devices have no keys: what is encrypted cannot be read there. */
  readonly withoutKeys: number;
  /** The identity whose number the person has compared. */
  readonly compared?: string;
}

/** An encrypted conversation, as this device takes part in it. */
export interface GroupRecord {
  readonly conversation: string;
  /** The MLS group's id, base64url. */
  readonly group: string;
  /** The entry by which this device came in last: what stands before it, it cannot decrypt. 0 while it is not in. */
  readonly joined: number;
  /** The entry by which it came in first: what it cannot read after that, it has missed. 0 where it never was in. */
  readonly since: number;
  /** It has to come in (again) by a commit of its own: its state is not there, or has been left behind. */
  readonly isOut: boolean;
  /** When this device is to renew its keys, by its clock. */
  readonly renewAt: number;
}

interface Begun {
  readonly device: string;
  readonly login: number;
}

interface Schema extends DBSchema {
  own: { key: 'identity' | 'sealing' | 'device'; value: OwnIdentity | CryptoKeyPair | Begun };
  people: { key: string; value: Trust };
  groups: { key: string; value: GroupRecord };
}
type Store = StoreNames<Schema>;
type Writing = IDBPTransaction<Schema, Store[], 'readwrite'>;

const STORES: Store[] = ['own', 'people', 'groups'];

export class KeyStore {
  readonly #name: string;
  #opening: Promise<IDBPDatabase<Schema>> | undefined;

  constructor(name = NAME) {
    this.#name = name;
  }

  async identity(): Promise<OwnIdentity | undefined> {
    return (await (await this.#open()).get('own', 'identity')) as OwnIdentity | undefined;
  }

  keepIdentity(identity: OwnIdentity): Promise<void> {
    return this.#write(['own'], (tx) => tx.objectStore('own').put(identity, 'identity'));
  }

  dropIdentity(): Promise<void> {
    return this.#write(['own'], (tx) => tx.objectStore('own').delete('identity'));
  }

  async sealingKeys(): Promise<CryptoKeyPair | undefined> {
    return (await (await this.#open()).get('own', 'sealing')) as CryptoKeyPair | undefined;
  }

  keepSealingKeys(keys: CryptoKeyPair): Promise<void> {
    return this.#write(['own'], (tx) => tx.objectStore('own').put(keys, 'sealing'));
  }

  /**
   * Everything here belongs to one device: of another one nothing is kept. After a new login with the password, as one that has been copied
   * back has to do, no group is gone on with: keys of it may have been used already.
   */
  begin({ device, login = 0 }: Pick<Identity, 'device' | 'login'>): Promise<void> {
    return this.#write(STORES, async (tx) => {
      const own = tx.objectStore('own');
      const before = (await own.get('device')) as Begun | undefined;
      if (before?.device === device && before.login === login) return;
      const groups = tx.objectStore('groups');
      if (before?.device === device) {
        for (const group of await groups.getAll()) await groups.put({ ...group, isOut: true });
      } else {
        for (const store of STORES) await tx.objectStore(store).clear();
      }
      await own.put({ device, login }, 'device');
    });
  }

  async trust(user: string): Promise<Trust | undefined> {
    return (await this.#open()).get('people', user);
  }

  /** `change` is given what stands there and says what is to. */
  keepTrust(user: string, change: (before: Trust | undefined) => Trust | undefined): Promise<void> {
    return this.#write(['people'], async (tx) => {
      const people = tx.objectStore('people');
      const now = change(await people.get(user));
      if (now !== undefined) await people.put(now);
    });
  }

  async group(conversation: string): Promise<GroupRecord | undefined> {
    return (await this.#open()).get('groups', conversation);
  }

  async groups(): Promise<GroupRecord[]> {
    return (await this.#open()).getAll('groups');
  }

  keepGroup(record: GroupRecord): Promise<void> {
    return this.#write(['groups'], (tx) => tx.objectStore('groups').put(record));
  }

  wipe(): Promise<void> {
    return this.#write(STORES, async (tx) => {
      for (const store of STORES) await tx.objectStore(store).clear();
    });
  }

  async #write(stores: Store[], work: (tx: Writing) => Promise<unknown>): Promise<void> {
    const tx = (await this.#open()).transaction(stores, 'readwrite', { durability: 'strict' });
    tx.done.catch(() => {}); // told below
    await work(tx);
    await tx.done;
  }

  #open(): Promise<IDBPDatabase<Schema>> {
    this.#opening ??= openDB<Schema>(this.#name, VERSION, {
      upgrade: (db) => {
        db.createObjectStore('own');
        db.createObjectStore('people', { keyPath: 'user' });
        db.createObjectStore('groups', { keyPath: 'conversation' });
      },
      blocking: (_current, _wanted, event) => {
        this.#opening = undefined;
        (event.target as IDBDatabase).close();
      },
      terminated: () => {
        this.#opening = undefined;
      },
    }).catch((problem: unknown) => {
      this.#opening = undefined;
      throw problem;
    });
    return this.#opening;
  }
}
