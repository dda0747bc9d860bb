import { type Bytes, joined } from '../crypto/bytes.ts';

// Pictures that move cannot be drawn anew by a browser. They are passed on as they are, but for what is not the picture: where and with
// what it was taken, comments, names. Only what is known to belong to the picture is kept.

/** Whether it says that it moves; every GIF may. Its beginning is enough to know. */
export function mayMove(format: 'gif' | 'png' | 'webp', beginning: Uint8Array): boolean {
  if (format === 'gif') return true;
  if (format === 'webp') {
    return characters(beginning, 12, 16) === 'VP8X' && ((beginning[20] ?? 0) & WEBP_MOVES) !== 0;
  }
  const view = viewOf(beginning);
  for (let at = PNG_BEGIN; at + 12 <= beginning.length; at += 12 + view.getUint32(at)) {
    const name = characters(beginning, at + 4, at + 8);
    if (name === 'acTL' || name === 'IDAT') return name === 'acTL'; // it must come before the picture
  }
  return false;
}

/** The moving picture without anything else in it; `undefined` if it does not move, or cannot be understood. */
export function movingPicture(format: 'gif' | 'png' | 'webp', bytes: Bytes): Bytes | undefined {
  try {
    if (format === 'gif') return gif(bytes);
    return format === 'png' ? png(bytes) : webp(bytes);
  } catch (problem) {
    if (problem instanceof RangeError) return undefined; // it ends before
    throw problem;
  }
}

const PNG_BEGIN = 8;
/** What makes the picture and its colours. What is written in a PNG, and when, stands in chunks of other names. */
const PNG_KEPT = new Set('IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT pHYs bKGD acTL fcTL fdAT'.split(' '));

function png(bytes: Bytes): Bytes | undefined {
  const view = viewOf(bytes);
  const parts = [bytes.subarray(0, PNG_BEGIN)];
  let moves = false;
  for (let at = PNG_BEGIN; at < bytes.length; ) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) return undefined;
    const name = characters(bytes, at + 4, at + 8);
    if (name === 'acTL') moves = view.getUint32(at + 8) > 1;
    if (PNG_KEPT.has(name)) parts.push(bytes.subarray(at, end));
    if (name === 'IEND') return moves ? joined(...parts) : undefined; // whatever follows is not of the picture
    at = end;
  }
  return undefined;
}

const WEBP_KEPT = new Set(['VP8X', 'ANIM', 'ANMF', 'ICCP']);
const WEBP_MOVES = 0x02;
const WEBP_EXIF_AND_XMP = 0x0c;

function webp(bytes: Bytes): Bytes | undefined {
  const view = viewOf(bytes);
  if (!mayMove('webp', bytes)) return undefined;
  const end = Math.min(8 + view.getUint32(4, true), bytes.length);
  const parts: Bytes[] = [];
  for (let at = 12; at + 8 <= end; ) {
    const size = view.getUint32(at + 4, true);
    const next = at + 8 + size + (size % 2);
    if (next > end) return undefined;
    if (WEBP_KEPT.has(characters(bytes, at, at + 4))) parts.push(bytes.slice(at, next));
    at = next;
  }
  const [head] = parts;
  if (head !== undefined) head[8] = (head[8] ?? 0) & ~WEBP_EXIF_AND_XMP;
  const content = joined(...parts);
  const begin = bytes.slice(0, 12);
  viewOf(begin).setUint32(4, 4 + content.length, true);
  return joined(begin, content);
}

const GIF_EXTENSION = 0x21;
const GIF_PICTURE = 0x2c;
const GIF_END = 0x3b;
const GIF_CONTROL = 0xf9;
const GIF_APPLICATION = 0xff;
/** These two say how often it is repeated. */
const GIF_LOOPS = ['NETSCAPE2.0', 'ANIMEXTS1.0'];

function gif(bytes: Bytes): Bytes | undefined {
  const view = viewOf(bytes);
  const table = (flags: number): number => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 0x07) + 1));
  const afterBlocks = (from: number): number => {
    let at = from;
    while (view.getUint8(at) !== 0) at += 1 + view.getUint8(at);
    return at + 1;
  };
  let at = 13 + table(view.getUint8(10));
  const parts = [bytes.subarray(0, at)];
  let pictures = 0;
  for (;;) {
    const what = view.getUint8(at);
    if (what === GIF_END) break;
    if (what === GIF_EXTENSION) {
      const label = view.getUint8(at + 1);
      const end = afterBlocks(at + 2);
      const loops = label === GIF_APPLICATION && GIF_LOOPS.includes(characters(bytes, at + 3, at + 14));
      if (loops || label === GIF_CONTROL) parts.push(bytes.subarray(at, end));
      at = end;
    } else if (what === GIF_PICTURE) {
      pictures += 1;
      const end = afterBlocks(at + 10 + table(view.getUint8(at + 9)) + 1);
      parts.push(bytes.subarray(at, end));
      at = end;
    } else {
      return undefined;
    }
  }
  return pictures > 1 ? joined(...parts, Uint8Array.of(GIF_END)) : undefined;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function characters(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}
