import { type Bytes, joined } from '../crypto/bytes.ts';

// The files of encrypted conversations: Tink's streaming format "AES-GCM-HKDF" with AES-256, HKDF-SHA256 and segments of 64 KiB
// (https://developers.google.com/tink/streaming-aead/aes_gcm_hkdf_streaming), the STREAM construction of Hoang, Reyhanitabar, Rogaway
// and Vizár (CRYPTO 2015). Each segment is sealed under its place and under whether it is the last: a file that was changed, put in
// another order, cut or made longer does not open, and any part of it can be read without what is before.
//
//   header    = length of the header (1 byte, 40) | salt (32) | nonce prefix (7)
//   key       = HKDF-SHA256(key of the file, salt, info: the associated data), for AES-256-GCM
//   segment i = AES-GCM(nonce: prefix | i (4 bytes, big-endian) | 1 if it is the last, else 0), its tag of 16 bytes behind it
//
// With the header, the first segment is as long as all others; only the last is shorter, and it is empty only in an empty file.

export const KEY_BYTES = 32;
export const SEGMENT_BYTES = 65_536;
export const HEADER_BYTES = 40;
const SALT_BYTES = 32;
const PREFIX_BYTES = 7;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEGMENT_PLAINTEXT = SEGMENT_BYTES - TAG_BYTES;
const FIRST_PLAINTEXT = SEGMENT_PLAINTEXT - HEADER_BYTES;
/** Segments are counted in 32 bits: that is 281 TB. */
const SEGMENTS_MOST = 2 ** 32;
/** So many are read and encrypted at a time: a call for each costs more than the encryption. */
const TOGETHER = 16;

const NOTHING: Bytes = new Uint8Array(0);

/** It is not what was encrypted, or not with this key. */
export class DamagedFile extends Error {
  override readonly name = 'DamagedFile';
}

/** 32 bytes; or, imported for HKDF, such as the browser keeps and gives out to nobody. */
export type FileKey = Bytes | CryptoKey;

/** What a file is encrypted from. It must give the same bytes each time. */
export interface FileSource {
  readonly size: number;
  /** The bytes from `from` up to, and without, `to`. */
  read(from: number, to: number): Promise<Bytes>;
}

/** The random part of a file's beginning. It is no secret. */
export interface FileStart {
  readonly salt: Bytes;
  readonly noncePrefix: Bytes;
}

/** A run of segments whose bytes stand one after the other in the encrypted file. */
export interface Segments {
  readonly first: number;
  /** The first that is not among them. */
  readonly end: number;
  /** Where they stand in the encrypted file: from `from` up to, and without, `to`. */
  readonly from: number;
  readonly to: number;
  /** Where what they contain begins in the file. */
  readonly plaintextFrom: number;
}

export function randomFileKey(): Bytes {
  return crypto.getRandomValues(new Uint8Array(KEY_BYTES));
}

/** For HKDF; it cannot be had out of the browser again. */
export async function importedFileKey(key: Bytes): Promise<CryptoKey> {
  if (key.length !== KEY_BYTES) throw new RangeError(`a key has ${KEY_BYTES} bytes`);
  return crypto.subtle.importKey('raw', key, 'HKDF', false, ['deriveKey']);
}

export function randomFileStart(): FileStart {
  return {
    salt: crypto.getRandomValues(new Uint8Array(SALT_BYTES)),
    noncePrefix: crypto.getRandomValues(new Uint8Array(PREFIX_BYTES)),
  };
}

/** How long a file becomes by being encrypted. */
export function ciphertextBytes(plaintextBytes: number): number {
  return HEADER_BYTES + plaintextBytes + TAG_BYTES * segmentCount(plaintextBytes);
}

/** The other way. Fails where no file becomes so long. */
export function plaintextBytes(ciphertextBytes: number): number {
  if (!Number.isSafeInteger(ciphertextBytes)) throw new RangeError('a file is not so long');
  const segments = Math.ceil(ciphertextBytes / SEGMENT_BYTES);
  const bytes = ciphertextBytes - HEADER_BYTES - TAG_BYTES * segments;
  // In between there would be a last segment with nothing in it, or one without its whole tag.
  if (bytes < 0 || segmentCount(bytes) !== segments) throw new DamagedFile('its length is that of no encrypted file');
  return bytes;
}

/**
 * The encrypted file in pieces, all of them whole segments but the first, which begins at `from`: an upload that was cut off goes on
 * where it stopped. The same key and start give the same bytes, as long as the source does. **A source that has changed in between
 * must not be encrypted again with the same key and start**: who has both results can learn from them what is in both.
 */
