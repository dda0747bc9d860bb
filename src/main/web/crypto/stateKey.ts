import { type DBSchema, openDB } from 'idb';

// The library wants the key of its database as bytes. They are kept encrypted under a key that the browser keeps and never gives out:
// what is carried away from the databases is of no use elsewhere. A script that runs here can have it decrypted, and whoever has the
// disk has what the browser wrote there.

const NAME = 'parley-keys';
const STATE_KEY_BYTES = 32;
const IV_BYTES = 12;

interface Keys extends DBSchema {
  keys: { key: 'state'; value: WrappedKey };
}

interface WrappedKey {
  readonly by: CryptoKey;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly bytes: ArrayBuffer;
}

/** Made at the first call. Overwrite it with zeros when the library has it. */
export async function stateKey(name = NAME): Promise<Uint8Array<ArrayBuffer>> {
  const db = await open(name);
  try {
    const kept = await db.get('keys', 'state');
    if (kept !== undefined) {
      return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: kept.iv }, kept.by, kept.bytes));
    }
    const key = crypto.getRandomValues(new Uint8Array(STATE_KEY_BYTES));
    const by = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const bytes = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, by, key);
    const tx = db.transaction('keys', 'readwrite', { durability: 'strict' });
    await Promise.all([tx.store.add({ by, iv, bytes }, 'state'), tx.done]); // add, not put: a second maker must not take it away
    return key;
  } finally {
    db.close();
  }
}

/** Without it, what the library has stored cannot be read by anybody. */
export async function forgetStateKey(name = NAME): Promise<void> {
  const db = await open(name);
  try {
    const tx = db.transaction('keys', 'readwrite', { durability: 'strict' });
    await Promise.all([tx.store.clear(), tx.done]);
  } finally {
    db.close();
  }
}

function open(name: string) {
  return openDB<Keys>(name, 1, { upgrade: (db) => void db.createObjectStore('keys') });
}
