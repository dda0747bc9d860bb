import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Bytes, isEqual, joined, utf8 } from '../crypto/bytes.ts';
import {
  ciphertextBytes,
  DamagedFile,
  decrypting,
  encryptFile,
  FileDecrypter,
  type FileSource,
  HEADER_BYTES,
  plaintextBytes,
  randomFileKey,
  randomFileStart,
  SEGMENT_BYTES,
} from './streamingAead.ts';

const FIRST = 65_480; // fits into the first segment
const SECOND = FIRST + 65_520; // into two
const EDGES = [0, 1, 15, 16, FIRST - 1, FIRST, FIRST + 1, SECOND - 1, SECOND, SECOND + 1, SECOND + 65_520];
const LONG = FIRST + 40 * 65_520 + 17; // more than is worked on at a time

/**
 * Files that both sides have made are stored with the Java tests, where Tink judges them: `StreamingFilesTest`. Those of this side are
 * written anew with `WRITE_STORED=1 npx vitest run media/streamingAead`.
 */
const STORED = fileURLToPath(new URL('../../../test/resources/media/', import.meta.url));
const STORED_SIZES = [0, 1, FIRST, FIRST + 1, SECOND + 1];
const STORED_KEY = counted(0, 32);
const STORED_START = { salt: counted(32, 32), noncePrefix: counted(64, 7) };
const BOUND = { associatedData: utf8('parley') };

function counted(from: number, length: number): Bytes {
  return Uint8Array.from({ length }, (_, at) => from + at);
}

/** Bytes that the Java test knows too. */
function pattern(length: number): Bytes {
  return Uint8Array.from({ length }, (_, at) => 7 * at + Math.floor(at / 251));
}

function source(bytes: Bytes): FileSource {
  return { size: bytes.length, read: async (from, to) => bytes.slice(from, to) };
}

async function encrypted(key: Bytes, plaintext: Bytes, options = {}, start = STORED_START): Promise<Bytes> {
  return all(encryptFile(key, start, source(plaintext), options));
}

async function decrypted(key: Bytes, size: number, ciphertext: Bytes, step: number, options = {}): Promise<Bytes> {
  const { writable, readable } = decrypting(key, size, options);
  const feed = async (): Promise<void> => {
    const writer = writable.getWriter();
    for (let at = 0; at < ciphertext.length; at += step) await writer.write(ciphertext.slice(at, at + step));
    await writer.close();
  };
  const [content] = await Promise.all([all(readable), feed()]);
  return content;
}

async function all(pieces: AsyncIterable<Bytes>): Promise<Bytes> {
  const held: Bytes[] = [];
  for await (const piece of pieces) held.push(piece);
  return joined(...held);
}

/** As `toEqual`, which takes long for what is large. */
function expectSame(one: Bytes, other: Bytes): void {
  expect(isEqual(one, other), `${one.length} bytes are ${other.length} others`).toBe(true);
}