export async function* encryptFile(
  key: FileKey,
  start: FileStart,
  source: FileSource,
  { from = 0, associatedData = NOTHING }: { readonly from?: number; readonly associatedData?: Bytes } = {},
): AsyncGenerator<Bytes, void, undefined> {
  const whole = ciphertextBytes(source.size);
  if (!Number.isSafeInteger(from) || from < 0 || from > whole) throw new RangeError('not a place in the file');
  if (from === whole) return;
  const cipher = await SegmentCipher.of(key, start, associatedData);
  const segments = segmentCount(source.size);
  for (let first = Math.floor(from / SEGMENT_BYTES); first < segments; first += TOGETHER) {
    const end = Math.min(first + TOGETHER, segments);
    const begin = plaintextStart(first);
    const read = await source.read(begin, Math.min(plaintextStart(end), source.size));
    if (read.length !== Math.min(plaintextStart(end), source.size) - begin)
      throw new Error('the source is not so long');
    const parts = await Promise.all(
      numbers(first, end).map((index) => {
        const part = read.subarray(plaintextStart(index) - begin, plaintextStart(index + 1) - begin);
        return cipher.encrypt(index, index === segments - 1, part);
      }),
    );
    const piece = first === 0 ? joined(headerOf(start), ...parts) : joined(...parts);
    yield piece.subarray(Math.max(0, from - first * SEGMENT_BYTES));
  }
}

/** Opens any part of a file whose length is known from whom it came from: so nothing can be cut off unnoticed. */
export class FileDecrypter {
  readonly size: number;
  readonly #cipher: SegmentCipher;

  private constructor(size: number, cipher: SegmentCipher) {
    this.size = size;
    this.#cipher = cipher;
  }

  /** `size` is how long the file is when it is decrypted, padding included; `header` its first 40 bytes. */
  static async open(
    key: FileKey,
    header: Bytes,
    size: number,
    { associatedData = NOTHING }: { readonly associatedData?: Bytes } = {},
  ): Promise<FileDecrypter> {
    ciphertextBytes(size); // fails for what is no length
    return new FileDecrypter(size, await SegmentCipher.of(key, startIn(header), associatedData));
  }

  /** What must be fetched to read the file from `from` up to, and without, `to`. */
  segmentsFor(from: number, to: number): Segments {
    if (!Number.isSafeInteger(from) || from < 0 || from > to || to > this.size) {
      throw new RangeError('not a part of the file');
    }
    const first = Math.min(segmentAt(from), segmentCount(this.size) - 1);
    const end = to === from ? first + 1 : segmentAt(to - 1) + 1;
    return {
      first,
      end,
      from: first === 0 ? HEADER_BYTES : first * SEGMENT_BYTES,
      to: Math.min(end * SEGMENT_BYTES, ciphertextBytes(this.size)),
      plaintextFrom: plaintextStart(first),
    };
  }

  /** All that `segments` contain, from the bytes that stand at their place. Fails with {@link DamagedFile}. */
  async decrypt(segments: Segments, ciphertext: Bytes): Promise<Bytes> {
    if (ciphertext.length !== segments.to - segments.from) throw new DamagedFile('not so many bytes as there must be');
    const last = segmentCount(this.size) - 1;
    const parts = await Promise.all(
      numbers(segments.first, segments.end).map((index) => {
        const begin = Math.max(0, index * SEGMENT_BYTES - segments.from); // the header is not among the bytes
        return this.#cipher.decrypt(
          index,
          index === last,
          ciphertext.subarray(begin, (index + 1) * SEGMENT_BYTES - segments.from),
        );
      }),
    );
    return parts.length === 1 ? (parts[0] ?? NOTHING) : joined(...parts);
  }

  /** The part from `from` up to, and without, `to`, where `fetched` are the bytes of `segmentsFor(from, to)`. */
  async decryptPart(from: number, to: number, fetched: Bytes): Promise<Bytes> {
    const segments = this.segmentsFor(from, to);
    const all = await this.decrypt(segments, fetched);
    return all.subarray(from - segments.plaintextFrom, to - segments.plaintextFrom);
  }
}

/**
 * From an encrypted file to what it contains, as it comes. `size` is its length when it is decrypted, padding included; after the first
 * `keep` bytes the rest is only checked. What came through is genuine, and all of it is there once the stream ends; else it fails with
 * {@link DamagedFile}.
 */
