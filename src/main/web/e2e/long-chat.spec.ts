import { expect, test } from '@playwright/test';
import { ParleyNode } from './node.ts';
import { Person } from './person.ts';
import { Program } from './rest.ts';

const LENGTH = 10_000;

let node: ParleyNode;
test.beforeAll(async () => {
  node = await ParleyNode.start({ PARLEY_RATE_LIMITS: 'off' });
});
test.afterAll(async () => {
  await node?.stop();
});

test('a chat of 10,000 messages opens at once, keeps the place while older ones load, and is found by search', async ({
  browser,
}) => {
  test.setTimeout(240_000);
  const una = await Person.at(browser, node.url, 'una');
  await una.registers();
  await una.startsChatWith('una'); // any other chat
  const feed = await Program.registers(node, 'feed');
  await feed.sendsAtOnce('una', LENGTH - 1); // they are pushed while they come
  await feed.sends('una', 'last', `message ${LENGTH}`);
  await expect(una.chat('feed')).toHaveAccessibleName(new RegExp(`message ${LENGTH}\\b`), { timeout: 60_000 });

  const began = Date.now();
  await una.chat('feed').click();
  await expect(una.page.locator('article').first()).toBeVisible();
  test.info().annotations.push({ type: 'opened after', description: `${Date.now() - began} ms` });
  expect(await una.page.locator('article').count()).toBeLessThan(500); // not all of it is drawn

  // To the newest, then upwards: what is looked at stays where it is while older ones come in above.
  await una.page.locator('article').last().focus();
  await una.page.keyboard.press('End');
  await una.sees(`message ${LENGTH}`);
  const scroller = una.page.locator('.scroller');
  for (let turn = 0; turn < 12; turn += 1) {
    const before = await shown(una);
    await scroller.hover();
    await expect(async () => {
      await una.page.mouse.wheel(0, -900); // at the edge of what is held it goes on with the next turn
      await expect.poll(async () => (await shown(una)).first, { timeout: 1_000 }).toBeLessThan(before.first);
    }).toPass({ timeout: 15_000 });
    const after = await shown(una);
    expect(after.first).toBeGreaterThan(before.first - 60); // it moved by what was scrolled, no leap
  }
  expect((await shown(una)).first).toBeLessThan(LENGTH - 100);

  await una.page.locator('article').first().focus();
  await una.page.keyboard.press('Home');
  await expect.poll(async () => (await shown(una)).first).toBe(1);

  await una.page
    .getByRole('searchbox')
    .or(una.page.getByPlaceholder('Search chats and messages'))
    .first()
    .fill('message 4711');
  await una.page
    .getByRole('link', { name: /message 4711/ })
    .or(una.page.getByRole('option', { name: /message 4711/ }))
    .first()
    .click();
  await una.sees('message 4711');
  una.expectNoProblems();
  await una.leaves();
});

test('a burst of 200 messages a second does not freeze the page', async ({ browser }) => {
  const vic = await Person.at(browser, node.url, 'vic');
  await vic.registers();
  const burst = await Program.registers(node, 'burst');
  await burst.sends('vic', 'm0', 'message 0');
  await vic.opens('burst');
  await vic.page.evaluate(() => {
    const seen = { last: performance.now(), longest: 0 };
    Object.assign(globalThis, { seen });
    const frame = (): void => {
      const now = performance.now();
      seen.longest = Math.max(seen.longest, now - seen.last);
      seen.last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  await burst.sendsMany('vic', 1, 2_000, 200);
  await vic.sees('message 2000');
  const longest = await vic.page.evaluate(() => (globalThis as unknown as { seen: { longest: number } }).seen.longest);
  test.info().annotations.push({ type: 'longest pause between frames', description: `${Math.round(longest)} ms` });
  expect(longest).toBeLessThan(1_500); // generous: the machine also runs the node, the burst and the browser
  vic.expectNoProblems();
  await vic.leaves();
});

/** The seqs of the first and last message in view. */
async function shown(person: Person): Promise<{ first: number; last: number }> {
  return person.page.evaluate(() => {
    const scroller = document.querySelector('.scroller');
    if (scroller === null) return { first: 0, last: 0 };
    const box = scroller.getBoundingClientRect();
    const seqs = [...scroller.querySelectorAll<HTMLElement>('[data-seq]')]
      .filter((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        return bottom > box.top && top < box.bottom;
      })
      .map((row) => Number(row.dataset['seq']));
    return { first: Math.min(...seqs), last: Math.max(...seqs) };
  });
}
