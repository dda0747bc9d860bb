import { render } from 'preact';
import { useState } from 'preact/hooks';
import { type Prepared, prepared, type SendAs } from '../../media/prepare.ts';
import { previewBlob } from '../../media/preview.ts';
import type { Recorded } from '../../media/recording.ts';
import { waveformOf } from '../../media/waveform.ts';
import { Viewer, type ViewerItem } from '../../views/media/Viewer.tsx';
import { VoicePlayer } from '../../views/media/VoicePlayer.tsx';
import { VoiceRecorder } from '../../views/media/VoiceRecorder.tsx';
import * as made from './made.ts';
import '../../style/index.css';

// Pictures, videos and voice messages without anybody who sends them.

const NOW = Date.parse('2026-03-11T12:34:00+01:00');
const root = document.getElementById('root') ?? document.body;
/** What the views asked for, in their order. */
const log: string[] = [];
const blobs = new Map<string, Blob>();
/** How often a key fails before it is loaded, and which of them never comes. */
const failures = new Map<string, number>();
const waiting = new Set<string>();
let recorded: Recorded | undefined;

async function load(key: string, signal: AbortSignal, onProgress: (part: number) => void): Promise<string> {
  log.push(`load ${key}`);
  signal.addEventListener('abort', () => log.push(`let go ${key}`));
  if (waiting.has(key)) {
    onProgress(0.4);
    return new Promise<never>(() => undefined);
  }
  const left = failures.get(key) ?? 0;
  failures.set(key, left - 1);
  const blob = blobs.get(key);
  if (left > 0 || blob === undefined) throw new Error('not there');
  const url = URL.createObjectURL(blob);
  signal.addEventListener('abort', () => URL.revokeObjectURL(url));
  return url;
}

function Shown({ items, at }: { readonly items: readonly ViewerItem[]; readonly at: number }) {
  const [open, setOpen] = useState(false);
  const [place, setPlace] = useState(at);
  return (
    <>
      <h1>Pictures</h1>
      <button type="button" onClick={() => setOpen(true)}>
        Open
      </button>
      {open && (
        <Viewer
          items={items}
          at={place}
          now={NOW}
          load={load}
          onSave={(key) => log.push(`save ${key}`)}
          onClose={() => setOpen(false)}
          onMove={setPlace}
        />
      )}
    </>
  );
}

async function showViewer(at: number): Promise<void> {
  const looks = { wide: [1_200, 800], high: [600, 1_400], small: [80, 60] } as const;
  const items: ViewerItem[] = [];
  for (const [key, [width, height]] of Object.entries(looks)) {
    const ready = await prepared(await made.picture('image/png', { width, height }), 'standard');
    if (ready.kind !== 'image') throw new Error('a picture');
    blobs.set(key, ready.blob);
    const small = previewBlob(ready.preview);
    const previewUrl = small === undefined ? {} : { previewUrl: URL.createObjectURL(small) };
    const caption = key === 'wide' ? 'The two of us at the lake' : '';
    items.push({
      key,
      kind: 'image',
      name: `${key}.png`,
      caption,
      who: 'Jonas',
      time: NOW - 90_000,
      width,
      height,
      ...previewUrl,
    });
  }
  const filmed = await made.video('video/webm;codecs=vp8', { width: 320, height: 240 });
  blobs.set('film', filmed.slice(0, filmed.size, 'video/webm'));
  items.push({
    key: 'film',
    kind: 'video',
    name: 'film.webm',
    caption: '',
    who: 'You',
    time: NOW,
    width: 320,
    height: 240,
  });
  render(<Shown items={items} at={at} />, root);
}

function Recorders({ held }: { readonly held: boolean }) {
  const [isOn, setOn] = useState(false);
  return (
    <>
      <h1 style={{ marginTop: '300px' }}>Voice</h1>
      <button type="button" onPointerDown={() => held && setOn(true)} onClick={() => !held && setOn(true)}>
        Record
      </button>
      {isOn && (
        <VoiceRecorder
          held={held}
          onDone={(made) => {
            recorded = made;
            log.push('recorded');
            setOn(false);
          }}
          onCancel={() => {
            log.push('cancelled');
            setOn(false);
          }}
        />
      )}
    </>
  );
}

