import { expect, test } from 'vitest';
import { padded, paddedSource } from './padding.ts';

test('lengths become those of Padmé', () => {
  // Worked out by hand: 9 = 1001b has the exponent 3, written with 2 digits, so 3 - 2 = 1 digit is rounded.
  expect([0, 1, 2, 3, 8, 9, 15, 16, 17].map(padded)).toEqual([0, 1, 2, 3, 8, 10, 16, 16, 18]);
  expect(padded(1_000)).toBe(1_024);
  expect(padded(1_025)).toBe(1_088);
  expect(padded(1_000_000)).toBe(1_015_808);
  expect(padded(2 ** 30)).toBe(2 ** 30);
  expect(padded(2 ** 30 + 1)).toBe(2 ** 30 + 2 ** 25);
});

test('the same by bits, for all small lengths', () => {
  const byBits = (size: number): number => {
    const exponent = 31 - Math.clz32(size);
    const mask = (1 << (exponent - (32 - Math.clz32(exponent)))) - 1;
    return (size + mask) & ~mask;
  };
  const sizes = Array.from({ length: 70_000 }, (_, at) => at + 2);
  expect(sizes.filter((size) => padded(size) !== byBits(size))).toEqual([]);
});

test('it costs 12 % at most, and what is padded stays as it is', () => {
  for (let bits = 2; bits < 53; bits++) {
    for (const size of [2 ** bits - 1, 2 ** bits, 2 ** bits + 1]) {
      const length = padded(size);
      expect(length).toBeGreaterThanOrEqual(size);
      expect(length - size).toBeLessThanOrEqual(0.12 * size);
      expect(padded(length)).toBe(length);
    }
  }
});

test('what is no length is refused', () => {
  for (const size of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => padded(size)).toThrow(RangeError);
});

test('behind the file there are zeros', async () => {
  const content = Uint8Array.from({ length: 1_000 }, (_, at) => (at % 255) + 1);
  const filled = paddedSource({ size: 1_000, read: async (from, to) => content.slice(from, to) });
  expect(filled.size).toBe(1_024);
  const all = await filled.read(0, 1_024);
  expect(all.subarray(0, 1_000)).toEqual(content);
  expect(all.subarray(1_000)).toEqual(new Uint8Array(24));
  expect(await filled.read(10, 20)).toEqual(content.slice(10, 20));
  expect(await filled.read(1_010, 1_020)).toEqual(new Uint8Array(10));
  expect(await filled.read(990, 1_010)).toEqual(all.slice(990, 1_010));
});
