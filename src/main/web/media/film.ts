import { type Bytes, fromBase64url } from '../crypto/bytes.ts';

import type { Rest } from '../rest.ts';
import { deferred } from './deferred.ts';
import type { MediaFile } from './files.ts';
import { FIRST_PLAINTEXT, type FilmPart, partAt, partCount, partWith } from './filmParts.ts';
import { keepable, NotKept } from './keeping.ts';
import { padded } from './padding.ts';
import { RangeDownload } from './rangeDownload.ts';
import type { Shelf, ShelfFile } from './shelf.ts';
import {
  ciphertextBytes,
  DamagedFile,
  encryptFile,
  FileDecrypter,
  type FileKey,
  HEADER_BYTES,
  headerOf,
  randomFileKey,
  randomFileStart,
  startIn,
} from './streamingAead.ts';

// A file that is played while it loads. What of it is on the shelf comes from there; the rest comes from the server, part by part and only
// where it is wanted, and goes onto the shelf. Like `Fetching` it keeps what was encrypted as it is, and encrypts here what was not.

export interface FilmPorts {
  readonly shelf: Shelf;
  readonly rest: Pick<Rest, 'download'>;
  /** Of the browser; undefined where it has none. */
  readonly locks: Pick<LockManager, 'request'> | undefined;
}

/** Parts that nobody reads at the moment, and that are kept in memory: a player goes to and fro between the beginning and the end. */
const IDLE_MOST = 2;

/** What is known once it is open. */
interface Opened {
  readonly size: number;
  readonly kept: ShelfFile;
  readonly header: Bytes;
  readonly decrypter: FileDecrypter;
}

/** One of its parts, all of it in memory or on its way there. */
interface LoadedPart {
  readonly place: FilmPart;
  /** Of the file itself, from `from` up to, and without, `to`. */
  read(from: number, to: number): Promise<Bytes>;
  /** Nobody wants it any more. */
  stop(): void;
}

interface Held {
  readonly part: Promise<LoadedPart>;
  readers: number;
}

export class Film {
  readonly #ports: FilmPorts;
  readonly #conversation: string;
  readonly #file: MediaFile;
  readonly #parts = new Map<number, Held>();
  readonly #downloads = new Set<RangeDownload>();
  readonly #ended = deferred<void>();
  #opening: Promise<Opened> | undefined;
  #isEnded = false;
  #isKeeping = true;
  #isPadding = false;
  #why: unknown;

  constructor(ports: FilmPorts, conversation: string, file: MediaFile) {
    this.#ports = ports;
    this.#conversation = conversation;
    this.#file = file;
  }

  /** How long it is. Fails as the shelf does, as a download does, or with a DamagedFile. */
  async size(): Promise<number> {
    return (await this.#open()).size;
  }

  /** For one request of a player. */
  reader(): FilmReader {
    return new FilmReader(this);
  }

  /** Why something of it could not be read the last time; undefined if all went well. */
  why(): unknown {
    return this.#why;
  }

  /** It is not played any more: whatever is on its way stops. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#ended.resolve();
    for (const download of this.#downloads) download.stop();
    this.#parts.clear();
  }

  /** The part with that number, for one more reader, until it is released. */
  async hold(index: number): Promise<LoadedPart> {
    const { size } = await this.#open();
    if (this.#isEnded) throw over();
    const held = this.#parts.get(index) ?? { part: this.#load(partAt(index, size)), readers: 0 };
    held.readers += 1;
    this.#parts.delete(index);
    this.#parts.set(index, held); // the last one used
    try {
      return await held.part;
    } catch (problem) {
      this.failed(index, problem);
      throw problem;
    }
  }

  release(index: number): void {
    const held = this.#parts.get(index);
    if (held === undefined) return;
    held.readers -= 1;
    if (held.readers > 0) return;
    const idle = [...this.#parts].filter(([, { readers }]) => readers <= 0);
    for (const [other] of idle.slice(0, Math.max(0, idle.length - IDLE_MOST))) this.#drop(other);
  }

  /** It could not be read. The next who asks for this part tries anew, where that may help. */
  failed(index: number, problem: unknown): void {
    if (this.#isEnded) return;
    this.#why = problem;
    this.#drop(index);
    if (problem instanceof DamagedFile) this.end(); // it is not getting better by being asked for again
  }

  #drop(index: number): void {
    const held = this.#parts.get(index);
    this.#parts.delete(index);
    held?.part.then((part) => part.stop()).catch(() => {});
  }

  #open(): Promise<Opened> {
    if (this.#isEnded) return Promise.reject(over());
    this.#opening ??= this.#begin().catch((problem: unknown) => {
      this.#opening = undefined;
      this.#why = problem;
      throw problem;
    });
    return this.#opening;
  }

  async #begin(): Promise<Opened> {
    const { shelf } = this.#ports;
    const found = await shelf.ofUpload(this.#file.media);
    const head = found === undefined ? undefined : await shelf.part(found.id, 0);
    if (found !== undefined && head !== undefined) {
      void shelf.change(found.id, (now) => ({ ...now, used: Date.now() })).catch(() => {});
      return opened(found, new Uint8Array(head).slice(0, HEADER_BYTES));
    }
    return this.#file.key === undefined ? this.#beginPlain(found) : this.#beginEncrypted(this.#file.key, found);
  }

  async #beginEncrypted(key: string, found: ShelfFile | undefined): Promise<Opened> {
    const { size } = this.#file;
    const place = partAt(0, size);
    const first = this.#download(place.from, place.to);
    const header = await first.first(HEADER_BYTES);
    const kept = found ?? this.#begun(await keepable(fromBase64url(key)), size);
    if ((await first.total()) !== kept.bytes) throw new DamagedFile('not as long as the file that was sent');
    if (found === undefined) await this.#put(kept);
    return this.#withFirst(await opened(kept, header), place, first);
  }

