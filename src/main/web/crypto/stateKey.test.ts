import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { expect, test } from 'vitest';
import { forgetStateKey, stateKey } from './stateKey.ts';

test('the key is the same each time, and stands nowhere as it is', async () => {
  const key = await stateKey('same');
  expect(key).toHaveLength(32);
  expect(await stateKey('same')).toEqual(key);
  const db = await openDB('same');
  const kept = (await db.get('keys', 'state')) as { by: CryptoKey; bytes: ArrayBuffer };
  db.close();
  expect(kept.by.extractable).toBe(false);
  expect(Buffer.from(kept.bytes).includes(Buffer.from(key))).toBe(false);
});

test('a forgotten key is another one the next time', async () => {
  const key = await stateKey('forgotten');
  await forgetStateKey('forgotten');
  expect(await stateKey('forgotten')).not.toEqual(key);
});
