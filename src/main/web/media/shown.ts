import type { MediaFile } from './files.ts';

// What the page shows by itself. All else is a file: it can be saved, and is never opened here. What a message says of a file is its
// sender's word, and only chooses how the browser's decoders for pictures and videos take it; none of them runs anything.

const PICTURES: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif']);
const VIDEOS: ReadonlySet<string> = new Set(['video/mp4', 'video/webm']);
const VOICES: ReadonlySet<string> = new Set(['audio/webm', 'audio/mp4', 'audio/ogg']);

const SHOWN: Readonly<Record<MediaFile['kind'], ReadonlySet<string>>> = {
  image: PICTURES,
  video: VIDEOS,
  voice: VOICES,
  file: new Set(),
};

/** As what it is shown; undefined for what is not. */
export function shownType({ kind, type }: Pick<MediaFile, 'kind' | 'type'>): string | undefined {
  const plain = (type ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return SHOWN[kind].has(plain) ? plain : undefined;
}

/** Whether it is one of the types that are played. */
export function isPlayed(type: string): boolean {
  return VIDEOS.has(type) || VOICES.has(type);
}
