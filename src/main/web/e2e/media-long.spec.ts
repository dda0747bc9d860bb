import { expect, test } from '@playwright/test';
import { ParleyNode } from './node.ts';
import { Person } from './person.ts';
import { photo } from './pictures.ts';
import { Program } from './rest.ts';

const PICTURES = 1_000;
const AT_ONCE = 16;

let node: ParleyNode;
test.beforeAll(async () => {
  node = await ParleyNode.start({ PARLEY_RATE_LIMITS: 'off' });
});
test.afterAll(async () => {
  await node?.stop();
});

test('a chat of 1,000 pictures is scrolled through from end to beginning without a halt, and fetches only what is looked at', async ({
  browser,
}) => {
  test.setTimeout(300_000);
  const ann = await Person.at(browser, node.url, 'ann');
  await ann.registers('Ann');
  const feed = await Program.registers(node, 'feed');
  const picture = await photo(ann.page);
  let next = 1;
  const lane = async (): Promise<void> => {
    while (next <= PICTURES) {
      const n = next++;
      await feed.sendsPicture('ann', `p${n}`, numbered(picture, n), `picture ${n}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  let fetched = 0;
  ann.context.on('request', (request) => {
    if (request.url().includes('/v1/media/')) fetched += 1;
  });
  await expect(ann.chat('feed')).toHaveAccessibleName(/Photo/);
  await ann.opens('feed');
  await ann.page.locator('article').last().focus();
  await ann.page.keyboard.press('End');
  await expect(ann.page.locator('.picture .full').last()).toBeVisible();
  await ann.page.evaluate(() => {
    const seen = { last: performance.now(), longest: 0, frames: 0 };
    Object.assign(globalThis, { seen });
    const frame = (): void => {
      const now = performance.now();
      seen.longest = Math.max(seen.longest, now - seen.last);
      seen.last = now;
      seen.frames += 1;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  const scroller = ann.page.locator('.scroller');
  await scroller.hover();
  await expect(async () => {
    for (let turn = 0; turn < 10; turn += 1) await ann.page.mouse.wheel(0, -4_000);
    await expect(ann.page.getByText('The beginning of this chat')).toBeVisible({ timeout: 200 });
  }).toPass({ timeout: 200_000, intervals: [50] });
  const seen = await ann.page.evaluate(
    () => (globalThis as unknown as { seen: { longest: number; frames: number } }).seen,
  );
  test.info().annotations.push({
    type: 'scrolled through',
    description: `longest pause ${Math.round(seen.longest)} ms, ${seen.frames} frames, ${fetched} of ${PICTURES} fetched`,
  });
  expect(await ann.page.locator('.picture').count()).toBeLessThan(500); // not all of it is drawn
  expect(seen.longest).toBeLessThan(1_500); // generous: the machine also runs the node and the browser
  await expect(ann.page.locator('.picture .full').first()).toBeVisible();
  ann.expectNoProblems();
  await ann.leaves();
});

/** With a comment in it, so that each is another one, as in life. */
function numbered(jpeg: Buffer, n: number): Buffer {
  const words = Buffer.from(`picture ${n}`);
  const comment = Buffer.from([0xff, 0xfe, 0, words.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), comment, words, jpeg.subarray(2)]);
}
