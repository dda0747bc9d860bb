import { StorageFailed, StorageFull } from '../archive.ts';
import { Backoff } from '../backoff.ts';
import type { Unsent } from '../model.ts';
import type { Nodes } from '../nodes.ts';
import type { Parts } from '../parts.ts';
import { NetworkProblem, RestProblem } from '../rest.ts';
import { inForm, type MediaFile, mediaIn, withFiles } from './files.ts';
import { KeptFile } from './keeping.ts';
import type { Shelf, ShelfFile, UploadForm } from './shelf.ts';
import { DamagedFile } from './streamingAead.ts';
import { OTHER_BYTES, type Uploader } from './tus.ts';

export interface UploadsPorts {
  readonly shelf: Shelf;
  readonly nodes: Nodes;
  readonly upload: Uploader;
}

/** How far a file has come, of a message on its way out. */
export interface Transfer {
  readonly state: 'preparing' | 'uploading';
  readonly bytes: number;
  readonly of: number;
}

/** Side by side: more would only be slower each. */
const TOGETHER = 2;
const FIRST_MILLIS = 1_000;
const LONGEST_MILLIS = 60_000;
/** Pages are told so often at most. */
const TELL_MILLIS = 200;
/** What nobody waits for any more is thrown away then: a page that puts a file onto the shelf has not written its message yet. */
const ABANDONED_MILLIS = 24 * 3600_000;
/** Uploaded anew after the server has found other bytes than were promised. */
const DAMAGED_TRIES = 2;

const SENTENCES: Readonly<Record<string, string>> = {
  'too-large': 'The server does not take so much: this file is too large, or all of yours together are.',
  forbidden: 'The server does not take files of this kind, or none from you in this chat.',
  lost: 'This file is not in the browser any more. Delete the message, then choose the file again.',
  damaged: 'This file has been damaged in the browser. Delete the message, then choose the file again.',
  refused: 'The server does not take this file.',
};

/** Why an upload ends for good. */
class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;

  constructor(code: string, message = SENTENCES[code] ?? '') {
    super(message);
    this.code = code;
  }
}

/** Brings what messages carry to the server, before they go: goes on where it was, however often it is cut off. */
export class Uploads {
  readonly #parts: Parts;
  readonly #ports: UploadsPorts;
  readonly #running = new Map<string, AbortController>();
  /** By message: not before this has passed. */
  readonly #resting = new Map<string, Backoff>();
  readonly #restingNow = new Set<string>();
  readonly #transfers = new Map<string, Transfer>();
  readonly #told = new Map<string, number>();
  #wanted: readonly Unsent[] = [];

  constructor(parts: Parts, ports: UploadsPorts) {
    this.#parts = parts;
    this.#ports = ports;
  }

