import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Bytes, joined, sha256, toBase64url } from '../crypto/bytes.ts';
import { NetworkProblem, RestProblem } from '../rest.ts';
import { Fetching } from './fetching.ts';
import type { MediaFile } from './files.ts';
import { blobSource, KeptFile, keepOutgoing, NotKept, UnreadableFile } from './keeping.ts';
import { padded } from './padding.ts';
import { PART_BYTES, Shelf, type ShelfFile } from './shelf.ts';
import { ciphertextBytes, DamagedFile, randomFileKey } from './streamingAead.ts';

const CHAT = 'alice~bob';
const MEDIA = '0123456789abcdef0123456789abcdef';
const WATCHING = { signal: new AbortController().signal, onProgress: () => {} };

let named = 0;
let shelf: Shelf;

beforeEach(async () => {
  named += 1;
  shelf = new Shelf(`shelf-${named}`);
  await shelf.begin('u-alice');
});

function bytes(length: number, seed = 1): Bytes {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}

async function kept(content: Bytes, id = 'one', key = randomFileKey()): Promise<ShelfFile> {
  const source = blobSource(new Blob([content]));
  return keepOutgoing(shelf, { id, conversation: CHAT, key, source }, WATCHING);
}

/** A comparison byte by byte, told in one word: `toEqual` takes minutes for megabytes. */
async function expectSame(found: Blob | Uint8Array, content: Uint8Array): Promise<void> {
  const all = found instanceof Blob ? new Uint8Array(await found.arrayBuffer()) : found;
  expect(all.length).toBe(content.length);
  expect(Buffer.compare(all, content)).toBe(0);
}

/** As it goes to the server. */
function upload(file: ShelfFile): Promise<Bytes> {
  return new KeptFile(shelf, file).encrypted(0, file.bytes);
}

describe('a file on the shelf', () => {
  test.each([0, 1, 1_000, 65_480, PART_BYTES, 3 * PART_BYTES + 17])('of %i bytes comes back whole', async (length) => {
    const content = bytes(length);
    const file = await kept(content);
    expect(file).toMatchObject({ size: length, isWhole: true, isUnsent: true, bytes: ciphertextBytes(padded(length)) });
    const blob = await new KeptFile(shelf, file).blob('image/png');
    expect(blob.type).toBe('image/png');
    await expectSame(blob, content);
  });

  test('has the hashes of what it is and of what is uploaded', async () => {
    const content = bytes(200_000);
    const file = await kept(content);
    expect(file.sha256).toEqual({
      plain: toBase64url(await sha256(content)),
      encrypted: toBase64url(await sha256(await upload(file))),
    });
  });

  test('stands there encrypted, under a key that the browser does not give out', async () => {
    const content = new TextEncoder().encode('Wir treffen uns um acht. '.repeat(100)) as Bytes;
    const file = await kept(content);
    const stored = new TextDecoder('latin1').decode(await upload(file));
    expect(stored).not.toContain('treffen');
    expect(file.key).toBeInstanceOf(CryptoKey);
    await expect(crypto.subtle.exportKey('raw', file.key as CryptoKey)).rejects.toThrow();
  });

  test('is read from any place', async () => {
    const content = bytes(2 * PART_BYTES + 5);
    const file = new KeptFile(shelf, await kept(content));
    for (const [from, to] of [
      [0, 1],
      [PART_BYTES - 100, PART_BYTES + 100],
      [65_479, 65_481],
      [2 * PART_BYTES, 2 * PART_BYTES + 5],
      [7, 7],
    ] as const) {
      await expectSame(await file.read(from, to), content.slice(from, to));
    }
  });

  test('that is taken back while it is being read leaves nothing', async () => {
    const controller = new AbortController();
    const source = {
      size: 4 * PART_BYTES,
      read: async (from: number, to: number) => {
        if (from > PART_BYTES) controller.abort();
        return bytes(to - from);
      },
    };
    const keeping = keepOutgoing(
      shelf,
      { id: 'one', conversation: CHAT, key: randomFileKey(), source },
      { signal: controller.signal, onProgress: () => {} },
    );
    await expect(keeping).rejects.toThrow();
    expect(await shelf.files()).toEqual([]);
    expect(await shelf.partsOf('one')).toEqual([]);
  });

  test('that cannot be read any more, or has become shorter, is told as such', async () => {
    const gone = { size: 10, read: () => Promise.reject(new DOMException('gone', 'NotReadableError')) };
    const shorter = { size: 10, read: async () => bytes(5) };
    for (const source of [gone, shorter]) {
      const keeping = keepOutgoing(shelf, { id: 'one', conversation: CHAT, key: randomFileKey(), source }, WATCHING);
      await expect(keeping).rejects.toBeInstanceOf(UnreadableFile);
    }
    expect(await shelf.files()).toEqual([]);
  });

  test('whose part is gone, or changed, is not given out', async () => {
    const file = await kept(bytes(2 * PART_BYTES));
    const part = new Uint8Array((await shelf.part('one', 1)) ?? new ArrayBuffer(0)).slice();
    part[100] = (part[100] ?? 0) ^ 1;
    await shelf.keepPart('one', 1, part.buffer);
    await expect(new KeptFile(shelf, file).blob('')).rejects.toBeInstanceOf(DamagedFile);
    await expectSame(await new KeptFile(shelf, file).read(0, 1_000), bytes(1_000));
    await shelf.delete('one');
    await expect(new KeptFile(shelf, file).read(0, 1_000)).rejects.toBeInstanceOf(NotKept);
  });
});

