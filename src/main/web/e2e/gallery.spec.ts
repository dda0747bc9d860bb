import { mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, expect, type Page, test } from '@playwright/test';
import { accessibility } from './axe.ts';
import { type Scene, scenes } from './gallery/scenes.ts';
import { buildGallery, serveGallery } from './gallery/site.ts';

// Every page and state: a picture of each to look at, and of each the word of axe. Made-up people, the real database, the node's policy.

const TARGET = fileURLToPath(new URL('../../../../target/', import.meta.url));
const SCREENS = join(TARGET, 'screens');
const NOON = new Date('2026-03-11T12:34:00+01:00'); // the pictures of two days are the same

type Size = 'wide' | 'phone' | 'narrow' | 'large' | 'zoomed';
const SIZES: Record<Size, BrowserContextOptions> = {
  wide: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
  narrow: { viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true },
  large: { viewport: { width: 1600, height: 900 } },
  zoomed: { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
};

let origin: string;
let server: Server;

test.use({ trace: 'off' }); // the pictures are kept already, and a trace of so many is slow
test.beforeAll(async () => {
  mkdirSync(SCREENS, { recursive: true });
  buildGallery(join(TARGET, 'gallery'));
  ({ origin, server } = await serveGallery(join(TARGET, 'gallery')));
});
test.afterAll(() => {
  server?.close();
});

for (const size of ['wide', 'phone'] as const) {
  for (const theme of ['light', 'dark'] as const) {
    test(`every page, ${size} and ${theme}`, async ({ browser }) => {
      await visit(browser, scenes, size, theme);
    });
  }
}
for (const size of ['narrow', 'large', 'zoomed'] as const) {
  test(`some pages, ${size}`, async ({ browser }) => {
    const some = scenes.filter(({ alsoIn }) => alsoIn?.includes(size));
    await visit(browser, some, size, size === 'large' ? 'dark' : 'light');
  });
}
test('some pages, in colours of the system', async ({ browser }) => {
  const some = scenes.filter(({ alsoIn }) => alsoIn?.includes('forced'));
  await visit(browser, some, 'wide', 'forced');
});

/** One page for all: it goes from scene to scene as a person would, without a reload. */
async function visit(
  browser: Browser,
  some: readonly Scene[],
  size: Size,
  theme: 'light' | 'dark' | 'forced',
): Promise<void> {
  const { page, complaints, leave } = await open(browser, {
    ...SIZES[size],
    colorScheme: theme === 'dark' ? 'dark' : 'light',
    forcedColors: theme === 'forced' ? 'active' : 'none',
  });
  const problems: string[] = [];
  let at: Scene['as'] | 'nowhere' = 'nowhere';
  for (const scene of some) {
    const name = `${scene.name}-${size}-${theme}`;
    if (at !== scene.as) {
      await page.goto(`${origin}/?as=${scene.as ?? 'full'}`);
      await page.locator('html[data-gallery]').waitFor();
      at = scene.as;
    }
    try {
      await page.evaluate((hash) => window.gallery.goTo(hash), scene.hash ?? '#/');
      if (scene.until !== undefined) await page.locator(scene.until).first().waitFor({ state: 'attached' });
      await scene.act?.(page);
    } catch (problem) {
      problems.push(`${name}: ${problem}`); // the others are still worth a look
    }
    await settle(page);
    await page.screenshot({ path: join(SCREENS, `${name}.png`) });
    if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) {
      problems.push(`${name}: scrolls sideways`);
    }
    // Where the colours are the system's, there is nothing of ours to measure.
    if (theme !== 'forced') problems.push(...(await accessibility(page)).map((problem) => `${name}: ${problem}`));
    problems.push(...complaints.splice(0).map((complaint) => `${name}: ${complaint}`));
  }
  expect(problems).toEqual([]);
  await leave();
}

async function open(browser: Browser, options: BrowserContextOptions) {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(5_000);
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.stack ?? error.message}`));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) complaints.push(`asks elsewhere: ${request.url()}`);
  });
  await page.exposeFunction('reportViolation', (what: string) => complaints.push(`policy: ${what}`));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
      (window as unknown as { reportViolation(what: string): void }).reportViolation(
        `${effectiveDirective} ${blockedURI}`,
      );
    });
  });
  await page.clock.setFixedTime(NOON);
  return { page, complaints, leave: () => context.close() };
}

/** Drawn, and all that moves at its end. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
    await frame();
    await frame();
    for (const animation of document.getAnimations()) animation.finish();
    await frame();
  });
}
