import type { Format } from './kinds.ts';

// How many pixels a picture says it has, read from its beginning: a few bytes can decode to gigabytes, so this is asked before.

export interface Dimensions {
  readonly width: number;
  readonly height: number;
}

/** A photo's dimensions come after what the camera has written into it. */
export const DIMENSIONS_WITHIN = 1 << 20;

/** Decoded, each takes four bytes. */
const PIXELS_MOST = 100_000_000;

export function isBearable({ width, height }: Dimensions): boolean {
  return width > 0 && height > 0 && width * height <= PIXELS_MOST;
}

/** `undefined` where they cannot be found. A photo that is to be turned is still lying. */
export function dimensionsOf(format: Format, beginning: Uint8Array): Dimensions | undefined {
  const view = new DataView(beginning.buffer, beginning.byteOffset, beginning.byteLength);
  try {
    switch (format) {
      case 'png':
        return { width: view.getUint32(16), height: view.getUint32(20) };
      case 'gif':
        return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
      case 'jpeg':
        return ofJpeg(view);
      case 'webp':
        return ofWebp(view);
      case 'avif':
      case 'heic':
        return ofBoxes(view);
      default:
        return undefined;
    }
  } catch (problem) {
    if (problem instanceof RangeError) return undefined; // it ends before
    throw problem;
  }
}

function ofJpeg(view: DataView): Dimensions | undefined {
  let at = 2;
  for (;;) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1; // may be repeated
    } else if (marker === 0xd9 || marker === 0xda) {
      return undefined; // the picture itself, which must have been announced
    } else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    } else {
      at += 2 + view.getUint16(at + 2);
    }
  }
}

function ofWebp(view: DataView): Dimensions | undefined {
  const chunk = view.getUint32(12);
  if (chunk === 0x56503858) return { width: 1 + uint24(view, 24), height: 1 + uint24(view, 27) }; // VP8X
  if (chunk === 0x56503820) {
    // VP8 and a space
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  }
  if (chunk === 0x5650384c) {
    // VP8L
    const bits = view.getUint32(21, true);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
  }
  return undefined;
}

/** The largest that any of its parts says: a picture of tiles says so for each and for the whole. */
function ofBoxes(view: DataView): Dimensions | undefined {
  let largest: Dimensions | undefined;
  for (let at = 4; at + 16 <= view.byteLength && at < 65_536; at++) {
    if (view.getUint32(at) !== 0x69737065) continue; // ispe
    const found = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
    if (largest === undefined || found.width * found.height > largest.width * largest.height) largest = found;
  }
  return largest;
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
}
