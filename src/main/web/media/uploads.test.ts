import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Bytes, toBase64url } from '../crypto/bytes.ts';
import type { Send } from '../protocol.ts';
import { NetworkProblem, RestProblem } from '../rest.ts';
import { SimulatedBrowser } from '../simulation/browser.ts';
import { seeded } from '../simulation/clock.ts';
import { mediaIn } from './files.ts';
import { blobSource, keepOutgoing } from './keeping.ts';
import { Shelf } from './shelf.ts';
import { randomFileKey } from './streamingAead.ts';
import type { UploadPorts, WhatToUpload } from './tus.ts';

const CHAT = 'alice~bob';
const CONTENT = new TextEncoder().encode('Wir treffen uns um acht.') as Bytes;

let browser: SimulatedBrowser;
let shelf: Shelf;
let server: FakeUploads;
let named = 0;

/** Takes uploads as the test wants it to. */
class FakeUploads {
  readonly asked: { readonly path: string | undefined; readonly sha256: string; readonly bytes: string }[] = [];
  /** What becomes of the next ones, instead of being taken. */
  outcomes: ((ports: UploadPorts) => Promise<string>)[] = [];

  readonly upload = async (what: WhatToUpload, ports: UploadPorts): Promise<string> => {
    const bytes = new TextDecoder().decode(await what.read(0, what.size));
    this.asked.push({ path: what.path, sha256: what.sha256, bytes });
    const outcome = this.outcomes.shift();
    if (outcome !== undefined) return outcome(ports);
    return `${this.asked.length}`.padStart(32, '0');
  };
}

const cut = async ({ onPath }: UploadPorts): Promise<string> => {
  onPath('/v1/media/begun');
  throw new NetworkProblem('cut');
};
const never = ({ signal }: UploadPorts): Promise<string> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
const refused = (status: number, code: string, detail: string) => async (): Promise<string> => {
  throw new RestProblem(status, code, detail);
};

beforeEach(async () => {
  named += 1;
  browser = new SimulatedBrowser(seeded(named));
  await browser.logIn();
  shelf = new Shelf(`uploads-${named}`);
  await shelf.begin('u-alice');
  server = new FakeUploads();
  browser.files = { shelf, upload: server.upload };
});
afterEach(async () => {
  browser.kill();
  await browser.database.close();
});

/** As a page does it. */
async function writeFile(id: string, text = id): Promise<void> {
  const key = randomFileKey();
  await keepOutgoing(
    shelf,
    { id: `file of ${id}`, conversation: CHAT, key, source: blobSource(new Blob([CONTENT])) },
    { signal: new AbortController().signal, onProgress: () => {} },
  );
  const file = { media: '', kind: 'file', name: 'plan.txt', size: CONTENT.length, key: toBase64url(key) };
  const body = { type: 'media', text, files: [file] };
  const uploads = [`file of ${id}`];
  await browser.database.addUnsent({ id, conversation: CHAT, body, written: browser.clock.now(), uploads });
  browser.wish({ kind: 'look', conversation: CHAT });
}

