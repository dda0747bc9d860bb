import { expect, test } from 'vitest';
import { type Bytes, joined, utf8 } from '../crypto/bytes.ts';
import { mayMove, movingPicture } from './animation.ts';

function u32(n: number, isLittle = false): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, n, isLittle);
  return bytes;
}

const bytes = (...all: number[]): Bytes => Uint8Array.from(all);

// GIF
const screen = joined(utf8('GIF89a'), bytes(2, 0, 2, 0, 0x80, 0, 0), bytes(0, 0, 0, 255, 255, 255));
const loops = joined(bytes(0x21, 0xff, 11), utf8('NETSCAPE2.0'), bytes(3, 1, 0, 0, 0));
const xmp = joined(bytes(0x21, 0xff, 11), utf8('XMP DataXMP'), bytes(5), utf8('Paris'), bytes(0));
const comment = joined(bytes(0x21, 0xfe, 5), utf8('Paris'), bytes(0));
const frame = joined(
  bytes(0x21, 0xf9, 4, 0, 10, 0, 0, 0),
  bytes(0x2c, 0, 0, 0, 0, 2, 0, 2, 0, 0x80),
  bytes(1, 2, 3, 4, 5, 6), // colours of its own
  bytes(2, 2, 0x84, 0x51, 0),
);
const END = bytes(0x3b);

// PNG
const chunk = (name: string, content: Uint8Array): Bytes => joined(u32(content.length), utf8(name), content, u32(0));
const SIGNATURE = bytes(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const HEADER = chunk('IHDR', new Uint8Array(13));
const frames = (n: number): Bytes => chunk('acTL', joined(u32(n), u32(0)));
const PICTURE = joined(chunk('fcTL', new Uint8Array(26)), chunk('IDAT', bytes(1)), chunk('fdAT', bytes(2)));

// WebP
const part = (name: string, content: Uint8Array): Bytes =>
  joined(utf8(name), u32(content.length, true), content, new Uint8Array(content.length % 2));
const webp = (...parts: readonly Bytes[]): Bytes => {
  const content = joined(utf8('WEBP'), ...parts);
  return joined(utf8('RIFF'), u32(content.length, true), content);
};
const said = (flags: number): Bytes => part('VP8X', bytes(flags, 0, 0, 0, 1, 0, 0, 1, 0, 0));
const moves = joined(part('ANIM', new Uint8Array(6)), part('ANMF', bytes(1, 2, 3)), part('ANMF', bytes(4)));

test('a GIF keeps its pictures and how often they are repeated, and nothing else', () => {
  const file = joined(screen, comment, loops, xmp, frame, comment, frame, END, utf8('Paris'));
  expect(movingPicture('gif', file)).toEqual(joined(screen, loops, frame, frame, END));
});

test('a PNG keeps its pictures, and nothing else', () => {
  const told = joined(chunk('eXIf', utf8('Paris')), chunk('iTXt', utf8('Paris')), chunk('tIME', bytes(1)));
  const end = chunk('IEND', bytes());
  const file = joined(SIGNATURE, HEADER, told, frames(2), PICTURE, told, end, utf8('Paris'));
  expect(movingPicture('png', file)).toEqual(joined(SIGNATURE, HEADER, frames(2), PICTURE, end));
});

test('a WebP keeps its pictures, and does not say that there is more', () => {
  const file = webp(said(0x1e), moves, part('EXIF', utf8('Paris')), part('XMP ', utf8('Paris')));
  expect(movingPicture('webp', joined(file, utf8('Paris')))).toEqual(webp(said(0x12), moves));
});

test('what does not move is drawn anew', () => {
  expect(movingPicture('gif', joined(screen, frame, END))).toBeUndefined();
  expect(movingPicture('png', joined(SIGNATURE, HEADER, PICTURE, chunk('IEND', bytes())))).toBeUndefined();
  expect(movingPicture('png', joined(SIGNATURE, HEADER, frames(1), PICTURE, chunk('IEND', bytes())))).toBeUndefined();
  expect(movingPicture('webp', webp(said(0), part('VP8 ', bytes(1))))).toBeUndefined();
  expect(movingPicture('webp', webp(part('VP8 ', bytes(1))))).toBeUndefined();
});

test('the beginning says whether it may move', () => {
  expect(mayMove('gif', screen)).toBe(true);
  expect(mayMove('png', joined(SIGNATURE, HEADER, frames(2)))).toBe(true);
  expect(mayMove('png', joined(SIGNATURE, HEADER, PICTURE))).toBe(false);
  expect(mayMove('webp', webp(said(0x02), moves))).toBe(true);
  expect(mayMove('webp', webp(said(0x10), part('VP8L', bytes(1))))).toBe(false);
});

test('what is cut off anywhere is not passed on', () => {
  const files = [
    ['gif', joined(screen, loops, frame, frame, END)],
    ['png', joined(SIGNATURE, HEADER, frames(2), PICTURE, chunk('IEND', bytes()))],
  ] as const;
  for (const [format, file] of files) {
    for (let length = 1; length < file.length; length++) {
      expect(movingPicture(format, file.slice(0, length)), `${format} ${length}`).toBeUndefined();
    }
  }
  const moving = webp(said(0x02), moves);
  for (let length = 1; length < moving.length; length++)
    expect(() => movingPicture('webp', moving.slice(0, length))).not.toThrow();
});
