import { expect, test } from 'vitest';
import type { Bytes } from '../crypto/bytes.ts';
import { makeIdentity, type OwnIdentity, signDevice } from './identity.ts';
import type { Directory } from './keyCalls.ts';
import type { Trust } from './keyStore.ts';
import { isOtherThanCompared, judge } from './trust.ts';

const uid = '01890a5d-ac96-774b-bcce-b302099a8057';
const keyOf = (fill: number): Bytes => new Uint8Array(32).fill(fill);

async function said(identity: OwnIdentity, devices: readonly [string, number][], version = 1): Promise<Directory> {
  return {
    user: 'bob',
    uid,
    version,
    identity: identity.key,
    devices: await Promise.all(
      devices.map(async ([device, fill]) => ({
        device,
        signatureKey: keyOf(fill),
        signature: await signDevice(identity, { uid, device, signatureKey: keyOf(fill) }),
      })),
    ),
    devicesWithoutKeys: 0,
  };
}

async function trusted(directory: Directory, before?: Trust): Promise<{ trust: Trust; hasChanged: boolean }> {
  const judged = await judge(directory, before);
  if (judged.kind !== 'trusted') throw new Error(judged.kind);
  return judged;
}

const ONE = '00000000000000a1';
const TWO = '00000000000000a2';

test('a device that the identity key does not vouch for does not count', async () => {
  const bob = await makeIdentity();
  const directory = await said(bob, [[ONE, 1]]);
  const server = await makeIdentity();
  const ghost = (await said(server, [[TWO, 2]])).devices;
  const unsigned = { device: '00000000000000a3', signatureKey: keyOf(3) };
  const { trust } = await trusted({ ...directory, devices: [...directory.devices, ...ghost, unsigned] });
  expect(trust.devices.map(({ device }) => device)).toEqual([ONE]);
});

test('an unlinked device is not unknown afterwards', async () => {
  const bob = await makeIdentity();
  const { trust: before } = await trusted(await said(bob, [[ONE, 1], [TWO, 2]])); // biome-ignore format: one line
  const { trust, hasChanged } = await trusted(await said(bob, [[TWO, 2]], 2), before);
  expect(trust.devices.map(({ device }) => device)).toEqual([TWO]);
  expect(trust.past.map(({ device }) => device)).toEqual([ONE]);
  expect(hasChanged).toBe(false);
});

test('another identity key is noticed, and that it is not the compared one', async () => {
  const { trust: before } = await trusted(await said(await makeIdentity(), [[ONE, 1]]));
  const compared = { ...before, compared: before.identity };
  expect(isOtherThanCompared(compared)).toBe(false);
  const { trust, hasChanged } = await trusted(await said(await makeIdentity(), [[TWO, 2]], 2), compared);
  expect(hasChanged).toBe(true);
  expect(isOtherThanCompared(trust)).toBe(true);
});

test('a server cannot go back, change an account under its name, give a device another key, or take the keys away', async () => {
  const bob = await makeIdentity();
  const { trust: before } = await trusted(await said(bob, [[ONE, 1]], 5));
  const now = await said(bob, [[ONE, 1]], 6);
  const { identity: _, ...without } = now;
  for (const wrong of [
    await said(bob, [[ONE, 1]], 4),
    { ...now, uid: uid.replace('0', '1') },
    await said(bob, [[ONE, 2]], 6),
    without,
  ]) {
    expect((await judge(wrong, before)).kind).toBe('wrong');
  }
  expect((await judge(without, undefined)).kind).toBe('without-keys');
});
