import { padded } from './padding.ts';
import { PART_BYTES } from './shelf.ts';
import { ciphertextBytes, plaintextBytes } from './streamingAead.ts';

// Where the parts of a file on the shelf stand, encrypted and as they are.

export interface FilmPart {
  readonly index: number;
  /** Encrypted: from `from` up to, and without, `to`. */
  readonly from: number;
  readonly to: number;
  /** Of the file itself, without padding; nothing where there is only padding in it. */
  readonly plainFrom: number;
  readonly plainTo: number;
  /** The same with padding. */
  readonly paddedFrom: number;
  readonly paddedTo: number;
}

/** So much is in the first part, if not all is. */
export const FIRST_PLAINTEXT = plaintextBytes(PART_BYTES);

/** In all parts but the first. */
const PART_PLAINTEXT = plaintextBytes(2 * PART_BYTES) - FIRST_PLAINTEXT;
/** A header is in it. */
const FIRST_SHORTER = PART_PLAINTEXT - FIRST_PLAINTEXT;

/** How many parts a file of `size` bytes has, padding included. */
export function partCount(size: number): number {
  return Math.ceil(ciphertextBytes(padded(size)) / PART_BYTES);
}

/** The one in which the byte at `place` of the file itself is. */
export function partWith(place: number): number {
  return Math.floor((place + FIRST_SHORTER) / PART_PLAINTEXT);
}

export function partAt(index: number, size: number): FilmPart {
  const from = index * PART_BYTES;
  const [begin, end, all] = [plainStart(index), plainStart(index + 1), padded(size)];
  return {
    index,
    from,
    to: Math.min(from + PART_BYTES, ciphertextBytes(all)),
    plainFrom: Math.min(begin, size),
    plainTo: Math.min(end, size),
    paddedFrom: begin,
    paddedTo: Math.min(end, all),
  };
}

function plainStart(index: number): number {
  return index === 0 ? 0 : FIRST_PLAINTEXT + (index - 1) * PART_PLAINTEXT;
}
