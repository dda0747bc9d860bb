import type { StoreKey, StoreValue } from 'idb';
import type { Body } from './model.ts';
import { draftOf, type Sealable } from './seal.ts';
import { isSealed } from './sealed.ts';
import type { Sealing } from './sealing.ts';
import { NOT_SEALED, type Reading, type Schema, type Storage, type Writing } from './storage.ts';

// What an older Parley has stored stands there open. It is read like that too, and sealed bit by bit while nobody waits for it. What
// the browser has overwritten may be in its files until it tidies them up: that is not in our hands.

/** Few enough that whoever wants to read or write meanwhile does not notice. */
const STEP = 100;
const PAUSE_MILLIS = 25;

type Spoken = 'unsent' | 'drafts' | 'chats' | 'messages';

/** Where bodies are in the records of a store. */
interface Shelf<S extends Spoken> {
  readonly store: S;
  /** Undefined where nothing is said. */
  said(value: StoreValue<Schema, S>, key: StoreKey<Schema, S>): Sealable | undefined;
  /** The record with this body instead. */
  saying(value: StoreValue<Schema, S>, body: Body): StoreValue<Schema, S>;
  /** Only where there are many: what is noted, so as to go on from there. */
  left?(upTo: StoreKey<Schema, S>): Left;
}

const UNSENT: Shelf<'unsent'> = {
  store: 'unsent',
  said: (unsent) => unsent,
  saying: (unsent, body) => ({ ...unsent, body }),
};
const DRAFTS: Shelf<'drafts'> = {
  store: 'drafts',
  said: (draft, key) => draftOf(key, draft),
  saying: (_, body) => body,
};
const CHATS: Shelf<'chats'> = {
  store: 'chats',
  said: ({ last }) => last,
  saying: (chat, body) => (chat.last === undefined ? chat : { ...chat, last: { ...chat.last, body } }),
};
const MESSAGES: Shelf<'messages'> = {
  store: 'messages',
  said: (message) => message,
  saying: (message, body) => ({ ...message, body }),
  left: (upTo) => ({ upTo }),
};

/** In `state` until all is done: up to which of the messages it is. */
interface Left {
  readonly upTo?: StoreKey<Schema, 'messages'>;
}

/** Done once, and resumed where it was interrupted. A database that this Parley has made has nothing to do. */
export async function sealOld(storage: Storage, sealing: Sealing, pauseMillis = PAUSE_MILLIS): Promise<void> {
  const left = await storage.read(['state'], leftIn);
  if (left === undefined || !(await sealing.seal()).hasKey) return;
  const sealShelf = async <S extends Spoken>(shelf: Shelf<S>, after?: StoreKey<Schema, S>): Promise<void> => {
    let upTo = await sealStep(storage, sealing, shelf, after);
    while (upTo !== undefined) {
      await new Promise((resolve) => setTimeout(resolve, pauseMillis));
      upTo = await sealStep(storage, sealing, shelf, upTo);
    }
  };
  await sealShelf(UNSENT); // first, since a message that leaves the outbox takes its body along as it is
  await sealShelf(DRAFTS);
  await sealShelf(CHATS);
  await sealShelf(MESSAGES, left.upTo);
  await storage.write(['state'], 'relaxed', (tx) => tx.objectStore('state').delete(NOT_SEALED));
}

/** Up to where it came; undefined at the end. */
async function sealStep<S extends Spoken>(
  storage: Storage,
  sealing: Sealing,
  shelf: Shelf<S>,
  after: StoreKey<Schema, S> | undefined,
): Promise<StoreKey<Schema, S> | undefined> {
  const { store } = shelf;
  const range = after === undefined ? null : IDBKeyRange.lowerBound(after, true);
  const [keys, values] = await storage.read([store], (tx) =>
    Promise.all([tx.objectStore(store).getAllKeys(range, STEP), tx.objectStore(store).getAll(range, STEP)]),
  );
  const upTo = keys.length < STEP ? undefined : keys.at(-1);
  const open = keys.flatMap((key, at) => {
    const said = openIn(shelf, values[at], key);
    return said === undefined ? [] : [{ key, said }];
  });
  if (open.length === 0) return upTo;
  const task = { stores: [store], durability: 'relaxed', said: open.map(({ said }) => said) } as const;
  await sealing.write(task, async (tx, sealed) => {
    if ((await leftIn(tx)) === undefined) return; // emptied meanwhile
    const shelves = tx.objectStore(store);
    for (const [at, { key, said }] of open.entries()) {
      const now = await shelves.get(key);
      const body = sealed[at]?.body;
      const still = openIn(shelf, now, key);
      if (now === undefined || body === undefined || still === undefined || still.id !== said.id) continue; // gone or sealed meanwhile
      await shelves.put(shelf.saying(now, body), shelves.keyPath === null ? key : undefined);
    }
    if (upTo !== undefined && shelf.left !== undefined) await tx.objectStore('state').put(shelf.left(upTo), NOT_SEALED);
  });
  return upTo;
}

function openIn<S extends Spoken>(
  shelf: Shelf<S>,
  value: StoreValue<Schema, S> | undefined,
  key: StoreKey<Schema, S>,
): Sealable | undefined {
  const said = value === undefined ? undefined : shelf.said(value, key);
  return said === undefined || isSealed(said.body) ? undefined : said;
}

async function leftIn(tx: Reading | Writing): Promise<Left | undefined> {
  return (await tx.objectStore('state').get(NOT_SEALED)) as Left | undefined;
}
