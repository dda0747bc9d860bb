import { expect, test } from '@playwright/test';
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
  // The browser looks at the quota anew only now and then, so some may still be stored.
  let tries = 0;
  await expect(async () => {
    tries += 1;
    await xia.sends(`one more: ${tries}`);
    await expect(wim.page.getByText('The browser has no space left').first()).toBeVisible({ timeout: 3_000 });
  }).toPass({ timeout: 75_000 });
  await xia.sends('does not fit');
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
  const ahead = (): void => {
    const Real = Date;
    const by = 3 * 86_400_000;
    globalThis.Date = class extends Real {
      constructor(...moment: []) {
        if (moment.length === 0) super(Real.now() + by);
        else super(...moment);
      }
      static override now(): number {
        return Real.now() + by;
      }
    } as DateConstructor;
  };
  const yan = await Person.at(browser, node.url, 'yan', {
    beforeOpening: async (context) => {
      await context.addInitScript(ahead);
      // A worker takes no init scripts; it has nothing to do before somebody logs in.
      context.on('page', (page) => page.on('worker', (worker) => void worker.evaluate(ahead)));
    },
  });
  await expect.poll(() => yan.page.workers().length).toBe(1);
  await expect
    .poll(() => yan.page.workers()[0]?.evaluate(() => Date.now()))
    .toBeGreaterThan(Date.now() + 2 * 86_400_000);
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