/** One that works, one that does not, and (where something was recorded) that. */
async function showPlayers(): Promise<void> {
  blobs.set('tone', await tone());
  blobs.set('noise', new Blob(['no sound at all'], { type: 'audio/webm' }));
  if (recorded !== undefined) blobs.set('recorded', recorded.blob);
  const waveform = waveformOf(Array.from({ length: 200 }, (_, at) => Math.abs(Math.sin(at / 9)) * (1 - at / 300)));
  const from = (key: string) => (signal: AbortSignal) => load(key, signal, () => undefined);
  render(
    <>
      <h1>Voice</h1>
      <VoicePlayer key="tone" duration={4} waveform={waveform} load={from('tone')} />
      <VoicePlayer key="noise" duration={65} waveform={waveform} load={from('noise')} />
      {recorded !== undefined && (
        <VoicePlayer
          key="recorded"
          duration={recorded.durationSeconds}
          waveform={recorded.waveform}
          load={from('recorded')}
        />
      )}
    </>,
    root,
  );
}

/** Four seconds of a low tone, as WAV: for the player it is only what the browser can play. */
async function tone(): Promise<Blob> {
  const rate = 8_000;
  const seconds = 4;
  const view = new DataView(new ArrayBuffer(44 + rate * seconds));
  const write = (at: number, letters: string): void => {
    for (const [offset, letter] of [...letters].entries()) view.setUint8(at + offset, letter.charCodeAt(0));
  };
  write(0, 'RIFF');
  view.setUint32(4, 36 + rate * seconds, true);
  write(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate, true);
  view.setUint16(32, 1, true);
  view.setUint16(34, 8, true);
  write(36, 'data');
  view.setUint32(40, rate * seconds, true);
  for (let at = 44; at < view.byteLength; at++) view.setUint8(at, 128 + 20 * Math.sin(at / 8));
  return new Blob([view], { type: 'audio/wav' });
}

/** What can be said of it outside the page. */
interface Told {
  readonly kind: Prepared['kind'];
  readonly bytes: number;
  readonly tellsPlace: boolean;
  readonly isUntouched: boolean;
  readonly type?: string;
  readonly blobType?: string;
  readonly width?: number;
  readonly height?: number;
  readonly durationSeconds?: number;
  readonly previewSize?: readonly number[];
  readonly previewBytes?: number;
}

async function told(ready: Prepared, of: Blob): Promise<Told> {
  const { kind, blob } = ready;
  const common = { kind, bytes: blob.size, tellsPlace: await made.tellsPlace(blob), isUntouched: blob === of };
  if (ready.kind === 'file') return common;
  const { width, height, preview, type } = ready;
  const small = previewBlob(preview) ?? new Blob();
  const bitmap = await createImageBitmap(small);
  const shown = { previewSize: [bitmap.width, bitmap.height], previewBytes: small.size, blobType: blob.type };
  const length = ready.kind === 'video' ? { durationSeconds: ready.durationSeconds } : {};
  return { ...common, ...shown, ...length, width, height, type };
}

/** The colour of a picture at a part of its width, in the middle of its height. */
async function colourAt(file: Blob, x: number, y: number): Promise<readonly number[]> {
  const bitmap = await createImageBitmap(file);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d');
  context?.drawImage(bitmap, 0, 0);
  return [...(context?.getImageData(x * bitmap.width, y * bitmap.height, 1, 1).data ?? [])];
}

const media = {
  log,
  failures,
  waiting,
  made,
  showViewer,
  showPlayers,
  showRecorder: (held: boolean) => render(<Recorders held={held} />, root),
  recorded: () =>
    recorded === undefined ? undefined : { ...recorded, bytes: recorded.blob.size, blobType: recorded.blob.type },
  prepare: async (file: Blob, as: SendAs) => told(await prepared(file, as), file),
  colours: async (file: Blob, places: readonly (readonly [number, number])[]) => {
    const ready = await prepared(file, 'standard');
    return Promise.all(places.map(([x, y]) => colourAt(ready.blob, x, y)));
  },
};
declare global {
  interface Window {
    media: typeof media;
  }
}
window.media = media;
document.documentElement.dataset['ready'] = 'true';
