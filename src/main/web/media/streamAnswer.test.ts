import { expect, test } from 'vitest';
import type { Bytes } from '../crypto/bytes.ts';
import { answerOf } from './streamAnswer.ts';
import { serve } from './streaming.ts';
import { CHUNK_BYTES } from './streamProtocol.ts';

// The page's side and the worker's, with a channel between them.

const CONTENT = Uint8Array.from({ length: 1_000_000 }, (_, at) => (at * 31) % 251);
/** So much is read at a time, at most. */
const STEP = 70_000;

class FakeFilm {
  reads: (readonly [number, number])[] = [];
  isEnded = false;
  problem: Error | undefined;

  async size(): Promise<number> {
    return CONTENT.length;
  }

  reader() {
    return {
      read: async (from: number, to: number): Promise<Bytes> => {
        if (this.problem !== undefined) throw this.problem;
        this.reads.push([from, to]);
        return CONTENT.subarray(from, Math.min(to, from + STEP));
      },
      end: () => {
        this.isEnded = true;
      },
    };
  }
}

function asked(film: FakeFilm, range: string | undefined, type = 'video/webm') {
  const { port1, port2 } = new MessageChannel();
  let isOver = false;
  void serve(film as unknown as Parameters<typeof serve>[0], type, port2);
  const response = answerOf({ range, port: port1, isThere: async () => true, over: () => (isOver = true) });
  return { response, isOver: () => isOver };
}

test('a player is given the part that it asks for', async () => {
  const film = new FakeFilm();
  const { response, isOver } = asked(film, 'bytes=1000-899999');
  const answer = await response;
  expect(answer.status).toBe(206);
  expect(answer.headers.get('Content-Range')).toBe('bytes 1000-899999/1000000');
  expect(answer.headers.get('Content-Length')).toBe('899000');
  expect(answer.headers.get('Content-Type')).toBe('video/webm');
  expect(answer.headers.get('Accept-Ranges')).toBe('bytes');
  expect(answer.headers.get('Cache-Control')).toBe('no-store');
  expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff');
  expect(new Uint8Array(await answer.arrayBuffer())).toEqual(CONTENT.subarray(1_000, 900_000));
  expect(isOver()).toBe(true);
  await expect.poll(() => film.isEnded).toBe(true);
  expect(film.reads.every(([from, to]) => to - from <= CHUNK_BYTES)).toBe(true);
});

test('nothing is read before the player takes it, and nothing after it has gone', async () => {
  const film = new FakeFilm();
  const { response, isOver } = asked(film, 'bytes=0-');
  const reader = (await response).body?.getReader();
  expect(film.reads).toEqual([]);
  await reader?.read();
  await reader?.read();
  expect(film.reads.map(([from]) => from)).toEqual([0, STEP]);
  await reader?.cancel();
  await expect.poll(() => film.isEnded).toBe(true);
  expect(isOver()).toBe(true);
  expect(film.reads).toHaveLength(2);
});

test('what cannot be read ends in an error, not in less than was promised', async () => {
  const film = new FakeFilm();
  const { response } = asked(film, 'bytes=0-');
  const reader = (await response).body?.getReader();
  await reader?.read();
  film.problem = new Error('damaged');
  await expect(reader?.read()).rejects.toThrow();
});

test('a page that has gone in the middle ends in an error', async () => {
  const { port1, port2 } = new MessageChannel();
  port2.postMessage({ kind: 'is', size: 10, type: 'video/mp4' });
  let isThere = true;
  const answer = await answerOf({ range: undefined, port: port1, isThere: async () => isThere, over: () => {} }, 10);
  expect(answer.status).toBe(200);
  isThere = false;
  await expect(answer.arrayBuffer()).rejects.toThrow();
  port2.close();
});

test('a page that has gone before it answers, a range that is not there, and a type that is not played', async () => {
  const { port1 } = new MessageChannel();
  const silent = await answerOf({ range: undefined, port: port1, isThere: async () => false, over: () => {} }, 10);
  expect(silent.status).toBe(502);
  const behind = await asked(new FakeFilm(), 'bytes=1000000-').response;
  expect(behind.status).toBe(416);
  expect(behind.headers.get('Content-Range')).toBe('bytes */1000000');
  for (const type of ['text/html', 'image/svg+xml', 'application/javascript', '']) {
    expect((await asked(new FakeFilm(), undefined, type).response).status).toBe(404);
  }
});