/** The database of files is none that the clock waits for: time passes in steps until it is so. */
async function until(isSo: () => boolean | Promise<boolean>, steps = 400): Promise<void> {
  for (let step = 0; step < steps; step++) {
    if (await isSo()) return;
    await browser.clock.pass(500);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error('it never became so');
}

const sends = (): Send[] => browser.server.received.filter((frame): frame is Send => frame.type === 'send');
const textsSent = (): unknown[] => sends().map(({ body }) => body['text']);
const isSent = (id: string) => () => sends().some((send) => send.id === id);
const unsent = async (id: string) => (await browser.database.unsent()).find((one) => one.id === id);

async function live(): Promise<void> {
  browser.start();
  await until(() => browser.link === 'up-to-date');
}

describe('a message with a file', () => {
  test('goes when the file is uploaded, and names it; where nothing is encrypted no key leaves the browser', async () => {
    await live();
    await writeFile('a');
    await until(async () => (await unsent('a')) === undefined);
    const [send] = sends();
    expect(send?.media).toEqual(['1'.padStart(32, '0')]);
    expect(send?.body).toEqual({
      type: 'media',
      text: 'a',
      files: [{ media: '1'.padStart(32, '0'), kind: 'file', name: 'plan.txt', size: CONTENT.length }],
    });
    expect(server.asked.map(({ bytes }) => bytes)).toEqual([new TextDecoder().decode(CONTENT)]);
  });

  test('that is sent stays where it was, to be looked at', async () => {
    await live();
    await writeFile('a');
    await until(async () => (await shelf.ofUpload('1'.padStart(32, '0'))) !== undefined);
    const [held] = await browser.messages(CHAT);
    expect(held === undefined ? undefined : mediaIn(held.body)?.files[0]?.media).toBe('1'.padStart(32, '0'));
    expect((await shelf.file('file of a'))?.isUnsent).toBe(false);
  });

  test('does not hold up what is written after it, but for other files', async () => {
    await live();
    server.outcomes = [never];
    await writeFile('a');
    await writeFile('b');
    await browser.write(CHAT, 'meanwhile');
    await until(() => server.asked.length === 2 && textsSent().includes('meanwhile'));
    await until(async () => (await unsent('b'))?.media !== undefined);
    await browser.clock.pass(5_000);
    expect(textsSent()).toEqual(['meanwhile']);
  });

  test('goes on where it was after a cut, and after its worker has died', async () => {
    await live();
    server.outcomes = [cut, cut, never];
    await writeFile('a');
    await until(() => server.asked.length === 3);
    browser.kill();
    browser.start();
    await until(isSent('a'));
    expect(server.asked.map(({ path }) => path)).toEqual([undefined, ...Array(3).fill('/v1/media/begun')]);
  });

  test('that the server does not take is told with its words, and may be tried again', async () => {
    await live();
    server.outcomes = [refused(413, 'too-large', 'You have used 10 GiB of 10 GiB.')];
    await writeFile('a');
    await until(async () => (await unsent('a'))?.refused !== undefined);
    expect((await unsent('a'))?.refused).toEqual({ code: 'too-large', message: 'You have used 10 GiB of 10 GiB.' });
    await browser.clock.pass(120_000);
    expect(server.asked).toHaveLength(1);
    await browser.database.retryUnsent('a');
    browser.wish({ kind: 'look', conversation: CHAT });
    await until(isSent('a'));
  });

  test('is tried again by itself where that may help', async () => {
    await live();
    server.outcomes = [refused(503, 'unavailable', ''), refused(423, 'conflict', ''), refused(429, 'rate-limited', '')];
    await writeFile('a');
    await until(isSent('a'));
    expect(server.asked).toHaveLength(4);
  });

  test('whose bytes did not come through is uploaded anew once, then given up', async () => {
    await live();
    server.outcomes = [refused(460, 'invalid', 'other bytes'), refused(460, 'invalid', 'other bytes')];
    await writeFile('a');
    await until(async () => (await unsent('a'))?.refused?.code === 'damaged');
    expect(server.asked).toHaveLength(2);
  });

  test('is uploaded once more where the server has thrown the file away, and given up where that is of no use', async () => {
    await live();
    browser.server.refusals = [{ code: 'invalid' }];
    await writeFile('a');
    await until(async () => (await unsent('a')) === undefined);
    expect(server.asked).toHaveLength(2);
    browser.server.refusals = [{ code: 'invalid' }, { code: 'invalid' }];
    await writeFile('b');
    await until(async () => (await unsent('b'))?.refused?.code === 'invalid');
    expect(server.asked).toHaveLength(4);
  });

  test('whose file is not on the shelf any more says so', async () => {
    await live();
    await writeFile('a');
    await shelf.delete('file of a');
    await until(async () => (await unsent('a'))?.refused?.code === 'lost');
  });

  test('stops and goes on when the person says so', async () => {
    await live();
    server.outcomes = [never];
    await writeFile('a');
    await until(() => server.asked.length === 1);
    await browser.database.pauseUnsent('a', true);
    browser.wish({ kind: 'look', conversation: CHAT });
    await browser.clock.pass(120_000);
    expect(server.asked).toHaveLength(1);
    await browser.database.pauseUnsent('a', false);
    browser.wish({ kind: 'look', conversation: CHAT });
    await until(isSent('a'));
  });

  test('that is taken back leaves nothing', async () => {
    await live();
    server.outcomes = [never];
    await writeFile('a');
    await until(() => server.asked.length === 1);
    await browser.database.deleteUnsent('a');
    browser.wish({ kind: 'dropped', uploads: ['file of a'] });
    browser.wish({ kind: 'look', conversation: CHAT });
    await until(async () => (await shelf.files()).length === 0);
    expect(sends()).toEqual([]);
  });

  test('tells pages how far it has come, also one that opens later', async () => {
    await live();
    server.outcomes = [
      (ports) => {
        ports.onProgress(10);
        return never(ports);
      },
    ];
    await writeFile('a');
    await until(() => browser.news.some((news) => news.kind === 'transfer' && news.transfer?.bytes === 10));
    browser.news.length = 0;
    browser.wish({ kind: 'how-is-it' });
    expect(browser.news).toContainEqual({
      kind: 'transfer',
      id: 'a',
      transfer: { state: 'uploading', bytes: 10, of: CONTENT.length },
    });
  });

  test('left behind by a page that was closed is swept away after a day', async () => {
    await writeFile('a');
    await browser.database.deleteUnsent('a');
    await shelf.change('file of a', (file) => ({ ...file, used: browser.clock.now() - 25 * 3600_000 }));
    await writeFile('b');
    await shelf.change('file of b', (file) => ({ ...file, used: browser.clock.now() - 25 * 3600_000 }));
    browser.server.isAway = true;
    browser.start();
    await until(async () => (await shelf.file('file of a')) === undefined);
    expect(await shelf.file('file of b')).toBeDefined();
  });
});
