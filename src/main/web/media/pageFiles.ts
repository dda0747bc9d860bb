import { toBase64url } from '../crypto/bytes.ts';
import type { Database } from '../database.ts';
import { LoginEnded, type Rest } from '../rest.ts';
import type { Files, OutgoingFile } from '../services.ts';
import { Fetching, type Watching } from './fetching.ts';
import type { MediaFile } from './files.ts';
import { Film } from './film.ts';
import { blobSource, keepOutgoing } from './keeping.ts';
import { PART_BYTES, type Shelf } from './shelf.ts';
import { type Door, type FileStream, Streams } from './streaming.ts';
import { randomFileKey } from './streamingAead.ts';

/** What a page does with files: it puts them onto the shelf for the worker, and fetches those that it shows. */
export class PageFiles implements Files {
  readonly #shelf: Shelf;
  readonly #database: Pick<Database, 'identity'>;
  readonly #rest: Pick<Rest, 'download'>;
  readonly #fetching: Fetching;
  readonly #streams: Streams;

  constructor(shelf: Shelf, rest: Pick<Rest, 'download'>, database: Pick<Database, 'identity'>, door: Door) {
    this.#shelf = shelf;
    this.#rest = rest;
    this.#database = database;
    this.#fetching = new Fetching(shelf, rest);
    this.#streams = new Streams(door);
  }

  async keep(
    conversation: string,
    blob: Blob,
    watching: { readonly signal: AbortSignal; onProgress(bytes: number): void },
  ): Promise<OutgoingFile> {
    await this.#begin();
    const key = randomFileKey();
    const name = crypto.randomUUID();
    await keepOutgoing(this.#shelf, { id: name, conversation, key, source: blobSource(blob) }, watching);
    return { name, key: toBase64url(key) };
  }

  async fetch(conversation: string, file: MediaFile, type: string, watching: Watching): Promise<Blob> {
    await this.#begin();
    return this.#fetching.blob(conversation, file, type, watching);
  }

  async stream(conversation: string, file: MediaFile, type: string, watching: Watching): Promise<FileStream> {
    await this.#begin();
    const ports = { shelf: this.#shelf, rest: this.#rest, locks: isSecureContext ? navigator.locks : undefined };
    const stream =
      file.size <= PART_BYTES
        ? undefined // there at once anyway
        : await this.#streams.begin(() => new Film(ports, conversation, file), type);
    if (stream !== undefined) return stream;
    const url = URL.createObjectURL(await this.#fetching.blob(conversation, file, type, watching));
    return { url, why: () => undefined, end: () => URL.revokeObjectURL(url) };
  }

  /** Nothing is played any more, and nobody is there to help with it. */
  forget(): Promise<void> {
    return this.#streams.forget();
  }

  async isHere(file: MediaFile): Promise<boolean> {
    return (await this.#fetching.kept(file)) !== undefined;
  }

  async usage(): Promise<ReadonlyMap<string, number>> {
    const usage = new Map<string, number>();
    for (const { conversation, bytes } of await this.#shelf.files()) {
      usage.set(conversation, (usage.get(conversation) ?? 0) + bytes);
    }
    return usage;
  }

  async clear(conversation: string): Promise<void> {
    const files = await this.#shelf.files();
    const fetched = files.filter((file) => file.conversation === conversation && !file.isUnsent);
    await this.#shelf.delete(...fetched.map(({ id }) => id));
  }

  /** What somebody else has left here goes first. */
  async #begin(): Promise<void> {
    const identity = await this.#database.identity();
    if (identity === undefined) throw new LoginEnded();
    await this.#shelf.begin(identity.uid);
  }
}
