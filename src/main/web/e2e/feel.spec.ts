import { expect, test } from '@playwright/test';
import { ParleyNode } from './node.ts';
import { Person } from './person.ts';
import { Program } from './rest.ts';

let node: ParleyNode;
test.beforeAll(async () => {
  node = await ParleyNode.start({ PARLEY_RATE_LIMITS: 'off' });
});
test.afterAll(async () => {
  await node?.stop();
});

test('a message is there at once, and stays the same bubble in the same place when its tick comes', async ({
  browser,
}) => {
  await Program.registers(node, 'pen');
  const ada = await Person.at(browser, node.url, 'ada');
  await ada.registers();
  await ada.startsChatWith('pen');
  await ada.context.setOffline(true);
  await ada.sends('steady');
  await ada.seesTick('steady', 'Waiting to be sent');
  const bubble = await ada.message('steady').elementHandle();
  const before = await bubble?.boundingBox();
  await ada.context.setOffline(false);
  await ada.seesTick('steady', 'Sent', 30_000);
  expect(await bubble?.evaluate((element) => element.isConnected)).toBe(true); // not drawn anew
  const after = await bubble?.boundingBox();
  expect(Math.abs((after?.x ?? 0) + (after?.width ?? 0) - (before?.x ?? 0) - (before?.width ?? 0))).toBeLessThan(1);
  expect(Math.abs((after?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(1);
  ada.expectNoProblems();
  await ada.leaves();
});

test('who reads back keeps the place while new ones come, and a button says how many', async ({ browser }) => {
  const feed = await Program.registers(node, 'feed');
  const bo = await Person.at(browser, node.url, 'bo');
  await bo.registers();
  await feed.sendsMany('bo', 1, 120);
  await bo.opens('feed');
  await bo.page.locator('article').last().focus();
  await bo.page.keyboard.press('End');
  await bo.sees('message 120');
  const scroller = bo.page.locator('.scroller');
  await scroller.hover();
  await bo.page.mouse.wheel(0, -1_500);
  await expect(bo.page.getByRole('button', { name: /To the newest message/ })).toBeVisible();
  const inView = bo.page.locator('article', { hasText: /message 9\d/ }).first();
  await expect(inView).toBeVisible();
  await expect.poll(() => settled(inView)).toBe(true);
  const before = await inView.boundingBox();
  await feed.sendsMany('bo', 121, 5);
  await expect(bo.page.getByRole('button', { name: /^5 new messages below/ })).toBeVisible();
  const after = await inView.boundingBox();
  expect(Math.abs((after?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(2);

  await bo.page.getByRole('button', { name: /^5 new messages below/ }).click();
  await bo.sees('message 125');
  await feed.sends('bo', 'm126', 'message 126');
  await bo.sees('message 126'); // at the end one stays at the end
  await expect(bo.page.getByRole('button', { name: /To the newest message/ })).toBeHidden();
  bo.expectNoProblems();
  await bo.leaves();
});

/** Two looks, a frame apart, see it in the same place. */
async function settled(element: import('@playwright/test').Locator): Promise<boolean> {
  return element.evaluate(async (box) => {
    const before = box.getBoundingClientRect().top;
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    return Math.abs(box.getBoundingClientRect().top - before) < 0.5;
  });
}
