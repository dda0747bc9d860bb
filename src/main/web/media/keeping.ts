import { sha256 } from '@noble/hashes/sha2.js';
import { type Bytes, joined, toBase64url } from '../crypto/bytes.ts';
import { padded, paddedSource } from './padding.ts';
import { PART_BYTES, type Shelf, type ShelfFile } from './shelf.ts';
import {
  ciphertextBytes,
  encryptFile,
  FileDecrypter,
  type FileKey,
  type FileSource,
  HEADER_BYTES,
  importedFileKey,
  randomFileStart,
} from './streamingAead.ts';

// Files go onto the shelf and come from it in steps, however large they are.

/** Bytes of the file read in one step. */
const STEP_BYTES = PART_BYTES;

export function blobSource(blob: Blob): FileSource {
  return {
    size: blob.size,
    read: async (from, to) => new Uint8Array(await blob.slice(from, to).arrayBuffer()),
  };
}

/** The file has gone, or may not be read any more. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
}

/**
 * Puts a file that is to be sent onto the shelf, encrypted with `key`, which travels in the message; of what the browser keeps of it nobody
 * can get it. Fails with an UnreadableFile, as the shelf does, or because of `signal`; then nothing stays.
 */
export async function keepOutgoing(
  shelf: Shelf,
  file: { readonly id: string; readonly conversation: string; readonly key: Bytes; readonly source: FileSource },
  { signal, onProgress }: { readonly signal: AbortSignal; onProgress(bytes: number): void },
): Promise<ShelfFile> {
  const { id, conversation, key, source } = file;
  const kept: ShelfFile = {
    id,
    conversation,
    key: await keepable(key),
    size: source.size,
    bytes: ciphertextBytes(padded(source.size)),
    isWhole: false,
    isUnsent: true,
    used: Date.now(),
  };
  const plain = sha256.create();
  const encrypted = sha256.create();
  const watched: FileSource = {
    size: source.size,
    read: async (from, to) => {
      const bytes = await source.read(from, to).catch((problem: unknown) => {
        throw new UnreadableFile('the file cannot be read', { cause: problem });
      });
      if (bytes.length !== to - from) throw new UnreadableFile('the file has become shorter');
      plain.update(bytes);
      return bytes;
    },
  };
  await shelf.put(kept);
  try {
    const parts = new Parts(shelf, id);
    for await (const piece of encryptFile(key, randomFileStart(), paddedSource(watched))) {
      signal.throwIfAborted();
      encrypted.update(piece);
      await parts.add(piece);
      onProgress(Math.min(parts.bytes, source.size));
    }
    await parts.end();
    const hashes = { encrypted: toBase64url(encrypted.digest()), plain: toBase64url(plain.digest()) };
    const whole = await shelf.change(id, (now) => ({ ...now, isWhole: true, sha256: hashes }));
    if (whole === undefined) throw new DOMException('It was taken back.', 'AbortError');
    return whole;
  } catch (problem) {
    await shelf.delete(id).catch(() => {}); // swept at the next start
    throw problem;
  }
}

/** As the browser keeps it: so that it can be used here and nowhere else, where the browser can do that. */
export function keepable(key: Bytes): Promise<CryptoKey> {
  return importedFileKey(key);
}

/** Gathers encrypted bytes into parts of one size, as they stand on the shelf. */
export class Parts {
  bytes = 0;
  readonly #shelf: Shelf;
  readonly #id: string;
  #held: Bytes[] = [];
  #heldBytes = 0;
  #index: number;

  constructor(shelf: Shelf, id: string, index = 0) {
    this.#shelf = shelf;
    this.#id = id;
    this.#index = index;
  }

  async add(bytes: Bytes): Promise<void> {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    this.bytes += bytes.length;
    while (this.#heldBytes >= PART_BYTES) {
      const all = joined(...this.#held);
      await this.#keep(all.slice(0, PART_BYTES));
      this.#held = all.length > PART_BYTES ? [all.subarray(PART_BYTES)] : [];
      this.#heldBytes = all.length - PART_BYTES;
    }
  }

  async end(): Promise<void> {
    if (this.#heldBytes > 0) await this.#keep(joined(...this.#held));
    this.#held = [];
    this.#heldBytes = 0;
  }

  async #keep(part: Bytes): Promise<void> {
    const isKept = await this.#shelf.keepPart(this.#id, this.#index, part.buffer);
    if (!isKept) throw new DOMException('It was taken back.', 'AbortError');
    this.#index += 1;
  }
}

/** Something of it is not on the shelf. */
export class NotKept extends Error {
  override readonly name = 'NotKept';
}

/** A file on the shelf. Everything fails with a NotKept where what is asked for is not there, with a DamagedFile where it does not open. */
export class KeptFile {
  readonly file: ShelfFile;
  readonly #shelf: Shelf;
  #decrypter: Promise<FileDecrypter> | undefined;

  constructor(shelf: Shelf, file: ShelfFile) {
    this.#shelf = shelf;
    this.file = file;
  }

  /** As it stands on the shelf. */
  async encrypted(from: number, to: number): Promise<Bytes> {
    const parts: Bytes[] = [];
    for (let at = from; at < to; ) {
      const index = Math.floor(at / PART_BYTES);
      const part = await this.#shelf.part(this.file.id, index);
      const begin = index * PART_BYTES;
      const end = Math.min(to - begin, PART_BYTES);
      if (part === undefined || part.byteLength < end) throw new NotKept(`part ${index} of ${this.file.id}`);
      parts.push(new Uint8Array(part).subarray(at - begin, end));
      at = begin + end;
    }
    return parts.length === 1 ? (parts[0] ?? joined()) : joined(...parts);
  }

  /** As it is. */
  async read(from: number, to: number): Promise<Bytes> {
    if (from >= to) return joined();
    this.#decrypter ??= this.#open();
    const decrypter = await this.#decrypter;
    const segments = decrypter.segmentsFor(from, to);
    return decrypter.decryptPart(from, to, await this.encrypted(segments.from, segments.to));
  }

  /** All of it. The browser may keep the parts of a large one on disk. */
  async blob(type: string): Promise<Blob> {
    const pieces: Blob[] = [];
    for (let at = 0; at < this.file.size; at += STEP_BYTES) {
      pieces.push(new Blob([await this.read(at, Math.min(at + STEP_BYTES, this.file.size))]));
    }
    return new Blob(pieces, { type });
  }

  async #open(): Promise<FileDecrypter> {
    const header = await this.encrypted(0, HEADER_BYTES);
    return FileDecrypter.open(this.file.key as FileKey, header, padded(this.file.size));
  }
}
