import { expect, test } from 'vitest';
import { fromBase64url, toBase64url } from '../crypto/bytes.ts';
import {
  approvalCode,
  type Candidate,
  isSigned,
  makeIdentity,
  makeSealingKeys,
  openIdentity,
  rawKey,
  safetyNumber,
  sealIdentity,
  signDevice,
} from './identity.ts';

const uid = '01890a5d-ac96-774b-bcce-b302099a8057';
const signatureKey = new Uint8Array(32).fill(7);

async function candidate(): Promise<{ candidate: Candidate; keys: CryptoKeyPair }> {
  const keys = await makeSealingKeys();
  return {
    candidate: { uid, device: '00000000000000ab', signatureKey, sealingKey: await rawKey(keys.publicKey) },
    keys,
  };
}

test('a signed device is the one that was signed, and no other', async () => {
  const identity = await makeIdentity();
  const { candidate: device } = await candidate();
  const signature = await signDevice(identity, device);
  expect(await isSigned(identity.key, device, signature)).toBe(true);
  expect(await isSigned(identity.key, { ...device, device: '00000000000000ac' }, signature)).toBe(false);
  expect(await isSigned(identity.key, { ...device, uid: uid.replace('0', '1') }, signature)).toBe(false);
  expect(await isSigned((await makeIdentity()).key, device, signature)).toBe(false);
  expect(await isSigned(new Uint8Array(5), device, signature)).toBe(false);
});

test('the private half is never given out by the browser', async () => {
  const { signing, kept } = await makeIdentity();
  expect(signing.extractable).toBe(false);
  expect(kept.by.extractable).toBe(false);
});

test('the device that was approved can sign for the account, nobody else can open what was sealed to it', async () => {
  const identity = await makeIdentity();
  const { candidate: device, keys } = await candidate();
  const sealed = await sealIdentity(identity, device);
  expect(sealed.length).toBeLessThan(200);
  const given = await openIdentity(sealed, keys, device, identity.key);
  expect(await isSigned(identity.key, device, await signDevice(given, device))).toBe(true);
  await expect(openIdentity(sealed, await makeSealingKeys(), device, identity.key)).rejects.toThrow();
  await expect(openIdentity(sealed, keys, { ...device, device: '00000000000000ac' }, identity.key)).rejects.toThrow();
  await expect(openIdentity(sealed, keys, device, (await makeIdentity()).key)).rejects.toThrow('not the published');
});

test('the code on both screens is the same, and another as soon as any key is', async () => {
  const identity = await makeIdentity();
  const { candidate: device } = await candidate();
  const code = await approvalCode(identity.key, device);
  expect(code).toMatch(/^\d{5}( \d{5}){3}$/);
  expect(await approvalCode(identity.key, device)).toBe(code);
  expect(await approvalCode((await makeIdentity()).key, device)).not.toBe(code);
  expect(await approvalCode(identity.key, { ...device, sealingKey: signatureKey })).not.toBe(code);
  expect(await approvalCode(identity.key, { ...device, signatureKey: device.sealingKey })).not.toBe(code);
});

test('a safety number is 60 digits, the same for both people, another with another key', async () => {
  const one = { uid, identity: toBase64url(new Uint8Array(32).fill(1)) };
  const other = { uid: uid.replace('0', '1'), identity: toBase64url(new Uint8Array(32).fill(2)) };
  const number = await safetyNumber(one, other);
  expect(number).toMatch(/^\d{60}$/);
  expect(await safetyNumber(other, one)).toBe(number);
  expect(await safetyNumber(one, { ...other, identity: toBase64url(new Uint8Array(32).fill(3)) })).not.toBe(number);
  expect(number).toBe('003417164673501252063991505568931334073863299545394477599803'); // by Python's hashlib
});

test('base64url is read back, and nothing else is taken for it', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
  expect(fromBase64url(toBase64url(bytes))).toEqual(bytes);
  expect(() => fromBase64url('ab+/')).toThrow();
});
