import { expect, test } from '@playwright/test';
import { ParleyNode } from './node.ts';

const FIRST_LOAD_BYTES_MOST = 150_000;

test('the first load is small, asks nobody else, sets no cookie, and is the last one while nothing changes', async ({
  browser,
}) => {
  const node = await ParleyNode.start();
  const context = await browser.newContext();
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Network.enable');
  let bytes = 0;
  cdp.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  const origins = new Set<string>();
  context.on('request', (request) => origins.add(new URL(request.url()).origin));
  await page.goto(node.url);
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible();
  await expect.poll(() => page.workers().length).toBe(1);
  const worker = page.workers()[0]?.url() ?? '';
  const response = await fetch(worker, { headers: { 'Accept-Encoding': 'gzip' } });
  const workerBytes = Number(response.headers.get('content-length'));
  expect(workerBytes).toBeGreaterThan(1_000); // it may be loaded where the page's session does not see it
  test.info().annotations.push({ type: 'first load', description: `${bytes} bytes and a worker of ${workerBytes}` });
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes + workerBytes).toBeLessThan(FIRST_LOAD_BYTES_MOST);
  expect([...origins]).toEqual([node.url]);
  expect(await context.cookies()).toEqual([]);

  bytes = 0;
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible();
  expect(bytes).toBeLessThan(5_000); // headers that say "as before"
  await context.close();
  await node.stop();
});