describe('the shelf', () => {
  test('has nothing of somebody else', async () => {
    await kept(bytes(1_000));
    await shelf.begin('u-alice');
    expect(await shelf.files()).toHaveLength(1);
    await shelf.begin('u-bob');
    expect(await shelf.files()).toEqual([]);
    expect(await shelf.partsOf('one')).toEqual([]);
  });

  test('makes room by what was longest not looked at, and never by what is unsent', async () => {
    for (const [at, id] of ['old', 'unsent', 'newer', 'newest'].entries()) {
      await kept(bytes(1_000, at), id);
      await shelf.change(id, (file) => ({ ...file, used: at, isUnsent: id === 'unsent' }));
    }
    const each = ciphertextBytes(padded(1_000));
    await shelf.makeRoom(2 * each);
    expect((await shelf.files()).map(({ id }) => id).sort()).toEqual(['newer', 'newest', 'unsent']);
    await shelf.makeRoom(0);
    expect((await shelf.files()).map(({ id }) => id)).toEqual(['unsent']);
  });
});

/** Has an upload, and gives it out in pieces; `cutAfter`: how many bytes each connection brings at most. */
class FakeServer {
  readonly froms: number[] = [];
  content: Bytes;
  cutAfter = Number.POSITIVE_INFINITY;
  refuses: RestProblem | undefined;

  constructor(content: Bytes) {
    this.content = content;
  }

  async download(_media: string, from: number, signal: AbortSignal): Promise<Response> {
    signal.throwIfAborted();
    if (this.refuses !== undefined) throw this.refuses;
    this.froms.push(from);
    const { content, cutAfter } = this;
    let at = from;
    const body = new ReadableStream<Bytes>({
      pull(to) {
        if (at >= content.length) return to.close();
        if (at - from >= cutAfter) return to.error(new TypeError('network error'));
        const end = Math.min(at + 50_000, content.length, from + cutAfter);
        to.enqueue(content.slice(at, end));
        at = end;
      },
    });
    const range = from === 0 ? {} : { 'Content-Range': `bytes ${from}-${content.length - 1}/${content.length}` };
    const headers = { 'Content-Length': `${content.length - from}`, ...range };
    return new Response(body, { status: from === 0 ? 200 : 206, headers });
  }
}

async function sealedUpload(content: Bytes): Promise<{ server: FakeServer; file: MediaFile }> {
  const key = randomFileKey();
  const outgoing = await kept(content, 'outgoing', key);
  const server = new FakeServer(await upload(outgoing));
  await shelf.delete('outgoing');
  return { server, file: { media: MEDIA, kind: 'file', size: content.length, key: toBase64url(key) } };
}