  /**
   * Under a key of its own, which has to be the same for all parts: who comes while another page is about it, and has not the first part
   * from there, keeps nothing.
   */
  async #beginPlain(found: ShelfFile | undefined): Promise<Opened> {
    const { shelf } = this.#ports;
    this.#isKeeping = await this.#isOnlyOne();
    const first = this.#download(0, FIRST_PLAINTEXT);
    const size = await first.total();
    const kept = this.#begun(await keepable(randomFileKey()), size, found?.id);
    if (this.#isKeeping) {
      if (found !== undefined) await shelf.delete(found.id); // without its first part nothing of it opens
      await this.#put(kept);
    }
    return this.#withFirst(await opened(kept, headerOf(randomFileStart())), partAt(0, size), first);
  }

  /** Its first part is on its way already. */
  #withFirst(file: Opened, place: FilmPart, first: RangeDownload): Opened {
    this.#parts.set(0, { part: Promise.resolve(this.#coming(file, place, first)), readers: 0 });
    return file;
  }

  #begun(key: CryptoKey, size: number, id = this.#file.media): ShelfFile {
    return {
      id,
      conversation: this.#conversation,
      media: this.#file.media,
      key,
      size,
      bytes: ciphertextBytes(padded(size)),
      isWhole: false,
      isUnsent: false,
      used: Date.now(),
    };
  }

  /** A full disk keeps nobody from looking at it. */
  async #put(kept: ShelfFile): Promise<void> {
    await this.#ports.shelf.put(kept).catch(() => {
      this.#isKeeping = false;
    });
  }

  async #isOnlyOne(): Promise<boolean> {
    const { locks } = this.#ports;
    if (locks === undefined) return true;
    const { promise, resolve } = deferred<boolean>();
    locks
      .request(`parley-film-${this.#file.media}`, { ifAvailable: true }, async (lock) => {
        resolve(lock !== null);
        if (lock !== null) await this.#ended.promise;
      })
      .catch(() => resolve(false));
    return promise;
  }

  // --- parts

  async #load(place: FilmPart): Promise<LoadedPart> {
    const file = await this.#open();
    const { shelf } = this.#ports;
    // What another page keeps of it may be under another key.
    const stored = this.#isKeeping ? await shelf.part(file.kept.id, place.index).catch(() => undefined) : undefined;
    if (this.#isEnded) throw over();
    if (stored?.byteLength === place.to - place.from) return this.#stored(file, place, new Uint8Array(stored));
    const isEncrypted = this.#file.key !== undefined;
    return this.#coming(
      file,
      place,
      isEncrypted ? this.#download(place.from, place.to) : this.#download(place.plainFrom, place.plainTo),
    );
  }

  #stored(file: Opened, place: FilmPart, bytes: Bytes): LoadedPart {
    const read = async (from: number, to: number): Promise<Bytes> => {
      try {
        return await decrypted(file.decrypter, place, from, to, async (count) => bytes.subarray(0, count));
      } catch (problem) {
        if (problem instanceof DamagedFile || problem instanceof NotKept) await this.#forget(file.kept);
        throw problem;
      }
    };
    return { place, read, stop: () => {} };
  }

  #coming(file: Opened, place: FilmPart, download: RangeDownload): LoadedPart {
    void this.#keep(file, place, download).catch(() => {}); // it is played all the same
    const read =
      this.#file.key === undefined
        ? async (from: number, to: number): Promise<Bytes> => {
            if ((await download.total()) !== file.size) throw new DamagedFile('its length has changed');
            return (await download.first(to - place.plainFrom)).subarray(from - place.plainFrom);
          }
        : (from: number, to: number): Promise<Bytes> =>
            decrypted(file.decrypter, place, from, to, (count) => download.first(count));
    return { place, read, stop: () => download.stop() };
  }

  #download(from: number, to: number): RangeDownload {
    const download = new RangeDownload(this.#ports.rest, this.#file.media, from, to);
    if (this.#isEnded) download.stop();
    this.#downloads.add(download);
    const gone = (): void => void this.#downloads.delete(download);
    download.whole().then(gone, gone);
    return download;
  }

  // --- the shelf

  async #keep(file: Opened, place: FilmPart, download: RangeDownload | undefined): Promise<void> {
    if (!this.#isKeeping) return;
    const bytes = (await download?.whole()) ?? new Uint8Array();
    const kept =
      this.#file.key === undefined ? await sealed(file, place, bytes) : await checked(file.decrypter, place, bytes);
    // False if it was cleared away meanwhile: then nothing more of it is kept.
    if (this.#isEnded || !(await this.#ports.shelf.keepPart(file.kept.id, place.index, kept.buffer))) return;
    await this.#look(file);
  }

  /** Whether all is here. Nobody plays the padding behind the file, but without it the file is not whole. */
  async #look(file: Opened): Promise<void> {
    const { shelf } = this.#ports;
    const here = new Set(await shelf.partsOf(file.kept.id));
    const missing = indexes(partCount(file.size)).filter((index) => !here.has(index));
    if (missing.length === 0) {
      await shelf.change(file.kept.id, (now) => ({ ...now, isWhole: true, used: Date.now() }));
      await shelf.makeRoom();
    } else if (!this.#isPadding && missing.every((index) => isPadding(partAt(index, file.size)))) {
      this.#isPadding = true;
      for (const index of missing) {
        const place = partAt(index, file.size);
        await this.#keep(file, place, this.#file.key === undefined ? undefined : this.#download(place.from, place.to));
      }
    }
  }

  /** What does not open goes: it is not to be believed, and may come whole again. */
  async #forget(kept: ShelfFile): Promise<void> {
    this.#isKeeping = false;
    if (!kept.isUnsent) await this.#ports.shelf.delete(kept.id).catch(() => {});
  }
}

