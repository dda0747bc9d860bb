import { expect, test } from 'vitest';
import { toBase64url } from '../crypto/bytes.ts';
import { previewBlob } from './preview.ts';
import { safeName, savable, showable } from './received.ts';

function blob(characters: string, type: string): Blob {
  return new Blob([Uint8Array.from({ length: 64 }, (_, at) => characters.charCodeAt(at) || 0)], { type });
}

const png = (width: string, height: string): Blob =>
  blob(`\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR${width}${height}`, 'text/html');

test('what is shown has the type of what is in it', async () => {
  expect((await showable(png('\0\0\x02\0', '\0\0\x02\0'), 'image'))?.type).toBe('image/png');
  expect((await showable(blob('OggS', 'image/svg+xml'), 'voice'))?.type).toBe('audio/ogg');
  expect((await showable(blob('\0\0\0\x20ftypisom\0\0\x02\0isom', ''), 'video'))?.type).toBe('video/mp4');
  expect(await showable(blob('<svg xmlns=', 'image/png'), 'image')).toBeUndefined();
  expect(await showable(blob('OggS', 'image/png'), 'image')).toBeUndefined();
  expect(await showable(png('\0\0\x02\0', '\0\0\x02\0'), 'video')).toBeUndefined();
  expect(savable(blob('<svg xmlns=', 'image/svg+xml')).type).toBe('application/octet-stream');
});

test('a picture that would fill the memory is not shown', async () => {
  expect(await showable(png('\0\0\x75\x30', '\0\0\x75\x30'), 'image')).toBeUndefined();
  expect(await showable(png('\0\0\0\0', '\0\0\0\x01'), 'image')).toBeUndefined();
});

test('names are those of files in one folder, and look like what they are', () => {
  expect(safeName('Plums & pears (2).jpg')).toBe('Plums & pears (2).jpg');
  expect(safeName('../../etc/passwd')).toBe('passwd');
  expect(safeName('C:\\Windows\\win.ini')).toBe('win.ini');
  expect(safeName('photo\u202egpj.exe')).toBe('photogpj.exe');
  expect(safeName('a\0b\nc\u200d.txt')).toBe('abc.txt');
  expect(safeName('what?<now>:*.txt')).toBe('what__now___.txt');
  expect(safeName('CON.txt')).toBe('_CON.txt');
  expect(safeName('console.txt')).toBe('console.txt');
  expect(safeName('.bashrc. .')).toBe('bashrc');
  for (const empty of ['', '.', '..', '/', ' ']) expect(safeName(empty)).toBe('file');
  expect(safeName(`${'ä'.repeat(300)}.jpeg`)).toBe(`${'ä'.repeat(115)}.jpeg`);
  expect([...safeName('🙂'.repeat(300))]).toHaveLength(120);
});

test('a preview is a small picture, or none', () => {
  const webp = (width: number) => {
    const bytes = Uint8Array.from({ length: 64 }, (_, at) => 'RIFF\0\0\0\0WEBPVP8X'.charCodeAt(at) || 0);
    bytes[24] = width - 1;
    return toBase64url(bytes);
  };
  expect(previewBlob(webp(32))?.type).toBe('image/webp');
  expect(previewBlob(webp(200))).toBeUndefined();
  expect(previewBlob('')).toBeUndefined();
  expect(previewBlob('<svg>')).toBeUndefined();
  expect(previewBlob(toBase64url(new TextEncoder().encode('<svg xmlns=')))).toBeUndefined();
  expect(previewBlob('A'.repeat(3_000))).toBeUndefined();
});
