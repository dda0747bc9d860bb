import { type Bytes, fromBase64url, toBase64url } from '../crypto/bytes.ts';
import { dimensionsOf } from './dimensions.ts';
import { formatOf, imageType } from './kinds.ts';

// A few hundred bytes of a picture that travel inside the message, to be shown blurred until the picture itself is there.

export const PREVIEW_EDGE = 32;
export const PREVIEW_BYTES_MAX = 1_536;
/** Those of others may be a little different, but not so that they fill the memory. */
const EDGE_MOST = 128;
const BASE64URL_MOST = Math.ceil((PREVIEW_BYTES_MAX * 4) / 3);
/** What is tried until it is small enough. Not every browser makes WebP. */
const WAYS = [
  { type: 'image/webp', quality: 0.5 },
  { type: 'image/webp', quality: 0.2 },
  { type: 'image/jpeg', quality: 0.6 },
  { type: 'image/jpeg', quality: 0.3 },
] as const;

/** Empty where this browser makes none that is small enough. */
export async function previewOf(picture: CanvasImageSource, width: number, height: number): Promise<string> {
  const scale = Math.min(1, PREVIEW_EDGE / Math.max(width, height));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
  const context = canvas.getContext('2d');
  if (context === null) return '';
  context.imageSmoothingQuality = 'high';
  context.fillStyle = 'white'; // behind what is transparent: JPEG knows only black
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  for (const { type, quality } of WAYS) {
    const blob = await canvas.convertToBlob({ type, quality });
    if (blob.type === type && blob.size <= PREVIEW_BYTES_MAX) {
      return toBase64url(new Uint8Array(await blob.arrayBuffer()));
    }
  }
  return '';
}

/** The picture in somebody's message, if it is one and a small one. */
export function previewBlob(preview: string): Blob | undefined {
  if (preview === '' || preview.length > BASE64URL_MOST) return undefined;
  const bytes = decoded(preview);
  if (bytes === undefined) return undefined;
  const type = imageType(bytes);
  const format = formatOf(bytes);
  if (format === undefined || (type !== 'image/webp' && type !== 'image/jpeg')) return undefined;
  const dimensions = dimensionsOf(format, bytes);
  if (dimensions === undefined || Math.max(dimensions.width, dimensions.height) > EDGE_MOST) return undefined;
  return new Blob([bytes], { type });
}

function decoded(text: string): Bytes | undefined {
  try {
    return fromBase64url(text);
  } catch {
    return undefined;
  }
}