/** Reads one stretch of a film, one read after the other, and holds the part that it is at. */
export class FilmReader {
  readonly #film: Film;
  #part: LoadedPart | undefined;
  #isEnded = false;

  constructor(film: Film) {
    this.#film = film;
  }

  /** Of the bytes from `from` up to, and without, `to` the first ones, at least one. */
  async read(from: number, to: number): Promise<Bytes> {
    const size = await this.#film.size();
    const isPart = Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && from < to && to <= size;
    if (!isPart) throw new RangeError('not a part of the file');
    const part = await this.#at(partWith(from));
    try {
      return await part.read(from, Math.min(to, part.place.plainTo));
    } catch (problem) {
      this.#part = undefined;
      if (!this.#isEnded) this.#film.failed(part.place.index, problem);
      throw problem;
    }
  }

  end(): void {
    this.#isEnded = true;
    this.#letGo();
  }

  async #at(index: number): Promise<LoadedPart> {
    if (this.#part?.place.index === index) return this.#part;
    this.#letGo();
    this.#part = await this.#film.hold(index);
    if (!this.#isEnded) return this.#part;
    this.#letGo();
    throw over();
  }

  #letGo(): void {
    if (this.#part !== undefined) this.#film.release(this.#part.place.index);
    this.#part = undefined;
  }
}

function over(): DOMException {
  return new DOMException('It is not played any more.', 'AbortError');
}

async function opened(kept: ShelfFile, header: Bytes): Promise<Opened> {
  const decrypter = await FileDecrypter.open(kept.key as FileKey, header, padded(kept.size));
  return { size: kept.size, kept, header, decrypter };
}

/** `first`: so many of the part's encrypted bytes, as soon as they are here. */
async function decrypted(
  decrypter: FileDecrypter,
  place: FilmPart,
  from: number,
  to: number,
  first: (bytes: number) => Promise<Bytes>,
): Promise<Bytes> {
  const segments = decrypter.segmentsFor(from, to);
  const bytes = await first(segments.to - place.from);
  return decrypter.decryptPart(from, to, bytes.subarray(segments.from - place.from));
}

/** The same, if all of it opens: of what somebody has changed nothing is kept. */
async function checked(decrypter: FileDecrypter, place: FilmPart, bytes: Bytes): Promise<Bytes> {
  await decrypted(decrypter, place, place.paddedFrom, place.paddedTo, async () => bytes);
  return bytes;
}

/** As it stands on the shelf. `bytes` are those of the file itself in this part; behind its end there are zeros. */
async function sealed(file: Opened, place: FilmPart, bytes: Bytes): Promise<Bytes> {
  const source = {
    size: padded(file.size),
    read: async (from: number, to: number): Promise<Bytes> => {
      const read = new Uint8Array(to - from); // of this part, all of it
      read.set(bytes);
      return read;
    },
  };
  for await (const piece of encryptFile(file.kept.key as FileKey, startIn(file.header), source, { from: place.from })) {
    if (piece.length !== place.to - place.from) break;
    return piece;
  }
  throw new Error('a part is not encrypted in one step');
}

function isPadding({ plainFrom, plainTo }: FilmPart): boolean {
  return plainFrom === plainTo;
}

function indexes(count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => at);
}
