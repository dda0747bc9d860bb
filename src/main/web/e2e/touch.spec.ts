import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { buildGallery, serveGallery } from './gallery/site.ts';

const SITE = fileURLToPath(new URL('../../../../target/gallery-touch/', import.meta.url));
let origin: string;
let server: Server;

test.beforeAll(async () => {
  buildGallery(SITE);
  ({ origin, server } = await serveGallery(SITE));
});
test.afterAll(() => {
  server?.close();
});

test('under fingers Enter breaks the line and the button sends; Ctrl and Enter send too', async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  const page = await context.newPage();
  await page.goto(`${origin}/#/chat/mira~tomasz`);
  const composer = page.getByRole('textbox', { name: /^Message/ });
  await composer.pressSequentially('one');
  await composer.press('Enter');
  await composer.pressSequentially('two');
  await expect(composer).toHaveValue('one\ntwo');
  await page.getByRole('button', { name: 'Send' }).tap();
  await expect(page.locator('.message.mine .content').last()).toHaveText(/^one\s+two/);
  await expect(composer).toHaveValue('');
  await composer.fill('three');
  await composer.press('Control+Enter');
  await expect(page.locator('.message.mine .content').last()).toHaveText(/^three/);
  await context.close();
});

test('with a mouse Enter sends, and with Shift it breaks the line', async ({ page }) => {
  await page.goto(`${origin}/#/chat/mira~tomasz`);
  const composer = page.getByRole('textbox', { name: /^Message/ });
  await composer.pressSequentially('one');
  await composer.press('Shift+Enter');
  await composer.pressSequentially('two');
  await expect(composer).toHaveValue('one\ntwo');
  await composer.press('Enter');
  await expect(page.locator('.message.mine .content').last()).toHaveText(/^one\s+two/);
  await expect(composer).toHaveValue('');
});
