// Takes pictures of every page in every width and both themes, and asks axe about each. Where they go is said on the command line:
//   node e2e/gallery/shoot.mjs <folder> [part of a name]
// QUICK=yes takes the wide ones in light and the narrow ones in dark only; FROM=search begins with that scene.
import { createReadStream, existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from '@playwright/test';
import { build } from 'vite';
import { scenes } from './scenes.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const [folder = 'pictures', part = ''] = process.argv.slice(2);
const from = Math.max(
  0,
  scenes.findIndex(({ name }) => name === process.env.FROM),
);
const quick = process.env.QUICK === 'yes';
const site = join(folder, 'site');
// As the server sends it.
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; font-src 'self'; " +
  "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'; trusted-types parley";
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

mkdirSync(folder, { recursive: true });
await build({
  root: here,
  publicDir: fileURLToPath(new URL('../../public', import.meta.url)),
  base: './',
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: site,
    emptyOutDir: true,
    target: 'es2024',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
const server = createServer((request, response) => {
  const path = new URL(request.url ?? '/', 'http://gallery').pathname;
  const file = join(site, path === '/' ? 'index.html' : path);
  if (!existsSync(file)) return response.writeHead(404).end();
  response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'text/plain', 'Content-Security-Policy': CSP });
  createReadStream(file).pipe(response);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${server.address().port}`;

const browser = await chromium.launch({
  ...(existsSync('/usr/bin/chromium') ? { executablePath: '/usr/bin/chromium' } : {}),
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
});
const SIZES = {
  wide: { width: 1280, height: 800 },
  phone: { width: 360, height: 740 },
  small: { width: 320, height: 568 },
  large: { width: 1600, height: 900 },
};
let problems = 0;
for (const scene of scenes.slice(from).filter(({ name }) => name.includes(part))) {
  for (const size of scene.sizes ?? ['wide', 'phone']) {
    for (const theme of quick
      ? [size === 'wide' || size === 'large' ? 'light' : 'dark']
      : (scene.themes ?? ['light', 'dark'])) {
      const context = await browser.newContext({
        viewport: SIZES[size],
        colorScheme: theme,
        reducedMotion: 'reduce',
        hasTouch: size === 'phone' || size === 'small',
        locale: scene.locale ?? 'en-GB',
      });
      const page = await context.newPage();
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') console.log(`${scene.name}: ${message.text()}`);
      });
      page.on('pageerror', (error) => console.log(`${scene.name}: ${error.stack}`));
      await page.goto(`${origin}/?as=${scene.as ?? 'full'}${scene.hash ?? ''}`);
      await page.waitForSelector('main h1, main h2, .empty', { timeout: 30_000, state: 'attached' });
      await page.waitForTimeout(350);
      const name = `${scene.name}-${size}-${theme}`;
      try {
        await scene.act?.(page, size);
      } catch (error) {
        problems += 1;
        console.log(`${name}: ${error.message}`);
      }
      await page.waitForTimeout(250);
      await page.screenshot({ path: join(folder, `${name}.png`) });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      if (wide) console.log(`${name}: scrolls sideways`);
      const { violations } = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
        .analyze();
      for (const violation of violations) {
        problems += 1;
        const where = violation.nodes
          .slice(0, 3)
          .map(({ target, failureSummary }) => `${target} ${failureSummary?.split('\n')[1] ?? ''}`);
        console.log(`${name}: ${violation.id}: ${where.join(' | ')}`);
      }
      await context.close();
    }
  }
}
await browser.close();
server.close();
console.log(problems === 0 ? 'axe has nothing to say' : `${problems} problems`);