  /** All messages that have something to be uploaded. */
  look(unsent: readonly Unsent[]): void {
    this.#wanted = unsent.filter(({ refused, paused }) => refused === undefined && paused !== true);
    const ids = new Set(this.#wanted.map(({ id }) => id));
    for (const [id, running] of this.#running) if (!ids.has(id)) running.abort();
    this.#pump();
  }

  /** A new connection: what could not go is tried again. */
  welcome(): void {
    this.#restingNow.clear();
    this.#pump();
  }

  stop(): void {
    for (const running of this.#running.values()) running.abort();
    this.#wanted = [];
  }

  /** To a page that has just been opened. */
  tell(): void {
    for (const [id, transfer] of this.#transfers) this.#parts.tell({ kind: 'transfer', id, transfer });
  }

  /** Whether what a message carries was uploaded in the form in which it is to go. */
  isAs(form: UploadForm, { uploads, body }: Unsent): boolean {
    if (uploads === undefined) return true;
    const files = mediaIn(body)?.files ?? [];
    return files.every(({ key }) => (key !== undefined) === (form === 'encrypted'));
  }

  /** It has to be uploaded once more: in another form, or because the server has not got it. */
  async again(id: string): Promise<void> {
    const unsent = await this.#parts.reading(async (database) =>
      (await database.unsent()).find((unsent) => unsent.id === id),
    );
    const content = unsent === undefined ? undefined : mediaIn(unsent.body);
    if (unsent?.uploads === undefined || content === undefined) return;
    for (const name of unsent.uploads)
      await this.#ports.shelf.change(name, ({ upload: _, media: __, ...file }) => file);
    const files = content.files.map((file) => inForm({ ...file, media: '' }, 'encrypted'));
    const message = { id, conversation: unsent.conversation, body: withFiles(unsent.body, files) };
    const changed = await this.#parts.writing((database, me) => database.notUploaded(me, message));
    if (changed !== undefined) this.#parts.tell({ kind: 'changes', unsent: [changed] });
    this.#parts.outbox.look();
  }

  /** They are in the log: what they carry stays as what was fetched would. */
  settled(messages: readonly Unsent[]): void {
    for (const { uploads = [], media = [] } of messages) {
      for (const [at, name] of uploads.entries()) {
        const upload = media[at];
        void this.#ports.shelf
          .change(name, (file) => ({ ...file, isUnsent: false, ...(upload === undefined ? {} : { media: upload }) }))
          .catch(() => {}); // it can be fetched again
      }
    }
  }

  /** The person does not want to send these any more. */
  dropped(names: readonly string[]): void {
    for (const name of names) void this.#drop(name).catch(() => {}); // swept later
  }

  /** What pages have left behind that were closed in the middle. */
  async sweep(): Promise<void> {
    const unsent = (await this.#parts.reading((database) => database.unsent())) ?? [];
    const wanted = new Set(unsent.flatMap(({ uploads = [] }) => uploads));
    const now = this.#parts.clock.now();
    for (const { id, isUnsent, used } of await this.#ports.shelf.files()) {
      if (isUnsent && !wanted.has(id) && now - used > ABANDONED_MILLIS) await this.#drop(id);
    }
  }

  async #drop(name: string): Promise<void> {
    const file = await this.#ports.shelf.file(name);
    await this.#ports.shelf.delete(name);
    const path = file?.upload?.path;
    if (path === undefined || file?.isUnsent !== true) return;
    await this.#parts.rest.call({ method: 'DELETE', path, repeat: 'always', headers: { 'Tus-Resumable': '1.0.0' } });
  }

  #pump(): void {
    if (!this.#parts.isLive()) return;
    for (const unsent of this.#wanted) {
      if (this.#running.size >= TOGETHER) return;
      if (this.#running.has(unsent.id) || this.#restingNow.has(unsent.id)) continue;
      const running = new AbortController();
      this.#running.set(unsent.id, running);
      void this.#run(unsent, running.signal).finally(() => {
        this.#running.delete(unsent.id);
        this.#pump();
      });
    }
  }

  async #run(unsent: Unsent, signal: AbortSignal): Promise<void> {
    const { id, conversation } = unsent;
    try {
      const form = await this.#parts.encryption.formOf(conversation);
      if (typeof form !== 'string') {
        if (form.kind === 'later') this.#restFor(id, form.millis);
        else this.#refuse(id, form.code);
        return;
      }
      await this.#uploadAll(unsent, form, signal);
      this.#leave(id);
      this.#parts.outbox.look();
    } catch (problem) {
      if (signal.aborted) return;
      this.#failed(id, problem);
    } finally {
      if (this.#transfers.delete(id)) this.#parts.tell({ kind: 'transfer', id });
      this.#told.delete(id);
    }
  }

  async #uploadAll({ id, conversation, body, uploads = [] }: Unsent, form: UploadForm, signal: AbortSignal) {
    const content = mediaIn(body);
    if (content === undefined || content.files.length !== uploads.length) throw new Refusal('lost');
    const kept = await Promise.all(uploads.map((name) => this.#ports.shelf.file(name)));
    const files = kept.map((file) => {
      if (file?.isWhole !== true || file.sha256 === undefined) throw new Refusal('lost');
      return file;
    });
    const of = files.reduce((bytes, file) => bytes + bytesOf(file, form), 0);
    let before = 0;
    const media: string[] = [];
    for (const [at, file] of files.entries()) {
      const progress = (bytes: number): void => this.#progress(id, { state: 'uploading', bytes: before + bytes, of });
      progress(0);
      media.push(await this.#upload(file, form, content.files[at]?.type, signal, progress));
      before += bytesOf(file, form);
    }
    const named = content.files.map((file, at): MediaFile => inForm({ ...file, media: media[at] ?? '' }, form));
    const message = { id, conversation, body: withFiles(body, named) };
    const changed = await this.#parts.writing((database, me) => database.uploaded(me, message, media));
    if (changed !== undefined) this.#parts.tell({ kind: 'changes', unsent: [changed] });
  }

  async #upload(
    file: ShelfFile,
    form: UploadForm,
    type: string | undefined,
    signal: AbortSignal,
    onProgress: (bytes: number) => void,
  ): Promise<string> {
    const { shelf, upload, nodes } = this.#ports;
    const kept = new KeptFile(shelf, file);
    const isPlain = form === 'plain';
    for (let tries = 1; ; tries++) {
      const now = tries === 1 ? file.upload : undefined;
      try {
        return await upload(
          {
            conversation: file.conversation,
            size: bytesOf(file, form),
            sha256: (isPlain ? file.sha256?.plain : file.sha256?.encrypted) ?? '',
            type: isPlain ? type : undefined,
            path: now?.form === form ? now.path : undefined,
            read: (from, to) => (isPlain ? kept.read(from, to) : kept.encrypted(from, to)),
          },
          {
            node: nodes.current,
            signal,
            token: () => this.#parts.rest.token(),
            onPath: (path) => void shelf.change(file.id, (one) => ({ ...one, upload: { path, form } })).catch(() => {}),
            onProgress,
          },
        );
      } catch (problem) {
        const isOther = problem instanceof RestProblem && problem.status === OTHER_BYTES;
        if (!isOther) throw problem;
        if (tries === DAMAGED_TRIES) throw new Refusal('damaged');
      }
    }
  }

  #failed(id: string, problem: unknown): void {
    const refusal = refusalOf(problem);
    if (refusal !== undefined) {
      this.#refuse(id, refusal.code, refusal.message);
      return;
    }
    if (problem instanceof StorageFull || problem instanceof StorageFailed) this.#parts.storageFailed(problem);
    if (problem instanceof NetworkProblem) this.#ports.nodes.leave(this.#ports.nodes.current);
    if (problem instanceof RestProblem && problem.status === 401) void this.#parts.rest.token(true).catch(() => {});
    const backoff = this.#resting.get(id) ?? new Backoff(this.#parts.random, FIRST_MILLIS, LONGEST_MILLIS);
    this.#resting.set(id, backoff);
    const after = problem instanceof RestProblem ? (problem.retryAfterSeconds ?? 0) * 1000 : 0;
    this.#restFor(id, Math.max(backoff.next(), after));
  }

  #refuse(id: string, code: string, message?: string): void {
    this.#leave(id);
    this.#parts.outbox.refuse(id, code, message);
  }

  /** There is nothing more to do for it. */
  #leave(id: string): void {
    this.#wanted = this.#wanted.filter((wanted) => wanted.id !== id);
    this.#resting.delete(id);
  }

  #restFor(id: string, millis: number): void {
    this.#restingNow.add(id);
    this.#parts.clock.after(millis, () => {
      this.#restingNow.delete(id);
      this.#pump();
    });
  }

  #progress(id: string, transfer: Transfer): void {
    this.#transfers.set(id, transfer);
    const now = this.#parts.clock.now();
    const told = this.#told.get(id) ?? Number.NEGATIVE_INFINITY;
    if (now - told < TELL_MILLIS && transfer.bytes > 0) return;
    this.#told.set(id, now);
    this.#parts.tell({ kind: 'transfer', id, transfer });
  }
}

function bytesOf({ size, bytes }: ShelfFile, form: UploadForm): number {
  return form === 'plain' ? size : bytes;
}

/** Undefined where trying again may help. */
function refusalOf(problem: unknown): Refusal | undefined {
  if (problem instanceof Refusal) return problem;
  if (problem instanceof DamagedFile) return new Refusal('damaged');
  if (!(problem instanceof RestProblem) || problem.status >= 500 || MAY_PASS.has(problem.status)) return undefined;
  const code = SENTENCES[problem.code] === undefined ? 'refused' : problem.code;
  return new Refusal(code, problem.detail === '' ? SENTENCES[code] : problem.detail);
}

/** The login is renewed, another connection is in the way, or it is too much at a time. */
const MAY_PASS: ReadonlySet<number> = new Set([401, 408, 409, 423, 429]);
