import { LIBRARY_DATABASE } from '../../crypto/stored.ts';

// Takes a copy of what the browser has stored, and puts it back: what a restored disk image or profile does.

const STORE = 'blocks';

export async function saveState(): Promise<unknown> {
  const db = await open();
  try {
    return await result(db.transaction(STORE, 'readonly').objectStore(STORE).getAll());
  } finally {
    db.close();
  }
}

export async function restoreState(saved: unknown): Promise<void> {
  if (!Array.isArray(saved)) throw new Error('nothing was saved');
  const db = await open();
  try {
    const tx = db.transaction(STORE, 'readwrite', { durability: 'strict' });
    const store = tx.objectStore(STORE);
    store.clear();
    for (const page of saved as unknown[]) store.put(page);
    await new Promise<void>((resolve, reject) => {
      tx.oncomplete = () => resolve();
      tx.onabort = () => reject(tx.error);
    });
  } finally {
    db.close();
  }
}

function open(): Promise<IDBDatabase> {
  return result(indexedDB.open(LIBRARY_DATABASE));
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
