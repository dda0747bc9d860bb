import type { Bytes } from '../crypto/bytes.ts';
import type { VideoType } from './kinds.ts';

// Telephones write the place into a video, in one of several boxes that say something about it and that no player needs. Such a box
// becomes an empty one of the same length, so that everything else stays where it is.

const BOXES_MOST = 10_000;
/** What describes a video of some hours has a few megabytes. */
const DESCRIPTION_MOST = 64 << 20;
const BOX_HEADER = 8;
const LONG_BOX_HEADER = 16;
/** `udta` and `meta`: places, names, devices. `uuid`: among others XMP. */
const TELLING = new Set(['udta', 'meta', 'uuid']);
const CONTAINING = new Set(['moov', 'trak']);

interface Box {
  readonly name: string;
  readonly at: number;
  readonly content: number;
  readonly end: number;
}

/** `undefined` if it cannot be understood. What browsers record as WebM says nothing of the kind, and is left as it is. */
export async function withoutPlace(file: Blob, type: VideoType): Promise<Blob | undefined> {
  if (type !== 'video/mp4') return file;
  const parts: Blob[] = [];
  let kept = 0;
  let at = 0;
  for (let boxes = 0; at < file.size; boxes++) {
    const head = await bytesOf(file.slice(at, at + LONG_BOX_HEADER));
    const box = boxIn(head, 0, file.size - at);
    if (box === undefined || boxes === BOXES_MOST) return undefined;
    if (box.name === 'moov' || TELLING.has(box.name)) {
      if (box.end > DESCRIPTION_MOST) return undefined;
      const bytes = await bytesOf(file.slice(at, at + box.end));
      if (!silence(bytes, 0, bytes.length)) return undefined;
      parts.push(file.slice(kept, at), new Blob([bytes]));
      kept = at + box.end;
    }
    at += box.end;
  }
  return parts.length === 0 ? file : new Blob([...parts, file.slice(kept)], { type });
}

/** Whether all of it could be understood. */
function silence(bytes: Bytes, from: number, to: number): boolean {
  for (let at = from; at < to; ) {
    const box = boxIn(bytes.subarray(at), at, to - at);
    if (box === undefined) return to - at < BOX_HEADER; // some end with four zeros
    if (TELLING.has(box.name)) {
      bytes.set(new TextEncoder().encode('free'), at + 4);
      bytes.fill(0, box.content, box.end);
    } else if (CONTAINING.has(box.name) && !silence(bytes, box.content, box.end)) {
      return false;
    }
    at = box.end;
  }
  return true;
}

/** The box at the beginning of `head`, which stands at `at` and has `room`. */
function boxIn(head: Bytes, at: number, room: number): Box | undefined {
  if (head.length < BOX_HEADER) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const name = String.fromCharCode(...head.subarray(4, BOX_HEADER));
  const said = view.getUint32(0);
  if (said === 1 && head.length < LONG_BOX_HEADER) return undefined;
  const header = said === 1 ? LONG_BOX_HEADER : BOX_HEADER;
  const size = said === 0 ? room : said === 1 ? Number(view.getBigUint64(8)) : said;
  if (size < header || size > room) return undefined;
  return { name, at, content: at + header, end: at + size };
}

async function bytesOf(blob: Blob): Promise<Bytes> {
  return new Uint8Array(await blob.arrayBuffer());
}
