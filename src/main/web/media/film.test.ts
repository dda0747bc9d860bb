import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Bytes, isEqual, joined, toBase64url } from '../crypto/bytes.ts';
import type { MediaFile } from './files.ts';
import { Film } from './film.ts';
import { partCount } from './filmParts.ts';
import { KeptFile } from './keeping.ts';
import { paddedSource } from './padding.ts';
import { Shelf } from './shelf.ts';
import { DamagedFile, encryptFile, randomFileKey, randomFileStart } from './streamingAead.ts';

const SIZE = 5_300_000;
const PART = 1_048_576;
const CONTENT: Bytes = Uint8Array.from({ length: SIZE }, (_, at) => (at ^ (at >> 9)) & 255);
const MEDIA = 'f'.repeat(32);

let shelf: Shelf;
let films: Film[];
let asked: { readonly from: number; readonly to: number | undefined }[];

beforeEach(async () => {
  shelf = new Shelf(crypto.randomUUID());
  await shelf.begin('somebody');
  films = [];
  asked = [];
});
afterEach(async () => {
  for (const film of films) film.end();
  await shelf.close();
});

/** A server that has these bytes, and notes what it is asked for. */
function serverWith(upload: () => Bytes, after = async (): Promise<void> => {}) {
  return {
    download: async (_: string, from: number, signal: AbortSignal, to?: number): Promise<Response> => {
      asked.push({ from, to });
      await after();
      signal.throwIfAborted();
      const all = upload();
      const part = all.subarray(from, to);
      const range = `bytes ${from}-${from + part.length - 1}/${all.length}`;
      return new Response(part, { status: 206, headers: { 'Content-Range': range } });
    },
  };
}

async function encrypted(key: Bytes): Promise<Bytes> {
  const pieces: Bytes[] = [];
  const source = paddedSource({ size: SIZE, read: async (from, to) => CONTENT.slice(from, to) });
  for await (const piece of encryptFile(key, randomFileStart(), source)) pieces.push(piece);
  return joined(...pieces);
}

function fileWith(key?: Bytes): MediaFile {
  return { media: MEDIA, kind: 'video', size: SIZE, ...(key === undefined ? {} : { key: toBase64url(key) }) };
}

function film(rest: ReturnType<typeof serverWith>, file: MediaFile): Film {
  const made = new Film({ shelf, rest, locks: undefined }, 'c-1', file);
  films.push(made);
  return made;
}

async function read(of: Film, from: number, to: number): Promise<Bytes> {
  const reader = of.reader();
  const pieces: Bytes[] = [];
  for (let at = from; at < to; ) {
    const piece = await reader.read(at, to);
    pieces.push(piece);
    at += piece.length;
  }
  reader.end();
  return joined(...pieces);
}

async function whole(): Promise<KeptFile> {
  await expect.poll(async () => (await shelf.ofUpload(MEDIA))?.isWhole).toBe(true);
  const kept = await shelf.ofUpload(MEDIA);
  if (kept === undefined) throw new Error('not kept');
  return new KeptFile(shelf, kept);
}

