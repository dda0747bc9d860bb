import { expect, test } from 'vitest';
import { dimensionsOf } from './dimensions.ts';
import { formatOf, imageType, isAvifSequence, videoType, voiceType } from './kinds.ts';

/** Characters of one byte, and zeros behind. */
function head(characters: string): Uint8Array {
  return Uint8Array.from({ length: 64 }, (_, at) => characters.charCodeAt(at) || 0);
}

test('what a file is, its first bytes say', () => {
  expect(imageType(head('\xff\xd8\xff\xe1'))).toBe('image/jpeg');
  expect(imageType(head('\x89PNG\r\n\x1a\n'))).toBe('image/png');
  expect(imageType(head('GIF89a'))).toBe('image/gif');
  expect(imageType(head('RIFF\0\0\0\0WEBPVP8 '))).toBe('image/webp');
  expect(imageType(head('\0\0\0\x20ftypavif\0\0\0\0avifmif1'))).toBe('image/avif');
  expect(imageType(head('\0\0\0\x1cftypmif1\0\0\0\0mif1avif'))).toBe('image/avif');
  expect(videoType(head('\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41'))).toBe('video/mp4');
  expect(videoType(head('\0\0\0\x1cftypMSNV\0\0\0\0MSNVmp42'))).toBe('video/mp4');
  expect(videoType(head('\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm'))).toBe('video/webm');
  expect(voiceType(head('\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm'))).toBe('audio/webm');
  expect(voiceType(head('OggS'))).toBe('audio/ogg');
});

test('nothing that could run, and nothing that browsers do not agree on, is shown', () => {
  const others = [
    '',
    '<svg xmlns="http://www.w3.org/2000/svg">',
    '<?xml version="1.0"?><svg>',
    '<!doctype html>',
    '%PDF-1.7',
    'BM\x36\0',
    'II*\0',
    'RIFF\0\0\0\0WAVEfmt ',
    '\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska',
    '\0\0\0\x14ftypqt  \0\0\0\0qt  ',
    ' \xff\xd8\xff',
  ];
  for (const other of others) {
    expect(imageType(head(other)), other).toBeUndefined();
    expect(videoType(head(other)), other).toBeUndefined();
    expect(voiceType(head(other)), other).toBeUndefined();
  }
  const heic = head('\0\0\0\x18ftypheic\0\0\0\0mif1heic');
  expect(formatOf(heic)).toBe('heic');
  expect(imageType(heic)).toBeUndefined();
  expect(videoType(head('GIF89a'))).toBeUndefined();
  expect(imageType(head('\0\0\0\x20ftypisom\0\0\x02\0isom'))).toBeUndefined();
});

test('a beginning that ends too soon is of no kind', () => {
  expect(formatOf(new Uint8Array(0))).toBeUndefined();
  expect(formatOf(Uint8Array.of(0xff, 0xd8))).toBeUndefined();
  expect(formatOf(head('\0\0\0\x20ftypavif').subarray(0, 12))).toBeUndefined();
});

test('a sequence in AVIF is told from a picture', () => {
  expect(isAvifSequence(head('\0\0\0\x18ftypavis\0\0\0\0msf1avis'))).toBe(true);
  expect(isAvifSequence(head('\0\0\0\x18ftypavif\0\0\0\0mif1miaf'))).toBe(false);
});

test('how large a picture is, its beginning says', () => {
  expect(dimensionsOf('png', head('\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\x01\0\0\0\0\x02\0'))).toEqual({
    width: 65_536,
    height: 512,
  });
  expect(dimensionsOf('gif', head('GIF89a\x10\x01\x20\0'))).toEqual({ width: 272, height: 32 });
  const exif = '\xff\xe1\0\x08Exif\0\0';
  const photo = head(`\xff\xd8${exif}\xff\xff\xc2\0\x11\x08\x0b\xd0\x0f\xc0`);
  expect(dimensionsOf('jpeg', photo)).toEqual({ width: 4_032, height: 3_024 });
  expect(dimensionsOf('webp', head('RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\x01\0\x0f\x02\0'))).toEqual({
    width: 512,
    height: 528,
  });
  expect(dimensionsOf('webp', head('RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a\x40\x01\xf0\x40'))).toEqual({
    width: 320,
    height: 240,
  });
  expect(dimensionsOf('webp', head('RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x3f\xc1\x3b\0'))).toEqual({
    width: 320,
    height: 240,
  });
  const tiles = '\0\0\0\x14ispe\0\0\0\0\0\0\x02\0\0\0\x02\0\0\0\0\x14ispe\0\0\0\0\0\0\x0f\xc0\0\0\x0b\xd0';
  expect(dimensionsOf('heic', head(tiles))).toEqual({ width: 4_032, height: 3_024 });
});

test('what does not say how large it is, is not decoded', () => {
  expect(dimensionsOf('png', new Uint8Array(10))).toBeUndefined();
  expect(dimensionsOf('jpeg', head('\xff\xd8\xff\xda'))).toBeUndefined();
  expect(dimensionsOf('jpeg', head('\xff\xd8\xff\xe1\xff\xff'))).toBeUndefined();
  expect(dimensionsOf('avif', head('\0\0\0\x18ftypavif'))).toBeUndefined();
  expect(dimensionsOf('mp4', head(''))).toBeUndefined();
});
