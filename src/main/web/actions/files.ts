import { StorageFull } from '../archive.ts';
import { fileText } from '../fileTexts.ts';
import { fileName, type MediaFile, mediaIn } from '../media/files.ts';
import { UnreadableFile } from '../media/keeping.ts';
import type { Body, Unsent } from '../model.ts';
import { services } from '../services.ts';
import { dropDivider, serverNow, setTransfer, setUnsent, showDialog, showHint, store } from '../store.ts';
import { text } from '../strings.ts';
import { toEnd } from './chat.ts';
import { deleteUnsent, sendable, uuid7 } from './compose.ts';

// Sending files: one message for each, so that each has its own progress, its own ticks and its own words.

/** So many are chosen together at most. */
export const FILES_AT_ONCE = 30;

/** A file as it is to be sent, and what is known of it. */
export interface Outgoing {
  readonly blob: Blob;
  readonly file: Pick<MediaFile, 'kind' | 'name' | 'type' | 'width' | 'height' | 'duration' | 'preview' | 'waveform'>;
  readonly caption: string;
}

/** Being put onto the shelf by this page: a reload would lose them. */
const preparing = new Map<string, AbortController>();
/** By message: what this page has sent itself, so that the picture is there without being fetched. The last ones only. */
const shown = new Map<string, string>();
const SHOWN_MOST = 60;

/** To be looked at, and given words, before they go. */
export function chooseFiles(conversation: string, chosen: readonly File[]): void {
  const { fit, left } = fitting(chosen, FILES_AT_ONCE);
  for (const sentence of left) showHint(sentence);
  if (fit.length > 0) showDialog({ kind: 'send-files', conversation, files: fit });
}

/** Those that can be sent, and a sentence for what is left out. */
export function fitting(
  files: readonly File[],
  most: number,
): { readonly fit: readonly File[]; readonly left: readonly string[] } {
  const empty = files.filter((file) => file.size === 0).map((file) => fileText.emptyFile(file.name));
  const full = files.filter((file) => file.size > 0);
  const over = full.length > most ? [fileText.tooMany(FILES_AT_ONCE)] : [];
  return { fit: full.slice(0, most), left: [...empty, ...over] };
}

/** The bubbles are there at once, in this order; each message is in the outbox as soon as its file is on the shelf. */
export async function sendFiles(conversation: string, files: readonly Outgoing[]): Promise<void> {
  const order = (store.unsent.peek().at(-1)?.order ?? 0) + 1;
  const now = Date.now();
  const written = files.map((outgoing, at) => {
    const { blob, file, caption } = outgoing;
    const said = sendable(caption);
    const body: Body = {
      type: 'media',
      ...(said === '' ? {} : { text: said }),
      files: [{ ...file, media: '', size: blob.size }],
    };
    return { blob, message: { id: uuid7(now + at), conversation, body, written: serverNow() + at }, order: order + at };
  });
  const bubbles = written.map(({ message, order }): Unsent => ({ ...message, after: 0, order, uploads: [] }));
  for (const { message, blob } of written) {
    preparing.set(message.id, new AbortController());
    show(message.id, blob);
    setTransfer(message.id, { state: 'preparing', bytes: 0, of: blob.size });
  }
  window.addEventListener('beforeunload', warn);
  setUnsent(bubbles);
  dropDivider(conversation);
  void toEnd();
  for (const { message, blob } of written) await keep(message, blob);
  if (preparing.size === 0) window.removeEventListener('beforeunload', warn);
}

async function keep(message: Pick<Unsent, 'id' | 'conversation' | 'body' | 'written'>, blob: Blob): Promise<void> {
  const { files, archive, say } = services();
  const { id, conversation, body } = message;
  const signal = preparing.get(id)?.signal ?? AbortSignal.abort();
  const onProgress = (bytes: number): void => setTransfer(id, { state: 'preparing', bytes, of: blob.size });
  try {
    signal.throwIfAborted();
    const { name, key } = await files.keep(conversation, blob, { signal, onProgress });
    const [file] = mediaIn(body)?.files ?? [];
    const kept = await archive.addUnsent({ ...message, body: { ...body, files: [{ ...file, key }] }, uploads: [name] });
    if (store.unsent.peek().some((held) => held.id === id)) setUnsent([kept]);
    say({ kind: 'look', conversation });
  } catch (problem) {
    setUnsent([], [id]);
    if (!signal.aborted) showHint(sentenceOf(problem, body));
  } finally {
    preparing.delete(id);
    setTransfer(id, undefined);
  }
}

function sentenceOf(problem: unknown, body: Body): string {
  const name = fileName(mediaIn(body)?.files[0] ?? { kind: 'file' });
  if (problem instanceof StorageFull) return fileText.storageFull;
  return problem instanceof UnreadableFile ? fileText.unreadable(name) : fileText.notKept(name);
}

function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

function show(id: string, blob: Blob): void {
  shown.set(id, URL.createObjectURL(blob));
  const [oldest] = shown;
  if (shown.size <= SHOWN_MOST || oldest === undefined) return;
  shown.delete(oldest[0]);
  URL.revokeObjectURL(oldest[1]);
}

/** Nothing of the last person stays on the page. */
export function forgetSent(): void {
  for (const controller of preparing.values()) controller.abort();
  for (const url of shown.values()) URL.revokeObjectURL(url);
  shown.clear();
}

/** What this page has sent itself: a blob: URL of it, for as long as the page is open. */
export function sentHere(id: string | undefined): string | undefined {
  return id === undefined ? undefined : shown.get(id);
}

/** Ends it for good: nobody gets anything of it. */
export async function cancelSending({ id, conversation }: Pick<Unsent, 'id' | 'conversation'>): Promise<void> {
  preparing.get(id)?.abort();
  try {
    await deleteUnsent({ id, conversation });
  } catch {
    showHint(text.sendingFailed);
  }
}

export async function pauseSending({ id, conversation }: Unsent, isPaused: boolean): Promise<void> {
  const { archive, say } = services();
  try {
    const changed = await archive.pauseUnsent(id, isPaused);
    if (changed === undefined) return setUnsent([], [id]);
    setUnsent([changed]);
    say({ kind: 'look', conversation });
  } catch {
    showHint(text.sendingFailed);
  }
}
