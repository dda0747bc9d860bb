import type { Bytes } from '../crypto/bytes.ts';
import { NetworkProblem, type Rest } from '../rest.ts';
import { deferred } from './deferred.ts';
import { DamagedFile } from './streamingAead.ts';

// A part of an upload on its way from the server. What has come can be used while the rest still comes.

/** Broken off in a row without a byte in between: then a person decides when to go on. */
const TRIES = 4;
const AGAIN_MILLIS = 500;

export class RangeDownload {
  readonly #rest: Pick<Rest, 'download'>;
  readonly #media: string;
  readonly #from: number;
  readonly #to: number;
  readonly #stopped = new AbortController();
  readonly #opened = deferred<number>();
  readonly #whole: Promise<Bytes>;
  #bytes: Bytes = new Uint8Array();
  #filled = 0;
  #total: number | undefined;
  #waiting: (() => void)[] = [];
  #problem: unknown;
  #isOver = false;

  /** Of the upload from `from` up to, and without, `to`, or its end if that comes before. */
  constructor(rest: Pick<Rest, 'download'>, media: string, from: number, to: number) {
    this.#rest = rest;
    this.#media = media;
    this.#from = from;
    this.#to = to;
    this.#opened.promise.catch(() => {}); // told to whoever asks
    this.#whole = this.#run();
    this.#whole.catch(() => {});
  }

  /** How long the whole upload is. */
  total(): Promise<number> {
    return this.#opened.promise;
  }

  whole(): Promise<Bytes> {
    return this.#whole;
  }

  /** The first `bytes` of it, as soon as they are here. */
  async first(bytes: number): Promise<Bytes> {
    await this.#opened.promise;
    if (bytes > this.#bytes.length) throw new DamagedFile('shorter than it must be');
    while (this.#filled < bytes) {
      if (this.#isOver) throw this.#problem;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this.#bytes.subarray(0, bytes);
  }

  /** Nobody wants it any more. */
  stop(): void {
    this.#stopped.abort();
  }

  async #run(): Promise<Bytes> {
    try {
      for (let tries = 1; !this.#isFull; tries++) {
        const before = this.#filled;
        try {
          await this.#read();
        } catch (problem) {
          this.#stopped.signal.throwIfAborted();
          if (!(problem instanceof NetworkProblem || problem instanceof TypeError)) throw problem;
          if (this.#filled > before) tries = 1;
          if (tries === TRIES) throw new NetworkProblem('the download was cut off', { cause: problem });
          await this.#pause(AGAIN_MILLIS * 2 ** tries);
        }
      }
      return this.#bytes;
    } catch (problem) {
      this.#problem = problem;
      this.#opened.reject(problem);
      throw problem;
    } finally {
      this.#isOver = true;
      this.#wake();
    }
  }

  get #isFull(): boolean {
    return this.#total !== undefined && this.#filled === this.#bytes.length;
  }

  async #read(): Promise<void> {
    const { signal } = this.#stopped;
    const response = await this.#rest.download(this.#media, this.#from + this.#filled, signal, this.#to);
    this.#open(response);
    const reader = (response.body as ReadableStream<Bytes> | null)?.getReader();
    try {
      while (!this.#isFull) {
        const chunk = await reader?.read();
        if (chunk?.value === undefined) throw new NetworkProblem('the download was cut off');
        const wanted = chunk.value.subarray(0, this.#bytes.length - this.#filled);
        this.#bytes.set(wanted, this.#filled);
        this.#filled += wanted.length;
        this.#wake();
      }
    } finally {
      await reader?.cancel().catch(() => {});
    }
  }

  #open(response: Response): void {
    const said = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '');
    const at = said === null ? 0 : Number(said[1]);
    const total = Number(said === null ? (response.headers.get('Content-Length') ?? 0) : said[2]);
    if (at !== this.#from + this.#filled) throw new NetworkProblem('the server gives another part than was asked for');
    if (this.#total !== undefined && this.#total !== total) throw new DamagedFile('its length has changed');
    if (this.#total === undefined) this.#bytes = new Uint8Array(Math.max(0, Math.min(this.#to, total) - this.#from));
    this.#total = total;
    this.#opened.resolve(total);
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  async #pause(millis: number): Promise<void> {
    const { signal } = this.#stopped;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, millis);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
    signal.throwIfAborted();
  }
}