for (const isEncrypted of [true, false]) {
  const how = isEncrypted ? 'encrypted' : 'open';
  const given = async (): Promise<{ readonly upload: Bytes; readonly file: MediaFile }> => {
    const key = randomFileKey();
    return isEncrypted ? { upload: await encrypted(key), file: fileWith(key) } : { upload: CONTENT, file: fileWith() };
  };

  test(`any part can be read, only those that are asked for are fetched, and all of it is whole: ${how}`, async () => {
    const { upload, file } = await given();
    const playing = film(
      serverWith(() => upload),
      file,
    );
    expect(await playing.size()).toBe(SIZE);
    const middle = 3 * PART + 100;
    const part = await read(playing, middle, middle + 300_000);
    expect(isEqual(part, CONTENT.subarray(middle, middle + 300_000))).toBe(true);
    expect(asked).toHaveLength(2); // the beginning, and what is asked for
    await expect.poll(() => shelf.partsOf(MEDIA)).toEqual([0, 3]);

    expect(isEqual(await read(playing, 0, SIZE), CONTENT)).toBe(true);
    expect(isEqual(await (await whole()).read(0, SIZE), CONTENT)).toBe(true);
    expect(asked).toHaveLength(isEncrypted ? partCount(SIZE) : 6);
    expect(playing.why()).toBeUndefined();

    playing.end();
    expect(
      isEqual(
        await read(
          film(
            serverWith(() => upload),
            file,
          ),
          0,
          SIZE,
        ),
        CONTENT,
      ),
    ).toBe(true);
    expect(asked).toHaveLength(isEncrypted ? partCount(SIZE) : 6); // all of it from the shelf
  });

  test(`what was begun goes on with what is there: ${how}`, async () => {
    const { upload, file } = await given();
    const first = film(
      serverWith(() => upload),
      file,
    );
    await read(first, 0, 1_500_000);
    await expect.poll(() => shelf.partsOf(MEDIA)).toEqual([0, 1]);
    first.end();
    asked = [];
    expect(
      isEqual(
        await read(
          film(
            serverWith(() => upload),
            file,
          ),
          0,
          SIZE,
        ),
        CONTENT,
      ),
    ).toBe(true);
    expect(asked.map(({ from }) => from)).not.toContain(0);
    expect(isEqual(await (await whole()).read(0, SIZE), CONTENT)).toBe(true);
  });
}

test('what was changed on its way is an error, and is not kept', async () => {
  const key = randomFileKey();
  const upload = await encrypted(key);
  upload[2 * PART + 5] = (upload[2 * PART + 5] ?? 0) ^ 1;
  const playing = film(
    serverWith(() => upload),
    fileWith(key),
  );
  await expect(read(playing, 0, SIZE)).rejects.toThrow(DamagedFile);
  expect(playing.why()).toBeInstanceOf(DamagedFile);
  expect(await shelf.partsOf(MEDIA)).not.toContain(2);
  await expect(read(playing, 0, 10)).rejects.toThrow(); // it is not played any more
});

test('what has gone bad on the shelf is thrown away', async () => {
  const key = randomFileKey();
  const upload = await encrypted(key);
  const first = film(
    serverWith(() => upload),
    fileWith(key),
  );
  await read(first, 0, SIZE);
  await whole();
  first.end();
  await shelf.keepPart(MEDIA, 1, new Uint8Array(PART).buffer);
  await expect(
    read(
      film(
        serverWith(() => upload),
        fileWith(key),
      ),
      0,
      SIZE,
    ),
  ).rejects.toThrow(DamagedFile);
  expect(await shelf.ofUpload(MEDIA)).toBeUndefined();
  expect(
    isEqual(
      await read(
        film(
          serverWith(() => upload),
          fileWith(key),
        ),
        0,
        SIZE,
      ),
      CONTENT,
    ),
  ).toBe(true);
});

test('once it is not played any more nothing is waited for', async () => {
  const key = randomFileKey();
  const upload = await encrypted(key);
  const silence = new Promise<void>(() => {});
  const playing = film(
    {
      download: (media, from, signal, to) =>
        Promise.race([
          serverWith(
            () => upload,
            () => (from === 0 ? Promise.resolve() : silence),
          ).download(media, from, signal, to),
          new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
        ]),
    },
    fileWith(key),
  );
  const reading = read(playing, 0, SIZE);
  await expect.poll(() => asked.length).toBe(2);
  playing.end();
  await expect(reading).rejects.toThrow();
});

test('a server that has something else is not believed', async () => {
  const key = randomFileKey();
  const upload = await encrypted(key);
  const playing = film(
    serverWith(() => upload.subarray(0, upload.length - 1)),
    fileWith(key),
  );
  await expect(playing.size()).rejects.toThrow(DamagedFile);
});

test('without space it is played all the same', async () => {
  const key = randomFileKey();
  const upload = await encrypted(key);
  shelf.put = () => Promise.reject(new Error('no space'));
  const playing = film(
    serverWith(() => upload),
    fileWith(key),
  );
  expect(isEqual(await read(playing, 0, SIZE), CONTENT)).toBe(true);
});
