import type { Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import type { CommitBundle } from '../crypto/e2ee.ts';
import { Circle } from './mls/circle.ts';
import { Device } from './mls/device.ts';
import { Reader, readKeyPackage } from './mls/messages.ts';
import { buildPage, POLICY, servePage } from './mls/site.ts';

// What the client has to know of the library, one thing at a time.

const FOLDER = join(fileURLToPath(new URL('../../../../target/', import.meta.url)), 'mls-edges');
const NAME = { user: '00000000-0000-4000-8000-000000000000', device: '00000000000000ab' };

let origin: string;
let server: Server;

test.use({ trace: 'off', screenshot: 'off' });
test.beforeAll(async () => {
  buildPage(FOLDER);
  ({ origin, server } = await servePage(FOLDER));
});
test.afterAll(() => {
  server?.close();
});

test('without wasm-unsafe-eval it does not start, and says so', async ({ browser }) => {
  const strict = await servePage(FOLDER, POLICY.replace(" 'wasm-unsafe-eval'", ''));
  const device = await Device.start(browser, strict.origin, NAME, () => ({ kind: 'accepted' }));
  await expect(device.open()).rejects.toThrow(/Content Security Policy|unsafe-eval/);
  await device.end();
  strict.server.close();
});

test('a key package names the device and its signature key, and is there before the first group', async ({
  browser,
}) => {
  const device = await Device.start(browser, origin, NAME, () => ({ kind: 'accepted' }));
  const signatureKey = await device.open();
  const [keyPackage] = await device.call('keyPackages', 1, 3600);
  const reader = new Reader(keyPackage ?? new Uint8Array());
  expect([reader.uint(2), reader.uint(2)]).toEqual([1, 5]);
  const leaf = readKeyPackage(reader);
  expect(leaf.identity).toBe(`${NAME.user}:ab@parley`);
  expect(leaf.signatureKey).toEqual(signatureKey);
  expect(leaf.secondsLeft).toBeGreaterThan(3500);
  expect(leaf.secondsLeft).toBeLessThanOrEqual(3600);
  expect(await device.reload()).toEqual(signatureKey);
  await device.end();
});

test('a key package works once; who is welcomed by it again joins by a commit', async ({ browser }) => {
  const circle = await Circle.of(browser, origin, 2);
  const [first, second] = [circle.at(0), circle.at(1)];
  const [lastResort] = await second.call('keyPackages', 1, 100 * 365 * 24 * 3600);
  if (lastResort === undefined) throw new Error('none');
  for (const again of [false, true]) {
    await first.call('remove', circle.group, [second.name]);
    await circle.reads(second);
    await first.call('add', circle.group, [lastResort]);
    if (again) await expect(circle.reads(second)).rejects.toThrow('orphan-welcome');
    else await circle.reads(second);
  }
  await second.call('rejoin', circle.group, circle.groupInfo);
  await circle.reads(first);
  await circle.says(first, 'there you are');
  expect(await circle.reads(first)).toEqual([]);
  expect(await second.call('members', circle.group)).toHaveLength(2);
  await circle.end();
});

test('a rejoin that would spoil the group for everybody is not sent; after a removal it works', async ({ browser }) => {
  const circle = await Circle.of(browser, origin, 4);
  const [first, second, third, fourth] = [circle.at(0), circle.at(1), circle.at(2), circle.at(3)];
  await first.call('remove', circle.group, [third.name]); // the left half of the tree is full, the right one has only the fourth
  await expect(fourth.call('rejoin', circle.group, circle.groupInfo)).rejects.toThrow('old-leaf');
  await first.call('remove', circle.group, [fourth.name]);
  await fourth.call('rejoin', circle.group, circle.groupInfo);
  await circle.reads(first);
  await first.call('update', circle.group);
  await circle.reads(second);
  expect(await second.call('epoch', circle.group)).toBe(circle.service.epoch);
  await circle.end();
});

test('a leaf does not hide behind the name of another', async ({ browser }) => {
  const circle = await Circle.of(browser, origin, 2);
  const [first, second] = [circle.at(0), circle.at(1)];
  const sent: CommitBundle[] = [];
  const impostor = await Device.start(browser, origin, second.name, (_from, _request, bundle) => {
    sent.push(bundle);
    return { kind: 'accepted' };
  });
  await impostor.open();
  await impostor.call('rejoin', circle.group, circle.groupInfo);
  await first.call('receive', circle.group, [{ seq: 100, message: sent[0]?.commit ?? new Uint8Array() }]);
  await expect(first.call('members', circle.group)).rejects.toThrow('name-twice');
  await impostor.end();
  await circle.end();
});

test('what cannot be stored is not sent, and the state of before is sound', async ({ browser }) => {
  const circle = await Circle.of(browser, origin, 2);
  const [first, second] = [circle.at(0), circle.at(1)];
  await first.limitStorage(1);
  // The browser looks at the quota anew only now and then, so some is still stored.
  await expect(async () => {
    await expect(first.call('keyPackages', 20, 3600)).rejects.toThrow('not stored');
  }).toPass({ timeout: 75_000, intervals: [2000] });
  await expect(circle.says(first, 'lost')).rejects.toThrow('not stored');
  await first.limitStorage(undefined);
  await first.reload();
  await circle.says(first, 'kept');
  expect(await circle.reads(second)).toMatchObject([{ outcome: { kind: 'message' } }]);
  await circle.end();
});

test('who dies while sending uses no key twice', async ({ browser }) => {
  const circle = await Circle.of(browser, origin, 2);
  const [first, second] = [circle.at(0), circle.at(1)];
  for (const millis of [20, 40, 60, 80]) {
    const many = Promise.allSettled(Array.from({ length: 30 }, (_, at) => circle.says(first, `${at}`)));
    await new Promise((resolve) => setTimeout(resolve, millis));
    await first.die();
    await many;
    await first.open();
    await circle.says(first, 'back');
    const outcomes = await circle.reads(second);
    expect(outcomes.filter(({ outcome }) => outcome.kind === 'failed')).toEqual([]);
  }
  await circle.end();
});

test('what was received before a death is found after it', async ({ browser }) => {
  const circle = await Circle.of(browser, origin, 2);
  const [first, second] = [circle.at(0), circle.at(1)];
  await circle.says(first, 'once');
  const received = await circle.reads(second);
  await second.die();
  await second.open();
  expect(await second.call('lastReceived')).toEqual({ group: circle.group, received: received.slice(-1) });
  await circle.end();
});

test('after wiping nothing is left: another device begins', async ({ browser }) => {
  const circle = await Circle.of(browser, origin, 2);
  const second = circle.at(1);
  const before = await second.call('saveState');
  expect(before).not.toEqual([]);
  await second.call('wipe');
  await expect(second.call('knows', circle.group)).rejects.toThrow('wiped');
  expect(await second.call('saveState')).toEqual([]);
  await second.reload();
  expect(await second.call('knows', circle.group)).toBe(false);
  await circle.end();
});
