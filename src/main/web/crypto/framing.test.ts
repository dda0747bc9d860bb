import { expect, test } from 'vitest';
import { framed, isFramed, unframed, WireFormat } from './framing.ts';

const body = Uint8Array.of(9, 8, 7);

test('what is framed comes out again', () => {
  const message = framed(WireFormat.keyPackage, body);
  expect([...message]).toEqual([0, 1, 0, 5, 9, 8, 7]);
  expect(unframed(WireFormat.keyPackage, message)).toEqual(body);
});

test('of another kind, another version or too short it is not that', () => {
  expect(unframed(WireFormat.groupInfo, framed(WireFormat.keyPackage, body))).toBeUndefined();
  expect(isFramed(WireFormat.welcome, Uint8Array.of(0, 2, 0, 3))).toBe(false);
  expect(isFramed(WireFormat.welcome, Uint8Array.of(0, 1, 0))).toBe(false);
});

test('it reads within a larger buffer', () => {
  const larger = new Uint8Array([1, 2, ...framed(WireFormat.groupInfo, body)]);
  expect(unframed(WireFormat.groupInfo, larger.subarray(2))).toEqual(body);
});
