import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from '@playwright/test';
import { type DetailedError, Upload, type UploadOptions } from 'tus-js-client';
import { ParleyNode } from './node.ts';
import { Program } from './rest.ts';

// The judge of uploads: another project's client, as it is published, without a browser.

const BYTES = 6_000_000;

let node: ParleyNode;
let token = '';

test.beforeAll(async () => {
  node = await ParleyNode.start({ PARLEY_MEDIA_SIZE_MAX: '8 MB', PARLEY_RATE_LIMITS: 'off' });
  token = (await Program.registers(node, 'ada')).token;
});

test.afterAll(async () => {
  await node.stop();
});

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64url');
}

/** Ends when the upload does; gives where it is. */
function uploaded(
  bytes: Buffer,
  options: UploadOptions = {},
  begun: (upload: Upload) => void = () => {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const upload: Upload = new Upload(bytes, {
      endpoint: `${node.url}/v1/media`,
      headers: { Authorization: `Bearer ${token}` },
      metadata: { conversation: 'ada~ada', sha256: sha256(bytes), filename: 'canary-name.png' },
      retryDelays: [0, 200, 500, 1_000, 2_000, 4_000, 8_000],
      onSuccess: () => resolve(upload.url ?? ''),
      onError: reject,
      ...options,
    });
    begun(upload);
    upload.start();
  });
}

async function downloaded(url: string): Promise<Buffer> {
  const response = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

test('tus-js-client uploads in one piece, in pieces, and with the first bytes at the creation', async () => {
  for (const options of [
    {},
    { chunkSize: 1_000_000 },
    { uploadDataDuringCreation: true },
    { overridePatchMethod: true },
  ]) {
    const bytes = randomBytes(BYTES);
    expect(sha256(await downloaded(await uploaded(bytes, options)))).toBe(sha256(bytes));
  }
  const nothing = Buffer.alloc(0);
  expect(await downloaded(await uploaded(nothing))).toEqual(nothing);
  expect(node.find('canary-name')).toEqual([]);
});

test('an upload that was paused goes on where it stopped, from what the client remembers alone', async () => {
  const bytes = randomBytes(BYTES);
  let sent = 0;
  const url = await new Promise<string>((resolve, reject) => {
    let paused: Upload;
    const options = {
      chunkSize: 1_000_000,
      onChunkComplete: (_size: number, accepted: number) => {
        sent = accepted;
        if (accepted >= 3_000_000) void paused.abort().then(() => resolve(paused.url ?? ''));
      },
    };
    uploaded(bytes, options, (upload) => {
      paused = upload;
    }).catch(reject);
  });
  let first = -1;
  const where = await uploaded(bytes, {
    uploadUrl: url,
    onProgress: (now) => {
      if (first < 0) first = now;
    },
  });
  expect(where).toBe(url);
  expect(first).toBeGreaterThanOrEqual(sent);
  expect(sha256(await downloaded(url))).toBe(sha256(bytes));
});

test('a node that is killed in the middle costs a pause', async () => {
  const bytes = randomBytes(BYTES);
  let isKilled = false;
  const url = await uploaded(bytes, {
    chunkSize: 500_000,
    onChunkComplete: (_size, accepted) => {
      if (accepted < 2_000_000 || isKilled) return;
      isKilled = true;
      void node.kill().then(() => node.again());
    },
  });
  expect(isKilled).toBe(true);
  expect(sha256(await downloaded(url))).toBe(sha256(bytes));
});

test('what cannot be uploaded is refused for good, and what was can be thrown away', async () => {
  const large = await uploaded(randomBytes(9_000_000)).catch((problem: DetailedError) => problem);
  expect((large as DetailedError).originalResponse?.getStatus()).toBe(413);
  const bytes = randomBytes(1_000);
  const metadata = { conversation: 'ada~ada', sha256: sha256(randomBytes(1)) };
  const wrong = await uploaded(bytes, { metadata }).catch((problem: DetailedError) => problem);
  expect((wrong as DetailedError).originalResponse?.getStatus()).toBe(460);
  const url = await uploaded(bytes);
  await Upload.terminate(url, { headers: { Authorization: `Bearer ${token}` } });
  const gone = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
  expect(gone.status).toBe(404);
});
