import { chromium, expect, test } from '@playwright/test';
import { ParleyNode } from './node.ts';
import { Person, PHONE } from './person.ts';
import { Program } from './rest.ts';

let node: ParleyNode;
test.beforeAll(async () => {
  node = await ParleyNode.start();
});
test.afterAll(async () => {
  await node?.stop();
});

test('when the browser has no space left, what arrives is not acknowledged and what is written stays in the box', async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const wim = await Person.at(browser, node.url, 'wim');
  await wim.registers();
  const xia = await Person.at(browser, node.url, 'xia', { viewport: PHONE });
  await xia.registers();
  await wim.startsChatWith('xia');
  await wim.sends('fits');
  await xia.opens('wim');
  await wim.seesTick('fits', 'Read');

  const cdp = await wim.context.newCDPSession(wim.page);
  await cdp.send('Storage.overrideQuotaForOrigin', { origin: node.url, quotaSize: 1 });
  await xia.sends('does not fit');
  await expect(wim.page.getByText('The browser has no space left').first()).toBeVisible({ timeout: 30_000 });
  await wim.composer.fill('neither does this');
  await wim.composer.press('Enter');
  await expect(wim.page.getByText(/could not be kept/).first()).toBeVisible();
  await expect(wim.composer).toHaveValue('neither does this');
  await xia.seesTick('does not fit', 'Sent'); // not delivered: it would be a lie

  await cdp.send('Storage.overrideQuotaForOrigin', { origin: node.url });
  await wim.page.getByRole('button', { name: 'Try again' }).first().click();
  await wim.sees('does not fit');
  await xia.seesTick('does not fit', 'Read', 30_000);
  await wim.composer.press('Enter');
  await xia.sees('neither does this');
  await wim.leaves();
  await xia.leaves();
});

test('with a clock that is wrong by days, times are the server’s and the order is right', async ({ browser }) => {
  const yan = await Person.at(browser, node.url, 'yan', {
    beforeOpening: async (context) => {
      // In the page and in the worker, which takes no init scripts: three days ahead.
      const shift = `{ const Real = Date; const ahead = 3 * 86_400_000;
        globalThis.Date = class extends Real {
          constructor(...args) { if (args.length === 0) super(Real.now() + ahead); else super(...args); }
          static now() { return Real.now() + ahead; }
        }; }\n`;
      await context.addInitScript({ content: shift });
      await context.route('**/assets/worker-*.js', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, body: shift + (await response.text()) });
      });
    },
  });
  await yan.registers();
  const zoe = await Program.registers(node, 'zoe');
  await yan.startsChatWith('zoe');
  await yan.sends('from a wrong clock');
  await yan.seesTick('from a wrong clock', 'Sent');
  await zoe.sends('yan', 'z1', 'from a right one');
  await yan.sees('from a right one');
  await yan.sends('and once more');
  await yan.seesTick('and once more', 'Sent');
  expect(await yan.texts()).toEqual(['from a wrong clock', 'from a right one', 'and once more']);
  await expect(yan.page.getByText('Today', { exact: true })).toBeVisible(); // by the server's clock
  await expect(yan.page.locator('.day')).toHaveCount(1);
  await yan.page.reload();
  await yan.sees('and once more');
  await expect(yan.page.getByText('Today', { exact: true })).toBeVisible();
  expect(await yan.texts()).toEqual(['from a wrong clock', 'from a right one', 'and once more']);
  yan.expectNoProblems();
  await yan.leaves();
});

test('hidden for 90 seconds, with its timers slowed to one a minute, a page stays connected', async ({
  launchOptions,
}) => {
  test.setTimeout(240_000);
  // Playwright switches the slowing off, and makes every page believe that it is in front.
  const slowing = await chromium.launch({
    ...launchOptions,
    ignoreDefaultArgs: [
      '--disable-background-timer-throttling',
      '--disable-backgrounding-occluded-windows',
      '--disable-renderer-backgrounding',
    ],
    args: [...(launchOptions.args ?? []), '--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/5'],
  });
  try {
    const kai = await Person.at(slowing, node.url, 'kai');
    await kai.registers();
    const ben = await Person.at(slowing, node.url, 'ben');
    await ben.registers();
    await ben.startsChatWith('kai');
    await expect(ben.page.getByText('online', { exact: true })).toBeVisible();

    const cdp = await kai.context.newCDPSession(kai.page);
    await cdp.send('Emulation.setFocusEmulationEnabled', { enabled: false });
    const { windowId } = await cdp.send('Browser.getWindowForTarget');
    await cdp.send('Browser.setWindowBounds', { windowId, bounds: { windowState: 'minimized' } });
    await expect.poll(() => kai.page.evaluate(() => document.visibilityState)).toBe('hidden');
    await kai.page.evaluate(() => {
      const counted = { ticks: 0 };
      Object.assign(globalThis, { counted });
      const tick = (): void => {
        counted.ticks += 1;
        setTimeout(tick, 1_000);
      };
      setTimeout(tick, 1_000);
    });
    const ended = await node.sessionsEnded();
    const until = Date.now() + 90_000;
    while (Date.now() < until) {
      await expect(ben.page.getByText('online', { exact: true })).toBeVisible();
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    const ticks = await kai.page.evaluate(
      () => (globalThis as unknown as { counted: { ticks: number } }).counted.ticks,
    );
    expect(ticks).toBeLessThan(30); // of 90: the slowing is real
    expect(await node.sessionsEnded()).toBe(ended); // and nobody was disconnected
    await ben.sends('are you there?');
    await ben.seesTick('are you there?', 'Delivered');
    await expect.poll(() => kai.page.title()).toBe('(1) Parley');
    await kai.leaves();
    await ben.leaves();
  } finally {
    await slowing.close();
  }
});
