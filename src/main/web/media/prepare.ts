import { type ImageSize, type PreparedImage, preparedImage } from './images.ts';
import { type PreparedVideo, preparedVideo } from './videos.ts';

// What becomes of a file that somebody has chosen.

/** `original`: sent as a file, byte by byte, with the place where it was taken if that is written in it. */
export type SendAs = ImageSize | 'original';

export interface PreparedFile {
  readonly kind: 'file';
  readonly blob: Blob;
}

export type Prepared = PreparedImage | PreparedVideo | PreparedFile;

/** It never fails: what cannot be shown is a file. */
export async function prepared(file: Blob, as: SendAs): Promise<Prepared> {
  if (as === 'original') return { kind: 'file', blob: file };
  return (await preparedImage(file, as)) ?? (await preparedVideo(file)) ?? { kind: 'file', blob: file };
}
