// What a file is, by what is in it. Its name and the type that somebody claims say nothing: a page that calls itself a picture would
// run as a page of ours if it were opened under its own type.

/** The types that are shown or played in the page. All others are files: they are saved, and never opened by the page. */
export type ImageType = 'image/jpeg' | 'image/png' | 'image/webp' | 'image/gif' | 'image/avif';
export type VideoType = 'video/mp4' | 'video/webm';
export type VoiceType = 'audio/webm' | 'audio/mp4' | 'audio/ogg';

/** What is told apart. `heic` some browsers can decode, so that it may be made into another; it is never shown as it is. */
export type Format = 'jpeg' | 'png' | 'webp' | 'gif' | 'avif' | 'heic' | 'mp4' | 'webm' | 'ogg';

/** So much of a file's beginning is enough to know its format. */
export const HEAD_BYTES = 64;

const IMAGES: Partial<Record<Format, ImageType>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
  avif: 'image/avif',
};
const VIDEOS: Partial<Record<Format, VideoType>> = { mp4: 'video/mp4', webm: 'video/webm' };
const VOICES: Partial<Record<Format, VoiceType>> = { webm: 'audio/webm', mp4: 'audio/mp4', ogg: 'audio/ogg' };

const AVIF_BRANDS = ['avif', 'avis'];
const HEIC_BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'];
const MP4_BRANDS = [
  'isom',
  'iso2',
  'iso4',
  'iso5',
  'iso6',
  'iso8',
  'mp41',
  'mp42',
  'avc1',
  'dash',
  'M4V ',
  'M4A ',
  'mp71',
];

export function formatOf(head: Uint8Array): Format | undefined {
  if (has(head, 0, '\xff\xd8\xff')) return 'jpeg';
  if (has(head, 0, '\x89PNG\r\n\x1a\n')) return 'png';
  if (has(head, 0, 'GIF87a') || has(head, 0, 'GIF89a')) return 'gif';
  if (has(head, 0, 'RIFF') && has(head, 8, 'WEBP')) return 'webp';
  if (has(head, 0, 'OggS')) return 'ogg';
  if (has(head, 0, '\x1a\x45\xdf\xa3')) return characters(head, 0, HEAD_BYTES).includes('webm') ? 'webm' : undefined;
  if (has(head, 4, 'ftyp')) return formatOfBrands(brandsIn(head));
  return undefined;
}

/** The type under which it may be shown as a picture, if it is one. */
export function imageType(head: Uint8Array): ImageType | undefined {
  return typeIn(IMAGES, head);
}

/** The type under which it may be played as a video. That it can be played is for the browser to find out. */
export function videoType(head: Uint8Array): VideoType | undefined {
  return typeIn(VIDEOS, head);
}

export function voiceType(head: Uint8Array): VoiceType | undefined {
  return typeIn(VOICES, head);
}

/** Of these moves something, which a picture made of it would not. */
export function isAvifSequence(head: Uint8Array): boolean {
  return has(head, 4, 'ftyp') && brandsIn(head).includes('avis');
}

function typeIn<T>(types: Partial<Record<Format, T>>, head: Uint8Array): T | undefined {
  const format = formatOf(head);
  return format === undefined ? undefined : types[format];
}

/** The first brand counts; those it is compatible with are asked where it is not known, as that of a camera. */
function formatOfBrands(brands: readonly string[]): Format | undefined {
  for (const brand of brands) {
    // Pictures in AVIF often begin with the brand of all pictures of this family.
    if (AVIF_BRANDS.includes(brand) || (brand === 'mif1' && brands.includes('avif'))) return 'avif';
    if (HEIC_BRANDS.includes(brand)) return 'heic';
    if (MP4_BRANDS.includes(brand)) return 'mp4';
  }
  return undefined;
}

function brandsIn(head: Uint8Array): readonly string[] {
  if (head.length < 16) return [];
  const end = Math.min(new DataView(head.buffer, head.byteOffset).getUint32(0), head.length, HEAD_BYTES);
  const brands = [characters(head, 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(characters(head, at, at + 4));
  return brands;
}

function has(bytes: Uint8Array, at: number, wanted: string): boolean {
  return characters(bytes, at, at + wanted.length) === wanted;
}

function characters(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}
