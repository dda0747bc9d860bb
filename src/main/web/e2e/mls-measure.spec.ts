import type { Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from '@playwright/test';
import type { CommitBundle, Verdict } from '../crypto/e2ee.ts';
import { Device } from './mls/device.ts';
import { buildPage, servePage } from './mls/site.ts';

// What encryption costs, printed: MLS_MEASURE=1 npx playwright test mls-measure

const FOLDER = join(fileURLToPath(new URL('../../../../target/', import.meta.url)), 'mls-measure');

if (process.env['MLS_MEASURE'] !== undefined) {
  let origin: string;
  let server: Server;

  test.beforeAll(async () => {
    buildPage(FOLDER);
    ({ origin, server } = await servePage(FOLDER));
  });
  test.afterAll(() => {
    server?.close();
  });

  test('the cost of encryption', async ({ browser }) => {
    test.setTimeout(240_000);
    const accept = (_from: string, _request: string, _bundle: CommitBundle): Verdict => ({ kind: 'accepted' });
    const name = { user: '00000000-0000-4000-8000-000000000000', device: '0123456789abcdef' };
    const device = await Device.start(browser, origin, name, accept);
    for (const how of ['first', 'again']) {
      const from = performance.now();
      await (how === 'first' ? device.open() : device.reload());
      console.log(`page, worker, library and state, ${how}: ${Math.round(performance.now() - from)} ms`);
    }
    await device.die();
    await device.openTab();
    console.log(JSON.stringify(await device.call('measure'), null, 1));
    await device.end();
  });
}
