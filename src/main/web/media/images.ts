import type { Bytes } from '../crypto/bytes.ts';
import { mayMove, movingPicture } from './animation.ts';
import { DIMENSIONS_WITHIN, type Dimensions, dimensionsOf, isBearable } from './dimensions.ts';
import { type Format, formatOf, type ImageType, imageType, isAvifSequence } from './kinds.ts';
import { previewOf } from './preview.ts';

// A picture as it is sent: drawn anew, so that nothing but what is seen leaves the device. Where a photo was taken, when, with what,
// and the small copy of what was cut off it are written into the files that cameras make.

export type ImageSize = 'standard' | 'high';

export interface PreparedImage {
  readonly kind: 'image';
  readonly blob: Blob;
  readonly type: ImageType;
  readonly width: number;
  readonly height: number;
  /** base64url; empty if there is none. */
  readonly preview: string;
}

const SIZES: Record<ImageSize, { readonly edge: number; readonly quality: number }> = {
  standard: { edge: 1_600, quality: 0.8 },
  high: { edge: 4_096, quality: 0.9 },
};
/** What moves is passed on in the size that it has. */
const MOVING_BYTES_MOST = 16 << 20;
/** Rows that are looked through at a time for what is transparent. */
const ROWS = 256;

/**
 * The picture in a file; `undefined` if there is none that can be sent as one: another kind of file, a broken or a far too large
 * picture, one in a format that this browser does not read, or one that moves and is large or in AVIF. What is in the file decides;
 * what it is called and said to be does not.
 */
export async function preparedImage(file: Blob, size: ImageSize): Promise<PreparedImage | undefined> {
  const beginning = await bytesOf(file.slice(0, DIMENSIONS_WITHIN));
  const format = formatOf(beginning);
  if (format === undefined || !(format === 'heic' || imageType(beginning) !== undefined)) return undefined;
  const said = dimensionsOf(format, beginning);
  if (said === undefined || !isBearable(said) || isAvifSequence(beginning)) return undefined;
  const moving = await movingIn(file, format, beginning);
  if (moving === 'too-large') return undefined;
  const bitmap = await decoded(moving ?? file);
  if (bitmap === undefined) return undefined;
  try {
    if (!isBearable(bitmap)) return undefined;
    if (moving === undefined) return await drawnAnew(bitmap, format, SIZES[size]);
    const type = imageType(beginning);
    if (type === undefined) return undefined;
    return { kind: 'image', blob: moving, type, ...whole(bitmap), preview: await previewIn(bitmap) };
  } finally {
    bitmap.close();
  }
}

/** The picture that moves, without what else was in its file; `undefined` if it does not move. */
async function movingIn(file: Blob, format: Format, beginning: Bytes): Promise<Blob | 'too-large' | undefined> {
  if (format !== 'gif' && format !== 'png' && format !== 'webp') return undefined;
  if (!mayMove(format, beginning)) return undefined;
  if (file.size > MOVING_BYTES_MOST) return 'too-large';
  const bytes = movingPicture(format, await bytesOf(file));
  return bytes === undefined ? undefined : new Blob([bytes], { type: `image/${format}` });
}

async function decoded(file: Blob): Promise<ImageBitmap | undefined> {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    return undefined; // broken, or in a format that is not read here
  }
}

async function drawnAnew(
  bitmap: ImageBitmap,
  format: Format,
  { edge, quality }: { readonly edge: number; readonly quality: number },
): Promise<PreparedImage | undefined> {
  const { width, height } = within(bitmap, edge);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: format !== 'jpeg' });
  if (context === null) return undefined;
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  const isTransparent = format !== 'jpeg' && hasTransparency(context, width, height);
  const blob = await smallest(canvas, waysFor(format, isTransparent), quality);
  const type = blob === undefined ? undefined : imageType(await bytesOf(blob.slice(0, 64)));
  if (blob === undefined || type === undefined) return undefined;
  return { kind: 'image', blob, type, width, height, preview: await previewIn(bitmap) };
}

/**
 * A photo as JPEG, which every program reads. What was drawn by a program (a screenshot) is often smaller, and sharper, as PNG. What is
 * transparent stays so.
 */
function waysFor(format: Format, isTransparent: boolean): readonly ImageType[] {
  if (isTransparent) return format === 'png' ? ['image/webp', 'image/png'] : ['image/webp'];
  return format === 'png' || format === 'gif' ? ['image/jpeg', 'image/png'] : ['image/jpeg'];
}

async function smallest(
  canvas: OffscreenCanvas,
  types: readonly ImageType[],
  quality: number,
): Promise<Blob | undefined> {
  let best: Blob | undefined;
  for (const type of types) {
    // A browser that cannot make this type makes a PNG, which is right too.
    const blob = await canvas.convertToBlob({ type, quality });
    if (best === undefined || blob.size < best.size) best = blob;
  }
  return best;
}

function hasTransparency(context: OffscreenCanvasRenderingContext2D, width: number, height: number): boolean {
  for (let top = 0; top < height; top += ROWS) {
    const { data } = context.getImageData(0, top, width, Math.min(ROWS, height - top));
    for (let at = 3; at < data.length; at += 4) if (data[at] !== 255) return true;
  }
  return false;
}

/** In two steps where it is much smaller: what is drawn small at once loses whole rows. */
async function previewIn(bitmap: ImageBitmap): Promise<string> {
  const { width, height } = within(bitmap, 256);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (context === null) return '';
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  return previewOf(canvas, width, height);
}

function within({ width, height }: Dimensions, edge: number): Dimensions {
  const scale = Math.min(1, edge / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

function whole({ width, height }: Dimensions): Dimensions {
  return { width, height };
}

async function bytesOf(blob: Blob): Promise<Bytes> {
  return new Uint8Array(await blob.arrayBuffer());
}