export function decrypting(
  key: FileKey,
  size: number,
  { keep = size, associatedData = NOTHING }: { readonly keep?: number; readonly associatedData?: Bytes } = {},
): TransformStream<Bytes, Bytes> {
  const whole = ciphertextBytes(size);
  const held = new Held();
  let file: FileDecrypter | undefined;
  let at = 0;

  const give = async (end: number, to: TransformStreamDefaultController<Bytes>): Promise<void> => {
    if (file === undefined) return;
    const from = Math.max(at, HEADER_BYTES);
    const segments = {
      first: Math.floor(from / SEGMENT_BYTES),
      end: Math.ceil(end / SEGMENT_BYTES),
      from,
      to: end,
      plaintextFrom: plaintextStart(Math.floor(from / SEGMENT_BYTES)),
    };
    const content = await file.decrypt(segments, held.take(end - from));
    at = end;
    const wanted = content.subarray(0, Math.max(0, keep - segments.plaintextFrom));
    if (wanted.length > 0) to.enqueue(wanted);
  };

  return new TransformStream<Bytes, Bytes>({
    async transform(chunk, to) {
      held.add(chunk);
      if (at + held.length > whole) throw new DamagedFile('longer than it must be');
      if (file === undefined) {
        if (held.length < HEADER_BYTES) return;
        file = await FileDecrypter.open(key, held.take(HEADER_BYTES), size, { associatedData });
        at = HEADER_BYTES;
      }
      const arrived = at + held.length;
      // Step by step, so that a large chunk is not held twice.
      for (;;) {
        const next = Math.min(whole, (Math.floor(at / SEGMENT_BYTES) + TOGETHER) * SEGMENT_BYTES);
        const end = arrived >= next ? next : Math.floor(arrived / SEGMENT_BYTES) * SEGMENT_BYTES;
        if (end <= at) return;
        await give(end, to);
      }
    },
    flush() {
      if (at < whole) throw new DamagedFile('shorter than it must be');
    },
  });
}

/** What has come and is not yet decrypted: less than a segment, and the chunk that came last. */
class Held {
  length = 0;
  #chunks: Bytes[] = [];

  add(chunk: Bytes): void {
    this.#chunks.push(chunk);
    this.length += chunk.length;
  }

  take(bytes: number): Bytes {
    const all = this.#chunks.length === 1 ? (this.#chunks[0] ?? NOTHING) : joined(...this.#chunks);
    this.#chunks = bytes < all.length ? [all.subarray(bytes)] : [];
    this.length = all.length - bytes;
    return all.subarray(0, bytes);
  }
}

class SegmentCipher {
  readonly #key: CryptoKey;
  readonly #prefix: Bytes;

  private constructor(key: CryptoKey, prefix: Bytes) {
    this.#key = key;
    this.#prefix = prefix;
  }

  static async of(key: FileKey, { salt, noncePrefix }: FileStart, info: Bytes): Promise<SegmentCipher> {
    const given = key instanceof CryptoKey ? key : await importedFileKey(key);
    const derived = await crypto.subtle.deriveKey(
      { name: 'HKDF', hash: 'SHA-256', salt, info },
      given,
      { name: 'AES-GCM', length: 8 * KEY_BYTES },
      false,
      ['encrypt', 'decrypt'],
    );
    return new SegmentCipher(derived, noncePrefix);
  }

  async encrypt(index: number, isLast: boolean, plaintext: Bytes): Promise<Bytes> {
    const iv = this.#nonce(index, isLast);
    return new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, this.#key, plaintext));
  }

  async decrypt(index: number, isLast: boolean, ciphertext: Bytes): Promise<Bytes> {
    const iv = this.#nonce(index, isLast);
    try {
      return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, this.#key, ciphertext));
    } catch (problem) {
      throw new DamagedFile(`segment ${index} does not open`, { cause: problem });
    }
  }

  #nonce(index: number, isLast: boolean): Bytes {
    const nonce = new Uint8Array(NONCE_BYTES);
    nonce.set(this.#prefix);
    new DataView(nonce.buffer).setUint32(PREFIX_BYTES, index);
    nonce[NONCE_BYTES - 1] = isLast ? 1 : 0;
    return nonce;
  }
}

export function headerOf({ salt, noncePrefix }: FileStart): Bytes {
  if (salt.length !== SALT_BYTES || noncePrefix.length !== PREFIX_BYTES)
    throw new RangeError('not the start of a file');
  return joined(Uint8Array.of(HEADER_BYTES), salt, noncePrefix);
}

/** Out of the first {@link HEADER_BYTES} of an encrypted file. */
export function startIn(header: Bytes): FileStart {
  if (header.length !== HEADER_BYTES || header[0] !== HEADER_BYTES) throw new DamagedFile('not the header of a file');
  return { salt: header.slice(1, 1 + SALT_BYTES), noncePrefix: header.slice(1 + SALT_BYTES) };
}

function segmentCount(plaintextBytes: number): number {
  if (!Number.isSafeInteger(plaintextBytes) || plaintextBytes < 0) throw new RangeError('a file is not so long');
  const count = Math.max(1, Math.ceil((plaintextBytes + HEADER_BYTES) / SEGMENT_PLAINTEXT));
  if (count > SEGMENTS_MOST) throw new RangeError('a file is not so long');
  return count;
}

function segmentAt(plaintextPlace: number): number {
  return Math.floor((plaintextPlace + HEADER_BYTES) / SEGMENT_PLAINTEXT);
}

function plaintextStart(segment: number): number {
  return segment === 0 ? 0 : FIRST_PLAINTEXT + (segment - 1) * SEGMENT_PLAINTEXT;
}

function numbers(from: number, end: number): readonly number[] {
  return Array.from({ length: end - from }, (_, at) => from + at);
}
