import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { LIBRARY_DATABASE, StoredWrites } from './stored.ts';

const writes = StoredWrites.watch();

function open(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('blocks');
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

test('it waits for a write, and for the one that begins when that has ended', async () => {
  const db = await open(LIBRARY_DATABASE);
  const done: string[] = [];
  const write = (key: string, then?: () => void): void => {
    const tx = db.transaction('blocks', 'readwrite');
    tx.objectStore('blocks').put('page', key);
    tx.oncomplete = () => {
      done.push(key);
      then?.();
    };
  };
  write('first', () => queueMicrotask(() => write('second')));
  await writes.settled();
  expect(done).toEqual(['first', 'second']);
  db.close();
});

test('what others write is no business of its', async () => {
  const db = await open('another');
  db.transaction('blocks', 'readwrite').abort();
  await writes.settled();
  db.close();
});

test('a write that failed once is never forgotten', async () => {
  const db = await open(LIBRARY_DATABASE);
  const tx = db.transaction('blocks', 'readwrite');
  tx.objectStore('blocks').put('page', 'key').onerror = (event) => event.preventDefault();
  tx.abort();
  await expect(writes.settled()).rejects.toThrow();
  await expect(writes.settled()).rejects.toThrow();
  db.close();
});
