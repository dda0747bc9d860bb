import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from '@playwright/test';
import type { CommitBundle, Verdict } from '../crypto/e2ee.ts';
import { Device } from './mls/device.ts';
import { buildPage, servePage } from './mls/site.ts';

// What encryption costs, printed: MLS_MEASURE=1 npx playwright test mls-measure

const FOLDER = join(fileURLToPath(new URL('../../../../target/', import.meta.url)), 'mls-measure');
const GROUPS = 200;
const USER = '00000000-0000-4000-8000-000000000000';

if (process.env['MLS_MEASURE'] !== undefined) {
  let origin: string;
  let server: Server;
  const profile = mkdtempSync(join(tmpdir(), 'parley-mls-')); // other contexts would keep everything in memory

  test.beforeAll(async () => {
    buildPage(FOLDER);
    ({ origin, server } = await servePage(FOLDER));
  });
  test.afterAll(() => {
    server?.close();
    rmSync(profile, { recursive: true, force: true });
  });

  test('the cost of encryption', async ({ playwright, launchOptions, browser }) => {
    test.setTimeout(240_000);
    const context = await playwright.chromium.launchPersistentContext(profile, launchOptions);
    const accept = (_from: string, _request: string, _bundle: CommitBundle): Verdict => ({ kind: 'accepted' });
    const device = await Device.in(context, origin, { user: USER, device: '0123456789abcdef' }, accept);
    await timed('page, worker, library and state, first', () => device.open());
    await timed('and again', () => device.reload());

    const packages: Uint8Array[] = [];
    for (const number of ['a', 'b', 'c']) {
      const other = await Device.start(browser, origin, { user: USER, device: number.repeat(16) }, accept);
      await other.open();
      packages.push(...(await other.call('keyPackages', 1, 3600)));
      await other.end();
    }
    await timed(`${GROUPS} groups of four`, async () => {
      for (let made = 0; made < GROUPS; made++) {
        const group = new TextEncoder().encode(`group ${made}`);
        await device.call('create', group);
        await device.call('add', group, packages);
      }
    });
    await timed('and again, with them', () => device.reload());
    const [page] = context.pages().slice(-1);
    console.log(await page?.evaluate(() => navigator.storage.estimate()));

    await device.die();
    await device.openTab();
    console.log(JSON.stringify(await device.call('measure'), null, 1));
    await device.end();
  });
}

async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
  const from = performance.now();
  await work();
  console.log(`${what}: ${Math.round(performance.now() - from)} ms`);
}
