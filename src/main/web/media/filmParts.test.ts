import { expect, test } from 'vitest';
import { FIRST_PLAINTEXT, partAt, partCount, partWith } from './filmParts.ts';
import { padded } from './padding.ts';
import { PART_BYTES } from './shelf.ts';
import { ciphertextBytes } from './streamingAead.ts';

const SIZES = [
  1,
  65_480,
  FIRST_PLAINTEXT - 1,
  FIRST_PLAINTEXT,
  FIRST_PLAINTEXT + 1,
  3 * PART_BYTES,
  9_425_612,
  123_456_789,
];

test('the parts of a file stand without gaps one behind the other, encrypted and as it is', () => {
  for (const size of SIZES) {
    const parts = Array.from({ length: partCount(size) }, (_, index) => partAt(index, size));
    let [from, plainFrom, paddedFrom] = [0, 0, 0];
    for (const part of parts) {
      expect([part.from, part.plainFrom, part.paddedFrom]).toEqual([from, plainFrom, paddedFrom]);
      [from, plainFrom, paddedFrom] = [part.to, part.plainTo, part.paddedTo];
    }
    expect([from, plainFrom, paddedFrom]).toEqual([ciphertextBytes(padded(size)), size, padded(size)]);
  }
});

test('each byte is in the part that is said to have it', () => {
  for (const size of SIZES) {
    for (let index = 0; index < partCount(size); index++) {
      const { plainFrom, plainTo } = partAt(index, size);
      if (plainFrom === plainTo) continue; // padding
      expect([partWith(plainFrom), partWith(plainTo - 1)]).toEqual([index, index]);
    }
  }
});
