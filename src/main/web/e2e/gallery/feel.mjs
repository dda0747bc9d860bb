// Measures the feel: a chat of 10,000 messages, a burst, what moves and what must not. node e2e/gallery/feel.mjs <folder of a built gallery>
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { chromium } from '@playwright/test';

const [site = 'site'] = process.argv.slice(2);
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const server = createServer((request, response) => {
  const path = new URL(request.url ?? '/', 'http://gallery').pathname;
  const file = join(site, path === '/' ? 'index.html' : path);
  if (!existsSync(file)) return response.writeHead(404).end();
  response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'text/plain' });
  createReadStream(file).pipe(response);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const browser = await chromium.launch({
  ...(existsSync('/usr/bin/chromium') ? { executablePath: '/usr/bin/chromium' } : {}),
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
page.on('pageerror', (error) => console.log(error.stack));
page.on('console', (message) => message.type() === 'error' && console.log(message.text()));
await page.goto(`http://127.0.0.1:${server.address().port}/?as=long`);
await page.waitForSelector('.chat-row', { timeout: 120_000 });
await page.waitForTimeout(500);

const opened = await page.evaluate(async () => {
  const begun = performance.now();
  location.hash = '#/chat/kenji~mira';
  while (document.querySelectorAll('.message').length < 40) await new Promise(requestAnimationFrame);
  return performance.now() - begun;
});
console.log(`10,000 messages open in ${Math.round(opened)} ms`);
await page.waitForTimeout(600);
const facts = () =>
  page.evaluate(() => {
    const scroller = document.querySelector('.scroller');
    const all = [...document.querySelectorAll('.message')];
    const box = scroller.getBoundingClientRect();
    const seen = all.filter(
      (one) => one.getBoundingClientRect().bottom > box.top && one.getBoundingClientRect().top < box.bottom,
    );
    return {
      drawn: all.length,
      first: seen[0]?.dataset.seq,
      firstTop: Math.round(seen[0]?.getBoundingClientRect().top),
      last: seen.at(-1)?.dataset.seq,
      top: Math.round(scroller.scrollTop),
    };
  });
console.log('at the end', await facts());

// Up, as fast as a wheel goes: how long the longest frame was, and whether the messages stay in order.
const scrolled = await page.evaluate(async () => {
  const scroller = document.querySelector('.scroller');
  let longest = 0;
  let before = performance.now();
  for (let step = 0; step < 300; step += 1) {
    scroller.scrollTop -= 400;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    longest = Math.max(longest, now - before);
    before = now;
  }
  return Math.round(longest);
});
await page.waitForTimeout(600);
console.log(`300 steps up, longest frame ${scrolled} ms`, await facts());

// While reading back, what arrives moves nothing.
const before = await facts();
await page.evaluate(() => window.gallery.arrive('kenji~mira', 'kenji', ['one', 'two', 'three']));
await page.waitForTimeout(300);
const after = await facts();
console.log(
  'place kept when three arrive:',
  before.first === after.first && Math.abs(before.firstTop - after.firstTop) <= 1,
  await page.locator('.to-end').innerText(),
);
await page.locator('.to-end').click();
await page.waitForTimeout(400);
console.log('down again', await facts(), 'text', await page.locator('.message .content').last().innerText());

// A little up, still in the newest stretch: the same.
await page.evaluate(() => {
  document.querySelector('.scroller').scrollTop = -700;
});
await page.waitForTimeout(300);
const held = await facts();
await page.evaluate(() => window.gallery.arrive('kenji~mira', 'kenji', ['four', 'five\nwith\nlines']));
await page.waitForTimeout(300);
const heldAfter = await facts();
console.log(
  'place kept a little up:',
  held.first === heldAfter.first && Math.abs(held.firstTop - heldAfter.firstTop) <= 1,
  await page.locator('.to-end').innerText(),
);
await page.keyboard.press('Control+End');
await page.waitForTimeout(300);

// A burst of 200 a second for three seconds.
const burst = await page.evaluate(async () => {
  let longest = 0;
  let last = performance.now();
  let on = true;
  const watch = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (on) requestAnimationFrame(watch);
  };
  requestAnimationFrame(watch);
  for (let step = 0; step < 30; step += 1) {
    const begun = performance.now();
    await window.gallery.arrive(
      'kenji~mira',
      'kenji',
      Array.from({ length: 20 }, (_, at) => `burst ${step} ${at} and some words`),
    );
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, 100 - (performance.now() - begun))));
  }
  on = false;
  return Math.round(longest);
});
await page.waitForTimeout(500);
console.log(`burst of 600, longest frame ${burst} ms`, await facts());

// Sending: the bubble is there in the next frame and is the same element when it is sent.
await page.fill('#composer', 'hello there');
const sent = await page.evaluate(async () => {
  const composer = document.getElementById('composer');
  composer.focus();
  composer.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
  await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  const bubble = [...document.querySelectorAll('.message')].at(-1);
  const first = {
    text: bubble?.querySelector('.content')?.textContent,
    tick: bubble?.querySelector('.ticks')?.getAttribute('aria-label'),
    top: bubble?.getBoundingClientRect().top,
  };
  await new Promise((resolve) => setTimeout(resolve, 800));
  const later = [...document.querySelectorAll('.message')].at(-1);
  return {
    first,
    same: later === bubble,
    moved: (later?.getBoundingClientRect().top ?? 0) - (first.top ?? 0),
    tick: later?.querySelector('.ticks')?.getAttribute('aria-label'),
  };
});
console.log('sending', JSON.stringify(sent));
console.log('title', await page.title(), 'active', await page.evaluate(() => document.activeElement?.id));

// The keyboard.
await page.keyboard.press('Shift+Tab');
await page.keyboard.press('Shift+Tab');
const focused = () =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.id);
console.log('focus:', await focused());
await page.locator('.message article').last().focus();
await page.keyboard.press('ArrowUp');
console.log('one up:', await focused());
await page.keyboard.press('PageUp');
await page.waitForTimeout(200);
console.log('page up:', await focused());
await page.keyboard.press('Home');
await page.waitForTimeout(500);
console.log('home:', await facts());
await page.keyboard.press('Control+End');
await page.waitForTimeout(300);
console.log('end:', await facts());
await page.keyboard.press('Alt+ArrowUp');
await page.waitForTimeout(200);
await page.keyboard.press('Alt+ArrowDown');
await page.waitForTimeout(300);
console.log('next chat:', await page.evaluate(() => location.hash));
await page.keyboard.press('Control+k');
await page.waitForTimeout(200);
console.log('search:', await focused());
await page.keyboard.type('9912');
await page.waitForTimeout(900);
await page.keyboard.press('ArrowDown');
await page.keyboard.press('Enter');
await page.waitForTimeout(700);
console.log('found:', await page.evaluate(() => location.hash), await facts(), await page.locator('.found').count());
await browser.close();
server.close();
