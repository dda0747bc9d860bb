import type { MediaFile } from '../../media/files.ts';
import { previewOf } from '../../media/preview.ts';
import type { Body } from '../../model.ts';
import type { Files } from '../../services.ts';

// Messages with files, and nobody who keeps any: pictures are drawn when they are asked for.

let made = 0;

/** `#image 1200x800 words`, `#video 1920x1080 93 words`, `#voice 12`, `#file plan.pdf 2400000 words`; `gone`: the server has it no more. */
export async function filesBody(line: string): Promise<Body> {
  const [kind = '', ...words] = line.slice(1).split(' ');
  made += 1;
  const media = made.toString(16).padStart(32, '0');
  const [first = '', second = '', ...rest] = words;
  const [width = 0, height = 0] = first.split('x').map(Number);
  switch (kind) {
    case 'image':
      return body([second, ...rest], {
        media,
        kind,
        type: 'image/jpeg',
        size: 214_000,
        width,
        height,
        ...(await preview()),
      });
    case 'gone':
      return body([second, ...rest], {
        media: 'f'.repeat(32),
        kind: 'image',
        type: 'image/jpeg',
        size: 9_100,
        width,
        height,
      });
    case 'video': {
      const duration = Number(second);
      return body(rest, {
        media,
        kind,
        type: 'video/mp4',
        size: 48_700_000,
        width,
        height,
        duration,
        ...(await preview()),
      });
    }
    case 'voice':
      return body([], { media, kind, type: 'audio/webm', size: 48_000, duration: Number(first), waveform: WAVEFORM });
    default:
      return body(rest, { media, kind: 'file', name: first, size: Number(second) });
  }
}

function body(words: readonly string[], file: MediaFile): Body {
  const text = words.filter(Boolean).join(' ');
  return { type: 'media', ...(text === '' ? {} : { text }), files: [file] };
}

const WAVEFORM = btoa(
  String.fromCharCode(
    ...Array.from({ length: 64 }, (_, at) => Math.round(128 + 120 * Math.sin(at / 3) * Math.cos(at / 11))),
  ),
)
  .replaceAll('+', '-')
  .replaceAll('/', '_')
  .replace(/=+$/, '');

function drawn(width: number, height: number): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('nothing to draw on');
  const sky = context.createLinearGradient(0, 0, 0, height);
  for (const [at, colour] of [
    [0, '#7ec8f2'],
    [0.6, '#fbe3b5'],
    [0.61, '#1f6f8b'],
    [1, '#0c3547'],
  ] as const) {
    sky.addColorStop(at, colour);
  }
  context.fillStyle = sky;
  context.fillRect(0, 0, width, height);
  return canvas;
}

async function preview(): Promise<{ readonly preview: string }> {
  return { preview: await previewOf(drawn(300, 200), 300, 200) };
}

export function fakeFiles(refuse: (code: string) => Error): Files {
  return {
    keep: () => Promise.reject(refuse('network')),
    fetch: async (_, { media, width = 300, height = 200 }) => {
      if (media.startsWith('f')) throw refuse('not-found');
      return drawn(width, height).convertToBlob({ type: 'image/jpeg' });
    },
    stream: () => Promise.reject(refuse('network')),
    isHere: async () => false,
    usage: async () =>
      new Map([
        ['lena~mira', 48_700_000],
        ['jonas~mira', 3_100_000],
      ]),
    clear: async () => undefined,
  };
}
