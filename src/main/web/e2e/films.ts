import type { Page } from '@playwright/test';

// Videos as large as is wanted: noise, which nothing makes small, encoded by the browser and put into a WebM here, with an index in front,
// as programs that edit videos write them.

const WIDTH = 320;
const HEIGHT = 240;
const FRAMES_A_SECOND = 15;

interface Frame {
  readonly millis: number;
  readonly isKey: boolean;
  readonly bytes: Buffer;
}

/** Of about so many bytes. */
export async function film(page: Page, seconds: number, bytes: number): Promise<Buffer> {
  const encoded = await page.evaluate(
    async ({ width, height, rate, seconds, bitrate }) => {
      const frames: { readonly millis: number; readonly isKey: boolean; readonly bytes: Promise<string> }[] = [];
      const problems: DOMException[] = [];
      const inBase64 = (data: Uint8Array<ArrayBuffer>): Promise<string> =>
        new Promise((resolve) => {
          const reader = new FileReader();
          reader.onload = () => resolve(`${reader.result}`.split(',')[1] ?? '');
          reader.readAsDataURL(new Blob([data]));
        });
      const encoder = new VideoEncoder({
        output: (chunk) => {
          const data = new Uint8Array(chunk.byteLength);
          chunk.copyTo(data);
          frames.push({ millis: chunk.timestamp / 1_000, isKey: chunk.type === 'key', bytes: inBase64(data) });
        },
        error: (problem) => problems.push(problem),
      });
      encoder.configure({ codec: 'vp8', width, height, bitrate, bitrateMode: 'constant', framerate: rate });
      const pixels = new Uint8ClampedArray(4 * width * height);
      const words = new Uint32Array(pixels.buffer);
      let seed = 1;
      for (let number = 0; number < seconds * rate; number++) {
        for (let at = 0; at < words.length; at++) {
          seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
          words[at] = seed | 0xff000000;
        }
        const options = { format: 'RGBX', codedWidth: width, codedHeight: height } as const;
        const frame = new VideoFrame(pixels, { ...options, timestamp: Math.round((number * 1e6) / rate) });
        encoder.encode(frame, { keyFrame: number % rate === 0 });
        frame.close();
        while (encoder.encodeQueueSize > 10) await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await encoder.flush();
      encoder.close();
      if (problems[0] !== undefined) throw problems[0];
      return Promise.all(frames.map(async (frame) => ({ ...frame, bytes: await frame.bytes })));
    },
    { width: WIDTH, height: HEIGHT, rate: FRAMES_A_SECOND, seconds, bitrate: Math.round((8 * bytes) / seconds) },
  );
  return webm(
    encoded.map((frame) => ({ ...frame, bytes: Buffer.from(frame.bytes, 'base64') })),
    seconds,
  );
}

/** https://www.matroska.org/technical/elements.html */
function webm(frames: readonly Frame[], seconds: number): Buffer {
  const clusters: Frame[][] = [];
  for (const frame of frames) {
    if (frame.isKey) clusters.push([]);
    clusters.at(-1)?.push(frame);
  }
  const info = element(
    '1549a966',
    element('2ad7b1', number(1_000_000)),
    element('4489', double(1_000 * seconds)),
    element('4d80', Buffer.from('test')),
    element('5741', Buffer.from('test')),
  );
  const video = element('e0', element('b0', number(WIDTH)), element('ba', number(HEIGHT)));
  const track = [element('d7', number(1)), element('73c5', number(1)), element('83', number(1))];
  const tracks = element('1654ae6b', element('ae', ...track, element('86', Buffer.from('V_VP8')), video));
  const bodies = clusters.map(cluster);
  const indexBytes = index(clusters, bodies, 0).length; // numbers have all the same length
  const places = index(clusters, bodies, info.length + tracks.length + indexBytes);
  const head = element('1a45dfa3', element('4282', Buffer.from('webm')), element('4287', number(4)));
  return Buffer.concat([head, element('18538067', info, tracks, places, ...bodies)]);
}

function index(clusters: readonly Frame[][], bodies: readonly Buffer[], from: number): Buffer {
  let at = from;
  const points = clusters.map(([first], which) => {
    const place = element('b7', element('f7', number(1)), element('f1', number(at)));
    at += bodies[which]?.length ?? 0;
    return element('bb', element('b3', number(first?.millis ?? 0)), place);
  });
  return element('1c53bb6b', ...points);
}

function cluster(frames: readonly Frame[]): Buffer {
  const begin = Math.round(frames[0]?.millis ?? 0);
  const blocks = frames.map(({ millis, isKey, bytes }) => {
    const head = Buffer.from([0x81, 0, 0, isKey ? 0x80 : 0]);
    head.writeInt16BE(Math.round(millis) - begin, 1);
    return element('a3', head, bytes);
  });
  return element('1f43b675', element('e7', number(begin)), ...blocks);
}

function element(id: string, ...content: readonly Buffer[]): Buffer {
  const size = number(content.reduce((sum, { length }) => sum + length, 0));
  size[0] = 1; // a length of 8 bytes
  return Buffer.concat([Buffer.from(id, 'hex'), size, ...content]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(Math.round(value)));
  return bytes;
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}
