import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, expect, type Page, test } from '@playwright/test';
import { accessibility } from './axe.ts';
import { buildPage, type Site, servePage } from './mls/site.ts';

// Pictures, videos and voice messages in a real browser, under a policy as strict as a node's: how they are made ready to be sent, and
// how they are looked at and heard.

const TARGET = fileURLToPath(new URL('../../../../target/', import.meta.url));
const FOLDER = join(TARGET, 'media-page');
const SCREENS = join(TARGET, 'screens');
const PAGE = fileURLToPath(new URL('media/', import.meta.url));
/** A microphone that gives a tone each second. */
const FAKE_MICROPHONE = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

let site: Site;
let browser: Browser;

test.beforeAll(async ({ playwright: _ }, { project }) => {
  mkdirSync(SCREENS, { recursive: true });
  buildPage(FOLDER, PAGE);
  site = await servePage(FOLDER);
  const { executablePath, args = [] } = project.use.launchOptions ?? {};
  browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [...args, ...FAKE_MICROPHONE],
  });
});
test.afterAll(async () => {
  await browser?.close();
  site?.server.close();
});

async function opened(options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.stack ?? error.message}`));
  await page.goto(site.origin);
  await page.locator('html[data-ready]').waitFor();
  return { page, complaints, leave: () => context.close() };
}

async function look(page: Page, name: string): Promise<void> {
  // As it is in the end: what comes into view does so by and by.
  await page.evaluate(() => {
    for (const animation of document.getAnimations())
      if (animation.effect?.getTiming().iterations === 1) animation.finish();
  });
  await page.screenshot({ path: join(SCREENS, `${name}.png`) });
  expect(await accessibility(page), name).toEqual([]);
}

const log = (page: Page): Promise<string[]> => page.evaluate(() => window.media.log);

test('a photo is drawn anew: turned, smaller, and without the place', async () => {
  const { page, leave } = await opened();
  const sizes = await page.evaluate(async () => {
    const { made, prepare } = window.media;
    const photo = await made.photo({ width: 4_000, height: 3_000 });
    const [standard, high, original] = [
      await prepare(photo, 'standard'),
      await prepare(photo, 'high'),
      await prepare(photo, 'original'),
    ];
    return { told: await made.tellsPlace(photo), standard, high, original };
  });
  expect(sizes.told).toBe(true);
  expect(sizes.standard).toMatchObject({
    kind: 'image',
    type: 'image/jpeg',
    width: 1_200,
    height: 1_600,
    tellsPlace: false,
    previewSize: [24, 32],
  });
  expect(sizes.high).toMatchObject({
    kind: 'image',
    type: 'image/jpeg',
    width: 3_000,
    height: 4_000,
    tellsPlace: false,
  });
  expect(sizes.original).toMatchObject({ kind: 'file', isUntouched: true });
  for (const { blobType, type, previewBytes } of [sizes.standard, sizes.high]) {
    expect(blobType).toBe(type);
    expect(previewBytes).toBeLessThanOrEqual(1_536);
  }
  const [top, bottom] = await page.evaluate(async () => {
    const { made, colours } = window.media;
    return colours(await made.photo({ width: 400, height: 300 }), [
      [0.5, 0.05],
      [0.5, 0.95],
    ]);
  });
  // What was on the left is on top, once it is turned.
  expect(top?.[0]).toBeGreaterThan(150);
  expect(bottom?.[2]).toBeGreaterThan(150);
  await leave();
});

test('what is transparent stays so, small pictures are not made larger', async () => {
  const { page, leave } = await opened();
  const all = await page.evaluate(async () => {
    const { made, prepare } = window.media;
    const look = { width: 300, height: 200 };
    return {
      clear: await prepare(await made.picture('image/png', { ...look, isTransparent: true }), 'standard'),
      corner: (
        await window.media.colours(await made.picture('image/png', { ...look, isTransparent: true }), [[0.01, 0.01]])
      )[0],
      webp: await prepare(await made.picture('image/webp', look), 'standard'),
      thin: await prepare(await made.picture('image/png', { width: 4_000, height: 2 }), 'standard'),
    };
  });
  expect(all.clear).toMatchObject({ kind: 'image', type: 'image/webp', width: 300, height: 200 });
  expect(all.corner?.[3]).toBe(0);
  expect(all.webp).toMatchObject({ kind: 'image', type: 'image/jpeg', width: 300, height: 200 });
  expect(all.thin).toMatchObject({ kind: 'image', width: 1_600, height: 1, previewSize: [32, 1] });
  await leave();
});

test('what moves goes on moving, and says nothing else', async () => {
  const { page, leave } = await opened();
  const gif = await page.evaluate(() => window.media.prepare(window.media.made.movingGif(), 'standard'));
  expect(gif).toMatchObject({
    kind: 'image',
    type: 'image/gif',
    blobType: 'image/gif',
    width: 1,
    height: 1,
    tellsPlace: false,
  });
  await leave();
});

test('what is no picture is a file, whatever it is called', async () => {
  const { page, leave } = await opened();
  const kinds = await page.evaluate(async () => {
    const { made, prepare } = window.media;
    const jpeg = await made.picture('image/jpeg', { width: 40, height: 40 });
    const files: Record<string, Blob> = {
      svg: new File(['<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'], 'a.png', { type: 'image/png' }),
      html: new File(['<!doctype html><script>1</script>'], 'a.jpg', { type: 'image/jpeg' }),
      empty: new File([], 'a.jpg', { type: 'image/jpeg' }),
      huge: made.hugePng(),
      cut: jpeg.slice(0, 20),
      film: new File(['\x1a\x45\xdf\xa3webm'], 'a.webm', { type: 'video/webm' }),
      fake: new File(['\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41'], 'a.mp4', { type: 'video/mp4' }),
    };
    const found: Record<string, unknown> = {
      named: await prepare(new File([jpeg], 'a.html', { type: 'text/html' }), 'standard'),
    };
    for (const [name, file] of Object.entries(files)) found[name] = await prepare(file, 'standard');
    return found;
  });
  expect(kinds['named']).toMatchObject({ kind: 'image', type: 'image/jpeg', blobType: 'image/jpeg' });
  for (const name of ['svg', 'html', 'empty', 'huge', 'cut', 'film', 'fake']) {
    expect(kinds[name], name).toMatchObject({ kind: 'file', isUntouched: true });
  }
  await leave();
});

test('a video has a picture, its size and its length', async () => {
  const { page, leave } = await opened();
  const films = await page.evaluate(async () => {
    const { made, prepare } = window.media;
    const look = { width: 320, height: 240 };
    const types = ['video/webm;codecs=vp8', 'video/mp4'].filter((type) => MediaRecorder.isTypeSupported(type));
    return Promise.all(types.map(async (type) => prepare(await made.video(type, look), 'standard')));
  });
  expect(films[0]?.type).toBe('video/webm');
  for (const film of films) {
    expect(film).toMatchObject({ kind: 'video', width: 320, height: 240, previewSize: [32, 24] });
    expect(film.durationSeconds).toBeGreaterThan(0.5);
    expect(film.durationSeconds).toBeLessThan(5);
    expect(film.blobType).toBe(film.type);
  }
  await leave();
});

test('the pictures of a chat are gone through with the keyboard', async () => {
  const { page, complaints, leave } = await opened({ viewport: { width: 1_280, height: 800 } });
  await page.evaluate(() => window.media.showViewer(0));
  await page.getByRole('button', { name: 'Open' }).click();
  const dialog = page.getByRole('dialog', { name: 'Pictures and videos' });
  await expect(page.getByRole('img', { name: 'The two of us at the lake' })).toBeVisible();
  await expect(dialog.getByRole('status')).toHaveText('Picture 1 of 4, Jonas, 12:32. The two of us at the lake');
  await expect(dialog.getByRole('button', { name: 'Previous' })).toHaveCount(0);
  await look(page, 'viewer');
  await page.keyboard.press('ArrowLeft'); // there is none
  await page.keyboard.press('ArrowRight');
  await expect(dialog.getByRole('status')).toHaveText('Picture 2 of 4, Jonas, 12:32');
  await expect(page.getByRole('img', { name: 'Picture from Jonas' })).toBeVisible();
  await page.keyboard.press('End');
  await expect(page.getByLabel('Video from You')).toBeVisible();
  await expect.poll(() => page.evaluate(() => document.querySelector('video')?.readyState ?? 0)).toBeGreaterThan(1);
  await look(page, 'viewer-video');
  await page.keyboard.press('Home');
  await expect(page.getByRole('img', { name: 'The two of us at the lake' })).toBeVisible();
  await page.keyboard.press('s');
  expect(await log(page)).toEqual([
    'load wide',
    'let go wide',
    'load high',
    'let go high',
    'load film',
    'let go film',
    'load wide',
    'save wide',
  ]);
  // The focus stays inside, and is back where it was afterwards.
  for (let step = 0; step < 12; step++) {
    await page.keyboard.press('Tab');
    expect(
      await page.evaluate(
        () => document.activeElement?.closest('dialog') !== null || document.activeElement === document.body,
      ),
    ).toBe(true);
  }
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Open' })).toBeFocused();
  expect((await log(page)).at(-1)).toBe('let go wide');
  expect(complaints).toEqual([]);
  await leave();
});

test('a picture is enlarged by keys, buttons, wheel and two presses, and drawn about', async () => {
  const { page, complaints, leave } = await opened({ viewport: { width: 1_000, height: 700 } });
  await page.evaluate(() => window.media.showViewer(0));
  await page.getByRole('button', { name: 'Open' }).click();
  const picture = page.locator('.viewer-picture');
  await picture.waitFor();
  const scale = (): Promise<number> =>
    picture.evaluate((element) => new DOMMatrix(getComputedStyle(element).transform).a);
  const shift = (): Promise<number> =>
    picture.evaluate((element) => new DOMMatrix(getComputedStyle(element).transform).e);
  await page.keyboard.press('+');
  await expect.poll(scale).toBeCloseTo(1.5);
  await expect(page.getByRole('dialog').getByRole('status')).toContainText('150 %');
  await page.keyboard.press('-');
  await expect.poll(scale).toBeCloseTo(1);
  await page.getByRole('button', { name: 'Enlarge' }).click();
  await expect.poll(scale).toBeCloseTo(1.5);
  await page.keyboard.press('0');
  await expect.poll(scale).toBeCloseTo(1);
  await expect(page.getByRole('button', { name: 'Reduce' })).toBeDisabled();
  const box = await picture.boundingBox();
  if (box === null) throw new Error('no picture');
  await page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
  await expect.poll(scale).toBeCloseTo(2.5);
  const before = await shift();
  await page.mouse.move(500, 350);
  await page.mouse.down();
  await page.mouse.move(560, 350, { steps: 4 });
  await page.mouse.up();
  await expect.poll(shift).toBeCloseTo(before + 60, 0);
  await page.mouse.dblclick(500, 350);
  await expect.poll(scale).toBeCloseTo(1);
  await page.mouse.wheel(0, -150);
  await expect.poll(scale).toBeGreaterThan(1.3);
  await look(page, 'viewer-enlarged');
  await page.keyboard.press('ArrowRight'); // the next one is whole again
  await expect.poll(scale).toBeCloseTo(1);
  expect(complaints).toEqual([]);
  await leave();
});

test('under fingers it is swiped, pinched and pulled down', async () => {
  const { page, leave } = await opened({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  await page.evaluate(() => window.media.showViewer(1));
  await page.getByRole('button', { name: 'Open' }).tap();
  const status = page.getByRole('dialog').getByRole('status');
  await expect(status).toContainText('2 of 4');
  await page.locator('.viewer-picture').waitFor();
  await look(page, 'viewer-phone');
  const touch = await page.context().newCDPSession(page);
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...points: readonly (readonly [number, number])[]) =>
    touch.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
  const swipe = async (from: readonly [number, number], to: readonly [number, number]): Promise<void> => {
    await send('touchStart', from);
    for (const part of [0.3, 0.6, 1]) {
      await send('touchMove', [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part]);
    }
    await send('touchEnd');
  };
  await swipe([280, 400], [80, 410]);
  await expect(status).toContainText('3 of 4');
  await swipe([80, 400], [280, 390]);
  await expect(status).toContainText('2 of 4');
  await swipe([180, 400], [200, 405]); // too little
  await page.locator('.viewer-picture').waitFor();
  await send('touchStart', [160, 400], [200, 400]);
  await send('touchMove', [120, 400], [240, 400]);
  await send('touchMove', [80, 400], [280, 400]);
  await send('touchEnd');
  await expect(status).toContainText(/\d{3} %/);
  await page.keyboard.press('0');
  await swipe([180, 300], [185, 500]);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await leave();
});

test('while it is loaded there is something to see, and what fails is tried again', async () => {
  const { page, leave } = await opened({ viewport: { width: 1_000, height: 700 } });
  await page.evaluate(async () => {
    await window.media.showViewer(0);
    window.media.waiting.add('wide');
    window.media.failures.set('high', 1);
  });
  await page.getByRole('button', { name: 'Open' }).click();
  await expect(page.getByRole('progressbar', { name: 'Loading' })).toHaveAttribute('aria-valuenow', '40');
  await expect(page.locator('.viewer-preview')).toBeVisible();
  await look(page, 'viewer-loading');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('alert')).toContainText('could not be loaded');
  await look(page, 'viewer-failed');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.locator('.viewer-picture')).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await leave();
});

test('a voice message is recorded and heard', async () => {
  const { page, complaints, leave } = await opened({ viewport: { width: 700, height: 500 } });
  await page.evaluate(() => window.media.showRecorder(false));
  await page.getByRole('button', { name: 'Record' }).click();
  await expect(page.getByRole('timer')).toHaveText('0:02');
  await look(page, 'voice-recording');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect.poll(() => log(page)).toEqual(['recorded']);
  const made = await page.evaluate(() => window.media.recorded());
  expect(made?.type).toMatch(/^audio\/(webm|mp4)$/);
  expect(made?.blobType).toBe(made?.type);
  expect(made?.bytes).toBeGreaterThan(1_000);
  expect(made?.durationSeconds).toBeGreaterThan(1.9);
  const bars = Buffer.from(made?.waveform ?? '', 'base64url');
  expect(bars).toHaveLength(64);
  expect(Math.max(...bars)).toBeGreaterThan(20); // the microphone gave tones
  expect(Math.min(...bars)).toBeLessThan(20); // and nothing between them

  await page.evaluate(() => window.media.showPlayers());
  await look(page, 'voice-players');
  const heard = page.getByRole('group', { name: 'Voice message' }).nth(2);
  await heard.getByRole('button', { name: 'Play' }).click();
  await expect(heard.getByRole('button', { name: 'Pause' })).toBeVisible();
  await expect.poll(() => heard.getByRole('slider').getAttribute('aria-valuenow')).toBe('1');
  await expect(heard.getByRole('button', { name: 'Play' })).toBeVisible(); // at its end
  await expect(heard.getByRole('slider')).toHaveAttribute('aria-valuenow', '0');
  expect(complaints).toEqual([]);
  await leave();
});

test('one voice message plays at a time, from wherever one likes, at three speeds', async () => {
  const { page, leave } = await opened({ viewport: { width: 700, height: 500 } });
  await page.evaluate(() => window.media.showPlayers());
  const tone = page.getByRole('group', { name: 'Voice message' }).nth(0);
  const noise = page.getByRole('group', { name: 'Voice message' }).nth(1);
  const slider = tone.getByRole('slider', { name: 'Position' });
  await expect(slider).toHaveAttribute('aria-valuetext', '0 s of 4 s');
  await slider.click({ position: { x: 5, y: 10 } });
  await slider.press('End');
  await expect(slider).toHaveAttribute('aria-valuetext', '4 s of 4 s');
  await slider.press('ArrowLeft');
  await expect(slider).toHaveAttribute('aria-valuenow', '0');
  await slider.press('Space');
  await expect(tone.getByRole('button', { name: 'Pause' })).toBeVisible();
  await noise.getByRole('button', { name: 'Play' }).click();
  await expect(tone.getByRole('button', { name: 'Play' })).toBeVisible();
  await expect(noise.getByRole('alert')).toHaveText('This voice message could not be played.');
  await look(page, 'voice-failed');
  await tone.getByRole('button', { name: 'Speed: 1 ×' }).click();
  await expect(noise.getByRole('button', { name: 'Speed: 1.5 ×' })).toBeVisible();
  await tone.getByRole('button', { name: 'Speed: 1.5 ×' }).click();
  await tone.getByRole('button', { name: 'Speed: 2 ×' }).click();
  await expect(tone.getByRole('button', { name: 'Speed: 1 ×' })).toBeVisible();
  await leave();
});

test('a recording is discarded by Esc, sent by letting go, and goes on by itself when locked', async () => {
  const { page, leave } = await opened({ viewport: { width: 700, height: 500 } });
  await page.evaluate(() => window.media.showRecorder(false));
  const record = page.getByRole('button', { name: 'Record' });
  await record.click();
  await expect(page.getByRole('timer')).toHaveText('0:01');
  await page.keyboard.press('Escape');
  await expect.poll(() => log(page)).toEqual(['cancelled']);

  await page.evaluate(() => window.media.showRecorder(true));
  const hold = async (): Promise<{ x: number; y: number }> => {
    const box = await record.boundingBox();
    if (box === null) throw new Error('no button');
    const [x, y] = [box.x + 10, box.y + 10];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await expect(page.getByRole('timer')).toHaveText('0:01');
    return { x, y };
  };
  await hold();
  await look(page, 'voice-held');
  await page.mouse.up();
  await expect.poll(() => log(page)).toEqual(['cancelled', 'recorded']);

  const { x, y } = await hold();
  await page.mouse.move(x, y - 2);
  await page.mouse.move(x, Math.max(0, y - 200), { steps: 3 });
  await page.mouse.up();
  await page.getByRole('button', { name: 'Discard' }).click();
  await expect.poll(() => log(page)).toEqual(['cancelled', 'recorded', 'cancelled']);
  await leave();
});

test('what is recorded and heard can be read in the dark and on a telephone', async () => {
  const { page, leave } = await opened({ viewport: { width: 360, height: 700 }, colorScheme: 'dark' });
  await page.evaluate(() => window.media.showPlayers());
  await page.getByRole('slider').first().press('End');
  await look(page, 'voice-players-dark');
  await page.evaluate(() => window.media.showRecorder(true));
  const record = page.getByRole('button', { name: 'Record' });
  await record.hover();
  await page.mouse.down();
  await expect(page.getByRole('timer')).toHaveText('0:01');
  await look(page, 'voice-held-dark');
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await page.mouse.up();
  await leave();
});

test('where the microphone is refused, the page says what to do', async ({ browser: strict }) => {
  const context = await strict.newContext({ locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(site.origin);
  await page.locator('html[data-ready]').waitFor();
  await page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = async () => {
      throw new DOMException('no', 'NotAllowedError');
    };
    window.media.showRecorder(false);
  });
  await page.getByRole('button', { name: 'Record' }).click();
  await expect(page.getByRole('alert')).toContainText('Allow it in the settings of your browser');
  await look(page, 'voice-refused');
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect.poll(() => log(page)).toEqual(['cancelled']);
  await context.close();
});
