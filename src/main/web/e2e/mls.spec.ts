import type { Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { buildPage, servePage } from './mls/site.ts';
import { Disagreement, Soak, type SoakOptions } from './mls/soak.ts';

// Encryption under random changes, races and deaths. Longer, and with other seeds:
// MLS_SEEDS=1,2,3 MLS_EPOCHS=100 npx playwright test mls.spec

const FOLDER = join(fileURLToPath(new URL('../../../../target/', import.meta.url)), 'mls-page');
const SEEDS = (process.env['MLS_SEEDS'] ?? '1').split(',').map(Number);
const EPOCHS = Number(process.env['MLS_EPOCHS'] ?? 10);
const DEVICES = Number(process.env['MLS_DEVICES'] ?? 5);

let origin: string;
let server: Server;

test.use({ trace: 'off', screenshot: 'off' });
test.describe.configure({ timeout: 60_000 + EPOCHS * 10_000 });
test.beforeAll(async () => {
  buildPage(FOLDER);
  ({ origin, server } = await servePage(FOLDER));
});
test.afterAll(() => {
  server?.close();
});

for (const seed of SEEDS) {
  test(`devices agree after every one of ${EPOCHS} random epochs, seed ${seed}`, async ({ browser }) => {
    const soak = await Soak.start({ browser, origin, seed, epochs: EPOCHS, devices: DEVICES, log: logging });
    try {
      await soak.run();
    } finally {
      const deaths = soak.all.reduce((sum, { device }) => sum + device.deaths, 0);
      const said = JSON.stringify({ ...soak.counts, deaths, ...soak.service.accepted, refused: soak.service.refused });
      test.info().annotations.push({ type: 'soak', description: said });
      logging(said);
      await soak.end();
    }
  });
}

test('a server that accepts two commits of one epoch is found out', async ({ browser }) => {
  const soak = await Soak.start({ browser, origin, seed: 1, epochs: 0, devices: 3 });
  await soak.run();
  soak.service.forksOnce = true;
  await expect(steps(soak, 40)).rejects.toThrow(Disagreement);
  await soak.end();
});

test('a member that comes back with an old state is found out', async ({ browser }) => {
  const soak = await Soak.start({ browser, origin, seed: 1, epochs: 0, devices: 3 });
  await soak.run();
  await expect(soak.restoreOldState()).rejects.toThrow(Disagreement);
  await soak.end();
});

async function steps(soak: Soak, count: number): Promise<void> {
  for (let step = 0; step < count; step++) await soak.step();
}

function logging(line: string): ReturnType<NonNullable<SoakOptions['log']>> {
  if (process.env['MLS_EPOCHS'] !== undefined) console.log(line);
}