describe('a file that came with a message', () => {
  test.each([0, 1, 70_000, 2 * PART_BYTES + 9])('encrypted, of %i bytes, is fetched once and kept', async (length) => {
    const content = bytes(length);
    const { server, file } = await sealedUpload(content);
    const fetching = new Fetching(shelf, server);
    for (let times = 0; times < 2; times++) {
      await expectSame(await fetching.blob(CHAT, file, 'video/mp4', WATCHING), content);
    }
    expect(server.froms).toEqual([0]);
  });

  test.each([1, 70_000, 2 * PART_BYTES + 9])('unencrypted, of %i bytes, is kept encrypted', async (length) => {
    const content = bytes(length);
    const server = new FakeServer(content);
    const fetching = new Fetching(shelf, server);
    const file: MediaFile = { media: MEDIA, kind: 'file', size: length };
    for (let times = 0; times < 2; times++) {
      await expectSame(await fetching.blob(CHAT, file, '', WATCHING), content);
    }
    expect(server.froms).toEqual([0]);
    const [stored] = await shelf.files();
    if (stored === undefined) throw new Error('nothing is kept');
    expect(Buffer.compare((await upload(stored)).subarray(0, length), content)).not.toBe(0);
  });

  test.each(['encrypted', 'unencrypted'])('%s, goes on where it was cut off', async (form) => {
    const content = bytes(5 * PART_BYTES + 3);
    const sealed = await sealedUpload(content);
    const isPlain = form === 'unencrypted';
    const server = isPlain ? new FakeServer(content) : sealed.server;
    const file: MediaFile = isPlain ? { media: MEDIA, kind: 'file', size: content.length } : sealed.file;
    server.cutAfter = 2 * PART_BYTES;
    await expectSame(await new Fetching(shelf, server).blob(CHAT, file, '', WATCHING), content);
    expect(server.froms.length).toBeGreaterThan(2);
    expect(server.froms).toEqual([...new Set(server.froms)].sort((one, other) => one - other));
  });

  test.each(['encrypted', 'unencrypted'])('%s, goes on after the page was closed', async (form) => {
    const content = bytes(4 * PART_BYTES + 3);
    const sealed = await sealedUpload(content);
    const isPlain = form === 'unencrypted';
    const server = isPlain ? new FakeServer(content) : sealed.server;
    const file: MediaFile = isPlain ? { media: MEDIA, kind: 'file', size: content.length } : sealed.file;
    const closing = new AbortController();
    const onProgress = (fetched: number): void => {
      if (fetched > 2.5 * PART_BYTES) closing.abort();
    };
    const first = new Fetching(shelf, server).blob(CHAT, file, '', { signal: closing.signal, onProgress });
    await expect(first).rejects.toThrow();
    await expectSame(await new Fetching(shelf, server).blob(CHAT, file, '', WATCHING), content);
    expect(server.froms).toHaveLength(2);
    expect(server.froms[1]).toBeGreaterThan(PART_BYTES);
  });

  test('that two places want at once is fetched once', async () => {
    const content = bytes(100_000);
    const { server, file } = await sealedUpload(content);
    const fetching = new Fetching(shelf, server);
    const both = await Promise.all([1, 2].map(() => fetching.blob(CHAT, file, '', WATCHING)));
    for (const blob of both) await expectSame(blob, content);
    expect(server.froms).toEqual([0]);
  });

  test.each(['changed', 'shorter', 'longer'] as const)('and was %s by the server is not shown', async (how) => {
    const content = bytes(100_000);
    const { server, file } = await sealedUpload(content);
    const honest = server.content;
    if (how === 'changed') {
      server.content = honest.slice();
      server.content[5_000] = (server.content[5_000] ?? 0) ^ 1;
    } else server.content = how === 'shorter' ? honest.slice(0, -1) : joined(honest, bytes(1));
    const fetching = new Fetching(shelf, server);
    await expect(fetching.blob(CHAT, file, '', WATCHING)).rejects.toBeInstanceOf(DamagedFile);
    server.content = honest;
    await expectSame(await fetching.blob(CHAT, file, '', WATCHING), content);
  });

  test('and is not there any more is told as such', async () => {
    const { server, file } = await sealedUpload(bytes(1_000));
    server.refuses = new RestProblem(404, 'not-found', 'There is no such upload.');
    await expect(new Fetching(shelf, server).blob(CHAT, file, '', WATCHING)).rejects.toBe(server.refuses);
  });

  test('and cannot be had for want of a network is told as such', { timeout: 60_000 }, async () => {
    const { server, file } = await sealedUpload(bytes(100_000));
    server.cutAfter = 0;
    await expect(new Fetching(shelf, server).blob(CHAT, file, '', WATCHING)).rejects.toBeInstanceOf(NetworkProblem);
  });
});
