import { type Bytes, fromBase64url } from '../crypto/bytes.ts';
import { NetworkProblem, type Rest } from '../rest.ts';
import type { MediaFile } from './files.ts';
import { KeptFile, keepable, NotKept, Parts } from './keeping.ts';
import { padded } from './padding.ts';
import { PART_BYTES, type Shelf, type ShelfFile } from './shelf.ts';
import {
  ciphertextBytes,
  DamagedFile,
  encryptFile,
  type FileKey,
  type FileSource,
  HEADER_BYTES,
  plaintextBytes,
  randomFileKey,
  randomFileStart,
  startIn,
} from './streamingAead.ts';

// Files that came with messages: from the shelf, or from the server onto it. What was encrypted stays so; what was not is encrypted here.
// What has come stays when it breaks off, and the rest is asked for from there.

export interface Watching {
  readonly signal: AbortSignal;
  /** How much of it is here. */
  onProgress(bytes: number, of: number): void;
}

/** Broken off in a row without a byte in between: then a person decides when to go on. */
const TRIES = 4;
const AGAIN_MILLIS = 500;

export class Fetching {
  readonly #shelf: Shelf;
  readonly #rest: Pick<Rest, 'download'>;
  /** By upload: what comes is wanted once, whoever looks at it. */
  readonly #coming = new Map<string, Promise<ShelfFile>>();

  constructor(shelf: Shelf, rest: Pick<Rest, 'download'>) {
    this.#shelf = shelf;
    this.#rest = rest;
  }

