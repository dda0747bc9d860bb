import { expect, test } from 'vitest';
import { framed, WireFormat } from './framing.ts';
import { keyPackageOwner } from './keyPackage.ts';

const key = new Uint8Array(32).fill(9);
const identity = new TextEncoder().encode('01890a5d-ac96-774b-bcce-b302099a8057:ab@parley');

function vector(bytes: Uint8Array): number[] {
  return bytes.length < 0x40 ? [bytes.length, ...bytes] : [0x40 | (bytes.length >> 8), bytes.length & 0xff, ...bytes];
}

function keyPackage(credential = 1): Uint8Array {
  const body = [
    0,
    1,
    0,
    1,
    ...vector(new Uint8Array(32)),
    ...vector(new Uint8Array(100)),
    ...vector(key),
    0,
    credential,
  ];
  return framed(WireFormat.keyPackage, Uint8Array.from([...body, ...vector(identity), 1, 2, 3]));
}

test('a key package says whose it is', () => {
  expect(keyPackageOwner(keyPackage())).toEqual({
    cipherSuite: 1,
    signatureKey: key,
    identity: '01890a5d-ac96-774b-bcce-b302099a8057:ab@parley',
  });
});

test('what is cut off, of another kind or with another credential is nobody’s', () => {
  const whole = keyPackage();
  for (let length = 0; length < whole.length - 3; length++)
    expect(keyPackageOwner(whole.subarray(0, length))).toBeUndefined();
  expect(keyPackageOwner(keyPackage(2))).toBeUndefined();
  expect(keyPackageOwner(framed(WireFormat.welcome, whole.subarray(4)))).toBeUndefined();
});
