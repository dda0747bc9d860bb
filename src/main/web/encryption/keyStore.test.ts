import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { type GroupRecord, KeyStore, type Trust } from './keyStore.ts';

const group: GroupRecord = {
  conversation: 'ada~bo',
  group: 'YWRhfmJvLzE',
  joined: 3,
  since: 3,
  isOut: false,
  renewAt: 1,
};
const bo: Trust = { user: 'bo', uid: 'u-bo', identity: 'aaaa', version: 1, devices: [], past: [], withoutKeys: 0 };
const ONE = '00000000000000a1';

async function filled(name: string): Promise<KeyStore> {
  const store = new KeyStore(name);
  await store.begin({ device: ONE, login: 1 });
  await store.keepGroup(group);
  await store.keepTrust('bo', () => bo);
  return store;
}

test('what is known is there again at the next start of the same device', async () => {
  const store = await filled('same');
  await store.begin({ device: ONE, login: 1 });
  expect(await store.group('ada~bo')).toEqual(group);
  expect(await store.trust('bo')).toEqual(bo);
});

test('after another login with the password no group is gone on with: the state may be an old copy', async () => {
  const store = await filled('login');
  await store.begin({ device: ONE, login: 2 });
  expect(await store.group('ada~bo')).toEqual({ ...group, isOut: true });
  expect(await store.trust('bo')).toEqual(bo);
});

test('another device finds nothing of the one before', async () => {
  const store = await filled('other');
  await store.begin({ device: '00000000000000a2', login: 1 });
  expect(await store.groups()).toEqual([]);
  expect(await store.trust('bo')).toBeUndefined();
});

test('nothing is left after a wipe', async () => {
  const store = await filled('wiped');
  await store.wipe();
  expect(await store.groups()).toEqual([]);
  expect(await store.trust('bo')).toBeUndefined();
});

test('a change of what is known of somebody sees what stands there', async () => {
  const store = await filled('change');
  await Promise.all([
    store.keepTrust('bo', (before) => before && { ...before, version: before.version + 1 }),
    store.keepTrust('bo', (before) => before && { ...before, version: before.version + 1 }),
    store.keepTrust('bo', () => undefined),
  ]);
  expect((await store.trust('bo'))?.version).toBe(3);
});