  /** What of it is here already; undefined if not all. */
  async kept(file: Pick<MediaFile, 'media'>): Promise<KeptFile | undefined> {
    const found = file.media === '' ? undefined : await this.#shelf.ofUpload(file.media);
    if (found?.isWhole !== true) return undefined;
    return new KeptFile(this.#shelf, found);
  }

  /**
   * All of it. Fails with a RestProblem (`not-found`: the server does not have it any more), a NetworkProblem, a DamagedFile, as the shelf
   * does, or because of `signal`.
   */
  async whole(conversation: string, file: MediaFile, watching: Watching): Promise<KeptFile> {
    const kept = await this.kept(file);
    if (kept !== undefined) {
      void this.#shelf.change(kept.file.id, (now) => ({ ...now, used: Date.now() })).catch(() => {});
      return kept;
    }
    const coming = this.#coming.get(file.media) ?? this.#fetch(conversation, file, watching);
    this.#coming.set(file.media, coming);
    try {
      return new KeptFile(this.#shelf, await coming);
    } finally {
      this.#coming.delete(file.media);
    }
  }

  /** As a picture or a video is shown, or a file saved. What does not open goes: it is not to be believed, and may come whole again. */
  async blob(conversation: string, file: MediaFile, type: string, watching: Watching): Promise<Blob> {
    const kept = await this.whole(conversation, file, watching);
    try {
      return await kept.blob(type);
    } catch (problem) {
      if (problem instanceof DamagedFile || problem instanceof NotKept) await this.#shelf.delete(kept.file.id);
      throw problem;
    }
  }

  async #fetch(conversation: string, file: MediaFile, watching: Watching): Promise<ShelfFile> {
    const found = await this.#shelf.ofUpload(file.media);
    const id = found?.id ?? file.media;
    const fetched =
      file.key === undefined
        ? await this.#fetchPlain(id, found, conversation, file, watching)
        : await this.#fetchEncrypted(id, found, conversation, { ...file, key: file.key }, watching);
    await this.#shelf.makeRoom();
    return fetched;
  }

  async #fetchEncrypted(
    id: string,
    found: ShelfFile | undefined,
    conversation: string,
    file: MediaFile & { readonly key: string },
    watching: Watching,
  ): Promise<ShelfFile> {
    const bytes = ciphertextBytes(padded(file.size));
    const kept = found ?? {
      ...begun(id, conversation, file),
      key: await keepable(fromBase64url(file.key)),
      size: file.size,
      bytes,
    };
    if (found === undefined) await this.#shelf.put(kept);
    const held = found === undefined ? 0 : await this.#heldParts(id);
    if (held * PART_BYTES >= bytes) return this.#ended(kept);
    const stream = new Stream(this.#rest, file.media, held * PART_BYTES, watching.signal);
    const parts = new Parts(this.#shelf, id, held);
    for await (const chunk of stream.all()) {
      if (stream.total !== bytes) throw new DamagedFile('the upload is not as long as the file that was sent');
      await parts.add(chunk);
      watching.onProgress(stream.at, bytes);
    }
    await parts.end();
    return this.#ended(kept);
  }

  async #fetchPlain(
    id: string,
    found: ShelfFile | undefined,
    conversation: string,
    file: MediaFile,
    watching: Watching,
  ): Promise<ShelfFile> {
    const held = found === undefined ? 0 : await this.#heldParts(id);
    const [part] = held === 0 ? [] : [await this.#shelf.part(id, 0)];
    const canGoOn = found !== undefined && part !== undefined;
    const from = canGoOn ? held * PART_BYTES : 0;
    if (canGoOn && from >= found.bytes) return this.#ended(found);
    const stream = new Stream(this.#rest, file.media, 0, watching.signal);
    stream.at = canGoOn ? plaintextAt(found.size, from) : 0;
    await stream.open();
    const size = stream.total;
    const kept: ShelfFile = canGoOn
      ? found
      : {
          ...begun(id, conversation, file),
          key: await keepable(randomFileKey()),
          size,
          bytes: ciphertextBytes(padded(size)),
        };
    if (!canGoOn) await this.#shelf.put(kept);
    const start = part === undefined ? randomFileStart() : startIn(new Uint8Array(part).slice(0, HEADER_BYTES));
    const source: FileSource = {
      size: padded(size),
      read: async (first, end) => {
        const bytes = new Uint8Array(end - first); // zeros behind its end
        bytes.set(await stream.take(Math.max(0, Math.min(end, size) - first)));
        watching.onProgress(stream.at, size);
        return bytes;
      },
    };
    const parts = new Parts(this.#shelf, id, canGoOn ? held : 0);
    for await (const piece of encryptFile(kept.key as FileKey, start, source, { from })) await parts.add(piece);
    await parts.end();
    return this.#ended(kept);
  }

  /** How many parts are here without a gap. */
  async #heldParts(id: string): Promise<number> {
    const indexes = await this.#shelf.partsOf(id);
    const gap = indexes.findIndex((index, at) => index !== at);
    return gap < 0 ? indexes.length : gap;
  }

  async #ended(kept: ShelfFile): Promise<ShelfFile> {
    const whole = await this.#shelf.change(kept.id, (now) => ({ ...now, isWhole: true, used: Date.now() }));
    if (whole === undefined) throw new DOMException('It was cleared away.', 'AbortError');
    return whole;
  }
}

function begun(id: string, conversation: string, { media }: MediaFile) {
  return { id, conversation, media, isWhole: false, isUnsent: false, used: Date.now() };
}

/** Which byte of a file is the first in what begins at `from` of its encrypted form, where a segment begins. */
function plaintextAt(size: number, from: number): number {
  return from === 0 ? 0 : Math.min(size, plaintextBytes(from));
}

/** The bytes of an upload from a place on, over as many connections as it takes. */
class Stream {
  at: number;
  /** Of the whole upload; known once it is open. */
  total = 0;
  readonly #rest: Pick<Rest, 'download'>;
  readonly #media: string;
  readonly #signal: AbortSignal;
  #reader: ReadableStreamDefaultReader<Bytes> | undefined;
  #held: Bytes = new Uint8Array();

  constructor(rest: Pick<Rest, 'download'>, media: string, at: number, signal: AbortSignal) {
    this.#rest = rest;
    this.#media = media;
    this.at = at;
    this.#signal = signal;
  }

  async open(): Promise<void> {
    const response = await this.#rest.download(this.#media, this.at, this.#signal);
    const [, total] = /^bytes \d+-\d+\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '') ?? [];
    if (total === undefined && this.at > 0) throw new NetworkProblem('the server does not go on with a download');
    this.total = Number(total ?? response.headers.get('Content-Length') ?? 0);
    this.#reader = (response.body as ReadableStream<Bytes> | null)?.getReader();
  }

  async *all(): AsyncGenerator<Bytes> {
    for (;;) {
      const chunk = await this.#next();
      if (chunk === undefined) return;
      yield chunk;
    }
  }

  /** Exactly so many. */
  async take(bytes: number): Promise<Bytes> {
    const taken = new Uint8Array(bytes);
    let filled = 0;
    while (filled < bytes) {
      if (this.#held.length === 0) {
        const chunk = await this.#next();
        if (chunk === undefined) throw new DamagedFile('shorter than it must be');
        this.#held = chunk;
      }
      const piece = this.#held.subarray(0, bytes - filled);
      taken.set(piece, filled);
      filled += piece.length;
      this.#held = this.#held.subarray(piece.length);
    }
    return taken;
  }

  /** Undefined at its end. What is broken off goes on where it was. */
  async #next(): Promise<Bytes | undefined> {
    for (let tries = 1; ; tries++) {
      this.#signal.throwIfAborted();
      try {
        if (this.#reader === undefined) await this.open();
        const chunk = await this.#reader?.read();
        if (chunk?.value !== undefined) {
          this.at += chunk.value.length;
          return chunk.value;
        }
        if (this.at >= this.total) return undefined;
        throw new NetworkProblem('the download was cut off');
      } catch (problem) {
        this.#signal.throwIfAborted();
        const isCut = problem instanceof NetworkProblem || problem instanceof TypeError;
        this.#reader = undefined;
        if (!isCut || tries === TRIES) {
          throw isCut ? new NetworkProblem('the download was cut off', { cause: problem }) : problem;
        }
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MILLIS * 2 ** tries));
      }
    }
  }
}