/** A small generator with a seed, so that a failure can be had again. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test('lengths are known before anything is encrypted', async () => {
  for (const size of EDGES) {
    const ciphertext = await encrypted(STORED_KEY, pattern(size));
    expect(ciphertext).toHaveLength(ciphertextBytes(size));
    expect(plaintextBytes(ciphertext.length)).toBe(size);
  }
  expect(ciphertextBytes(0)).toBe(56);
  expect(ciphertextBytes(FIRST)).toBe(SEGMENT_BYTES);
  for (const length of [0, 55, SEGMENT_BYTES + 1, SEGMENT_BYTES + 16]) {
    expect(() => plaintextBytes(length)).toThrow(DamagedFile);
  }
  expect(plaintextBytes(SEGMENT_BYTES + 17)).toBe(FIRST + 1);
  for (const size of [-1, 0.5, Number.NaN, 2 ** 49]) expect(() => ciphertextBytes(size)).toThrow(RangeError);
});

test('what was encrypted comes back, in whatever steps it arrives', async () => {
  const key = randomFileKey();
  for (const size of [...EDGES, LONG]) {
    const content = pattern(size);
    const ciphertext = await encrypted(key, content, {}, randomFileStart());
    for (const step of [size < 1_000 ? 1 : 9_973, SEGMENT_BYTES, 10 * SEGMENT_BYTES + 3, ciphertext.length]) {
      expectSame(await decrypted(key, size, ciphertext, step), content);
    }
  }
});

test('the padding is checked and left out', async () => {
  const ciphertext = await encrypted(STORED_KEY, pattern(SECOND + 1));
  for (const keep of [0, 1, FIRST, FIRST + 1, SECOND]) {
    const kept = await decrypted(STORED_KEY, SECOND + 1, ciphertext, 50_000, { keep });
    expectSame(kept, pattern(keep));
  }
  ciphertext[ciphertext.length - 1] = 99;
  await expect(decrypted(STORED_KEY, SECOND + 1, ciphertext, 50_000, { keep: 1 })).rejects.toThrow(DamagedFile);
});

test('an encryption goes on at any byte', async () => {
  const content = pattern(LONG);
  const whole = await encrypted(STORED_KEY, content);
  const next = random(1);
  const places = Array.from({ length: 10 }, () => next(whole.length));
  const edges = [
    0,
    1,
    HEADER_BYTES,
    SEGMENT_BYTES - 1,
    SEGMENT_BYTES,
    SEGMENT_BYTES + 1,
    whole.length - 1,
    whole.length,
  ];
  for (const from of [...edges, ...places]) {
    expectSame(await encrypted(STORED_KEY, content, { from }), whole.slice(from));
  }
  await expect(encrypted(STORED_KEY, content, { from: whole.length + 1 })).rejects.toThrow(RangeError);
});

test('any part is read without the others', async () => {
  for (const size of [...EDGES, LONG]) {
    const content = pattern(size);
    const ciphertext = await encrypted(STORED_KEY, content);
    const file = await FileDecrypter.open(STORED_KEY, ciphertext.slice(0, HEADER_BYTES), size);
    const next = random(size + 1);
    const parts = [
      [0, size],
      [0, 0],
      [size, size],
      ...Array.from({ length: 20 }, () => [next(size + 1), next(size + 1)]),
    ];
    for (const [one = 0, other = 0] of parts) {
      const [from, to] = [Math.min(one, other), Math.max(one, other)];
      const segments = file.segmentsFor(from, to);
      const fetched = ciphertext.slice(segments.from, segments.to);
      expectSame(await file.decryptPart(from, to, fetched), content.slice(from, to));
    }
    expect(() => file.segmentsFor(0, size + 1)).toThrow(RangeError);
    expect(() => file.segmentsFor(1, 0)).toThrow(RangeError);
  }
});

test('a part is fetched with no more than its segments', async () => {
  const file = await FileDecrypter.open(STORED_KEY, joined(Uint8Array.of(HEADER_BYTES), counted(0, 39)), LONG);
  expect(file.segmentsFor(0, 1)).toEqual({ first: 0, end: 1, from: 40, to: SEGMENT_BYTES, plaintextFrom: 0 });
  expect(file.segmentsFor(FIRST, FIRST + 1)).toMatchObject({ first: 1, end: 2, from: SEGMENT_BYTES });
  expect(file.segmentsFor(FIRST - 1, FIRST + 1)).toMatchObject({ first: 0, end: 2, to: 2 * SEGMENT_BYTES });
  expect(file.segmentsFor(LONG - 1, LONG)).toMatchObject({ first: 41, end: 42, to: ciphertextBytes(LONG) });
});

test('what was changed, moved, cut or made longer does not open', async () => {
  const size = SECOND + 1_000;
  const good = await encrypted(STORED_KEY, pattern(size));
  const [one, two, three] = [0, 1, 2].map((n) => good.slice(n * SEGMENT_BYTES, (n + 1) * SEGMENT_BYTES));
  if (one === undefined || two === undefined || three === undefined) throw new Error('three segments');
  const other = await encrypted(STORED_KEY, pattern(size), {}, randomFileStart());
  const flipped = (at: number): Bytes => good.map((byte, place) => (place === at ? byte ^ 1 : byte));
  const damaged: readonly (readonly [string, Bytes])[] = [
    ['its first byte', flipped(0)],
    ['its salt', flipped(5)],
    ['its nonces', flipped(39)],
    ['the first segment', flipped(40)],
    ['a tag', flipped(SEGMENT_BYTES - 1)],
    ['the last segment', flipped(good.length - 1)],
    ['moved', joined(one.slice(0, HEADER_BYTES), two.slice(HEADER_BYTES), two, three)],
    ['swapped', joined(one, three, two)],
    ['said twice', joined(one, two, two, three)],
    ['left out', joined(one, three)],
    ['cut by a segment', joined(one, two)],
    ['cut by a byte', good.slice(0, -1)],
    ['cut to the header', good.slice(0, HEADER_BYTES)],
    ['cut to less', good.slice(0, 10)],
    ['nothing', new Uint8Array(0)],
    ['longer by a byte', joined(good, Uint8Array.of(0))],
    ['longer by a segment', joined(good, three)],
    ['put together of two', joined(one, other.slice(SEGMENT_BYTES))],
  ];
  for (const [what, bytes] of damaged) {
    for (const step of [1_000, SEGMENT_BYTES, good.length + SEGMENT_BYTES]) {
      await expect(decrypted(STORED_KEY, size, bytes, step), what).rejects.toThrow(DamagedFile);
    }
  }
  await expect(decrypted(randomFileKey(), size, good, good.length)).rejects.toThrow(DamagedFile);
  await expect(decrypted(STORED_KEY, size, good, good.length, BOUND)).rejects.toThrow(DamagedFile);
});

test('a shorter file is not taken for the whole, even where its length is said to be less', async () => {
  const good = await encrypted(STORED_KEY, pattern(SECOND));
  await expect(decrypted(STORED_KEY, FIRST, good.slice(0, SEGMENT_BYTES), 1_000)).rejects.toThrow(DamagedFile);
  const file = await FileDecrypter.open(STORED_KEY, good.slice(0, HEADER_BYTES), FIRST);
  const segments = file.segmentsFor(0, FIRST);
  await expect(file.decrypt(segments, good.slice(segments.from, segments.to))).rejects.toThrow(DamagedFile);
  await expect(file.decrypt(segments, good.slice(segments.from, segments.to - 1))).rejects.toThrow(DamagedFile);
});

test('keys and starts of a wrong length are refused', async () => {
  await expect(encrypted(counted(0, 31), pattern(1))).rejects.toThrow(RangeError);
  const start = { salt: counted(0, 31), noncePrefix: counted(0, 8) };
  await expect(encrypted(STORED_KEY, pattern(1), {}, start)).rejects.toThrow(RangeError);
  await expect(FileDecrypter.open(STORED_KEY, counted(40, 39), 1)).rejects.toThrow(DamagedFile);
});

test('a source that is shorter than it says is not padded silently', async () => {
  const short: FileSource = { size: 10, read: async () => new Uint8Array(9) };
  await expect(all(encryptFile(STORED_KEY, STORED_START, short))).rejects.toThrow('not so long');
});

test('files are encrypted to the very bytes that Tink reads', async () => {
  const files = STORED_SIZES.map((size) => ({ name: `parley-${size}.bin`, size, options: {} }));
  for (const { name, size, options } of [...files, { name: 'parley-bound-1.bin', size: 1, options: BOUND }]) {
    const bytes = await encrypted(STORED_KEY, pattern(size), options);
    if (process.env['WRITE_STORED'] !== undefined) writeFileSync(STORED + name, bytes);
    expectSame(bytes, new Uint8Array(readFileSync(STORED + name)));
  }
});

test('files that Tink has made open', async () => {
  for (const size of STORED_SIZES) {
    const file = new Uint8Array(readFileSync(`${STORED}tink-${size}.bin`));
    expect(file).toHaveLength(ciphertextBytes(size));
    expectSame(await decrypted(STORED_KEY, size, file, 10_000), pattern(size));
  }
  const bound = new Uint8Array(readFileSync(`${STORED}tink-bound-1.bin`));
  expectSame(await decrypted(STORED_KEY, 1, bound, 100, BOUND), pattern(1));
});
