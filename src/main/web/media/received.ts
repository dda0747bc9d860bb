import { DIMENSIONS_WITHIN, dimensionsOf, isBearable } from './dimensions.ts';
import { formatOf, imageType, videoType, voiceType } from './kinds.ts';

// What others have sent, before it is shown. Whoever writes a program of his own can send anything as a picture.

/**
 * The same bytes under the type that they have; `undefined` if they are not of this kind, or a picture too large to be borne. Only such
 * a blob may be given an address that is shown in the page.
 */
export async function showable(blob: Blob, kind: 'image' | 'video' | 'voice'): Promise<Blob | undefined> {
  const beginning = new Uint8Array(await blob.slice(0, DIMENSIONS_WITHIN).arrayBuffer());
  const type = { image: imageType, video: videoType, voice: voiceType }[kind](beginning);
  if (type === undefined) return undefined;
  if (kind === 'image' && !isImageBearable(beginning)) return undefined;
  return blob.slice(0, blob.size, type);
}

/** The same bytes under a type that no browser opens: to be saved. */
export function savable(blob: Blob): Blob {
  return blob.slice(0, blob.size, 'application/octet-stream');
}

const NAME_LENGTH_MOST = 120;
const ENDING_LENGTH_MOST = 16;
/** Signs that are not seen, and those that turn the direction of writing: with them `…gpj.exe` looks like `…exe.jpg`. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
/** Not allowed in names, or not everywhere. */
const FORBIDDEN = /[<>:"|?*]/gu;
const OF_DEVICES = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/iu;

/** The name that somebody gave to a file, so that it can be saved under it anywhere. */
export function safeName(name: string): string {
  const last = name.split(/[/\\]/u).at(-1) ?? '';
  const clean = last
    .replace(UNSEEN, '')
    .replace(FORBIDDEN, '_')
    .replace(/^[\s.]+|[\s.]+$/gu, '')
    .replace(OF_DEVICES, '_$&');
  return clean === '' ? 'file' : shortened(clean);
}

/** With its ending, which says what it is. */
function shortened(name: string): string {
  const letters = [...name];
  if (letters.length <= NAME_LENGTH_MOST) return name;
  const dot = letters.lastIndexOf('.');
  const ending = dot > 0 && letters.length - dot <= ENDING_LENGTH_MOST ? letters.slice(dot) : [];
  return [...letters.slice(0, NAME_LENGTH_MOST - ending.length), ...ending].join('');
}

function isImageBearable(beginning: Uint8Array): boolean {
  const format = formatOf(beginning);
  const dimensions = format === undefined ? undefined : dimensionsOf(format, beginning);
  return dimensions !== undefined && isBearable(dimensions);
}
