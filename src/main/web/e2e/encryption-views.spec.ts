import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { buildGallery, serveGallery } from './gallery/site.ts';

// What one does about encryption, with made-up keys: where the focus goes, and what is blocked until somebody has looked.

const SITE = fileURLToPath(new URL('../../../../target/gallery-encryption/', import.meta.url));
let origin: string;
let server: Server;

test.beforeAll(async () => {
  buildGallery(SITE);
  ({ origin, server } = await serveGallery(SITE));
});
test.afterAll(() => {
  server?.close();
});

const open = async (page: Page): Promise<void> => {
  await page.goto(`${origin}/#/chat/jonas~mira`);
  await page.locator('html[data-gallery]').waitFor();
  await page.locator('.message').first().waitFor();
};

test('a number is compared and marked with the keyboard alone', async ({ page }) => {
  await open(page);
  const lock = page.locator('.lock-button');
  await expect(lock).toHaveAccessibleName('End-to-end encrypted');
  await lock.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'End-to-end encrypted' });
  await expect(dialog.getByRole('listitem')).toHaveCount(12);
  await expect(dialog.getByRole('listitem').first()).toContainText('4 9 2 0 8');
  await expect(dialog.getByRole('img', { name: 'QR code' })).toBeVisible();
  await dialog.getByRole('button', { name: 'They match' }).press('Enter');
  await expect(dialog.getByRole('status')).toHaveText('You have compared this number.');
  await page.keyboard.press('Escape');
  await expect(lock).toBeFocused();
  await expect(lock).toHaveAccessibleName('End-to-end encrypted and verified');
});

test('nothing is sent to a number that has changed until the person has said so', async ({ page }) => {
  await open(page);
  const composer = page.getByRole('textbox', { name: /^Message/ });
  await page.evaluate(async () => {
    window.gallery.number('changed');
    await window.gallery.encrypt('jonas~mira', { trouble: 'verified-changed' });
  });
  await expect(composer).toHaveAccessibleDescription(/safety number has changed/);
  await composer.fill('the code is 4711');
  await composer.press('Enter');
  await expect(composer).toHaveValue('the code is 4711');
  await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeDisabled();
  await page.getByRole('button', { name: 'Send anyway' }).click();
  await expect(composer).toBeFocused();
  await composer.press('Enter');
  await expect(composer).toHaveValue('');
  await expect(page.locator('.message.mine .content', { hasText: 'the code is 4711' })).toBeVisible();
});

test('a device that asks is approved, or turned away after a second question', async ({ page }) => {
  await open(page);
  const ask = (): Promise<void> =>
    page.evaluate(() =>
      window.gallery.keys({
        state: 'ready',
        waiting: [{ device: 'd2', name: 'Chrome on Android', code: '40719 35581 02264 91837' }],
      }),
    );
  const banner = page.locator('.banner', { hasText: 'Chrome on Android' });
  const dialog = page.getByRole('dialog');
  await ask();
  await banner.getByRole('button', { name: 'Review' }).click();
  await expect(dialog).toContainText('40719 35581 02264 91837');
  await dialog.getByRole('button', { name: 'Later' }).click();
  await expect(banner).toBeVisible();
  await banner.getByRole('button', { name: 'Review' }).click();
  await dialog.getByRole('button', { name: 'It’s not mine' }).click();
  await expect(dialog.getByRole('button', { name: 'Back' })).toBeFocused();
  await dialog.getByRole('button', { name: 'Log out' }).click();
  await expect(page.locator('.toast')).toContainText('Change your password now');
  await expect(banner).toBeHidden();
  await ask();
  await banner.getByRole('button', { name: 'Review' }).click();
  await dialog.getByRole('button', { name: 'Approve' }).click();
  await expect(dialog).toBeHidden();
  await expect(banner).toBeHidden();
});

test('a commit that arrives is neither new nor read out', async ({ page }) => {
  await open(page);
  await page.evaluate(async () => {
    await window.gallery.arrive('jonas~mira', 'jonas', ['!', 'after it']);
  });
  await expect(page.getByRole('log')).toHaveText(/after it/);
  await expect(page.getByRole('log').locator('p')).toHaveCount(1);
  await expect(page.locator('.unread-divider')).toHaveCount(0);
});
