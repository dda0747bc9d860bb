import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

const CANDIDATES = [
  process.env['PARLEY_CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const executablePath = CANDIDATES.find((path) => path !== '' && existsSync(path));
if (executablePath === undefined) {
  throw new Error(
    'The browser tests need Chromium: install it (Debian: apt install chromium), or say where in PARLEY_CHROMIUM.',
  );
}

/** They wait longest: what begins last must not be what takes longest. */
const FIRST = /\/(encryption-cluster|encryption-soak|hidden|moving|trouble)\.spec\.ts$/;

// Real browsers against real nodes. Two files at a time, each in its own order: they wait for clocks and for nodes that
// are killed more than they compute, and machines have few cores.
export default defineConfig({
  testDir: 'e2e',
  outputDir: '../../../target/web-e2e',
  workers: 2,
  fullyParallel: false,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  forbidOnly: true,
  projects: [
    { name: 'first', testMatch: FIRST },
    { name: 'then', testIgnore: FIRST },
  ],
  use: {
    // What was done, asked and answered, and how the page looked in the end. A picture and a copy of the page at each step
    // take a third of the processors' time: to see them, run the test again with `--trace on`.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: false, sources: false },
    screenshot: 'only-on-failure',
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    launchOptions: {
      executablePath,
      args: [
        '--no-sandbox', // the build may run as root, where Chromium's sandbox refuses to start
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
