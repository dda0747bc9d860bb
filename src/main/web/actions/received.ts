import type { MediaFile } from '../media/files.ts';
import { savable, showable } from '../media/received.ts';
import { services } from '../services.ts';

// Files as they are shown: fetched once for a page however many places show them, and let go when many others have been looked at.

interface Shown {
  readonly url: Promise<string>;
  readonly end: () => void;
}

/** So many are kept ready: a chat of a thousand pictures is not to hold a thousand of them. */
const SHOWN_MOST = 60;
const shown = new Map<string, Shown>();

export interface Watching {
  readonly signal: AbortSignal;
  onProgress(bytes: number, of: number): void;
}

/** A blob: URL of it. Fails as `Files.fetch` does. */
export function urlOf(conversation: string, file: MediaFile, type: string, watching: Watching): Promise<string> {
  const known = shown.get(file.media);
  if (known !== undefined) {
    shown.delete(file.media);
    shown.set(file.media, known); // the last one looked at
    return known.url;
  }
  const url = services()
    .files.fetch(conversation, file, type, watching)
    .then((blob) => shownAs(blob, file.kind))
    .then((blob) => URL.createObjectURL(blob));
  const end = (): void => void url.then((made) => URL.revokeObjectURL(made)).catch(() => undefined);
  shown.set(file.media, { url, end });
  url.catch(() => shown.delete(file.media));
  const [oldest] = shown;
  if (shown.size > SHOWN_MOST && oldest !== undefined) {
    shown.delete(oldest[0]);
    oldest[1].end();
  }
  return url;
}

/** It is not what it is said to be, or too large to be drawn: it can be saved. */
export class Unshowable extends Error {
  override readonly name = 'Unshowable';
}

/** Under the type that its content has, whatever its sender says it is. */
async function shownAs(blob: Blob, kind: MediaFile['kind']): Promise<Blob> {
  const shown = kind === 'file' ? undefined : await showable(blob, kind);
  if (shown === undefined) throw new Unshowable();
  return shown;
}

/** Nothing of the last person stays on the page. */
export function forgetShown(): void {
  for (const { end } of shown.values()) end();
  shown.clear();
}

/** Into the folder for downloads, under a name that is safe there. */
export async function saveFile(conversation: string, file: MediaFile, name: string, watching: Watching): Promise<void> {
  // As bytes of no kind: nothing that somebody sent is opened by the browser as what it says it is.
  const blob = await services().files.fetch(conversation, file, '', watching);
  const url = URL.createObjectURL(savable(blob));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), SAVING_MILLIS);
}

/** The browser has taken the file by then. */
const SAVING_MILLIS = 60_000;
