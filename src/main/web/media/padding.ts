import type { Bytes } from '../crypto/bytes.ts';
import type { FileSource } from './streamingAead.ts';

// The length of a file says a lot about it; who stores the encrypted file sees only that of a bucket. Padmé (Nikitin et al., "Reducing
// Metadata Leakage from Encrypted Files and Communication with PURBs", PETS 2019): of the length as a binary number only as many
// leading digits stay as it takes digits to write down its exponent. That costs 12 % at most, less the larger a file is, and of
// all lengths up to 2^n there remain about n · log n.

/** The length that a file of `size` bytes is filled up to. */
export function padded(size: number): number {
  if (!Number.isSafeInteger(size) || size < 0) throw new RangeError('a file is not so long');
  if (size < 2) return size;
  const exponent = digits(size) - 1;
  const bucket = 2 ** Math.max(0, exponent - digits(exponent));
  return Math.ceil(size / bucket) * bucket;
}

/** The same with zeros behind it. The true length must be told by other means. */
export function paddedSource(source: FileSource): FileSource {
  return {
    size: padded(source.size),
    async read(from: number, to: number): Promise<Bytes> {
      if (to <= source.size) return source.read(from, to);
      const bytes = new Uint8Array(to - from);
      if (from < source.size) bytes.set(await source.read(from, source.size));
      return bytes;
    },
  };
}

/** How many binary digits a number from 1 has. The logarithm alone rounds up what is just below a power of two. */
function digits(n: number): number {
  const about = Math.floor(Math.log2(n));
  return 2 ** about > n ? about : about + 1;
}
