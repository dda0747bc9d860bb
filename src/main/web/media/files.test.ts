import { describe, expect, it } from 'vitest';
import { fileName, mediaIn } from './files.ts';

const MEDIA = '0123456789abcdef0123456789abcdef';
const FILE = {
  media: MEDIA,
  kind: 'image',
  name: 'harbour.jpg',
  type: 'image/jpeg',
  size: 48_213,
  width: 1200,
  height: 800,
};

describe('what a media body says', () => {
  it('is read with all that clients put there', () => {
    expect(mediaIn({ type: 'media', text: 'The harbour.', files: [FILE] })).toEqual({
      text: 'The harbour.',
      files: [FILE],
    });
  });

  it.each([
    ['no files', { type: 'media' }],
    ['an empty list', { type: 'media', files: [] }],
    ['too many', { type: 'media', files: Array.from({ length: 33 }, () => FILE) }],
    ['a file that is none', { type: 'media', files: [FILE, 'harbour.jpg'] }],
    ['an id that is none', { type: 'media', files: [{ ...FILE, media: '../etc/passwd' }] }],
    ['a kind that is none', { type: 'media', files: [{ ...FILE, kind: 'script' }] }],
    ['a size below nothing', { type: 'media', files: [{ ...FILE, size: -1 }] }],
    ['a text of white space', { type: 'media', text: '  ', files: [FILE] }],
    ['another type', { type: 'text', text: 'media', files: [FILE] }],
  ])('is not believed with %s', (_, body) => {
    expect(mediaIn(body)).toBeUndefined();
  });

  it.each([
    ['width', 1e9],
    ['height', -5],
    ['duration', 'long'],
    ['preview', 'data:text/html,<script>'],
    ['preview', 'A'.repeat(5_000)],
    ['waveform', '<svg>'],
    ['key', 'short'],
    ['type', 'x'.repeat(200)],
  ])('is read without a %s that makes no sense', (member, value) => {
    const [file] = mediaIn({ type: 'media', files: [{ ...FILE, [member]: value }] })?.files ?? [];
    expect(file).toBeDefined();
    expect(file).not.toHaveProperty(member);
  });
});

describe('the name of a file', () => {
  it.each([
    ['harbour.jpg', 'harbour.jpg'],
    ['../../etc/passwd', 'passwd'],
    ['.bashrc', 'bashrc'],
    ['C:\\Windows\\system.ini', 'system.ini'],
    ['invoice\u202Egpj.exe', 'invoicegpj.exe'],
    ['a\u0000b\nc.txt', 'abc.txt'],
    ['Übersicht für Åse.pdf', 'Übersicht für Åse.pdf'],
  ])('%s is saved as %s', (name, saved) => {
    expect(fileName({ name, kind: 'file' })).toBe(saved);
  });

  it('is made up where there is none', () => {
    expect(fileName({ kind: 'image', type: 'image/jpeg' })).toBe('image.jpg');
    expect(fileName({ name: '...', kind: 'file', type: 'text/x-unknown' })).toBe('file');
  });
});
