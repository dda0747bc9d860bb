import { expect, test } from '@playwright/test';
import { ParleyNode } from './node.ts';
import { Person, PHONE } from './person.ts';

let node: ParleyNode;
test.beforeAll(async () => {
  node = await ParleyNode.start();
});
test.afterAll(async () => {
  await node?.stop();
});

async function pair(
  browser: import('@playwright/test').Browser,
  one: string,
  other: string,
): Promise<[Person, Person]> {
  const a = await Person.at(browser, node.url, one);
  const b = await Person.at(browser, node.url, other, { viewport: PHONE });
  await a.registers();
  await b.registers();
  await a.startsChatWith(other);
  return [a, b];
}

test('without a network messages wait, survive a reload, and go out once when it is back', async ({ browser }) => {
  const [gil, hana] = await pair(browser, 'gil', 'hana');
  await gil.sends('before');
  await gil.seesTick('before', 'Delivered');
  await gil.context.setOffline(true);
  await gil.sends('on the train');
  await gil.sends('in the tunnel');
  await gil.seesTick('in the tunnel', 'Waiting to be sent');
  await expect(gil.page.getByText(/No connection/).first()).toBeVisible({ timeout: 25_000 });
  await gil.context.setOffline(false);
  await gil.seesTick('on the train', 'Delivered', 20_000);
  await gil.seesTick('in the tunnel', 'Delivered');
  await hana.opens('gil');
  await hana.sees('in the tunnel');
  expect(await hana.texts()).toEqual(['before', 'on the train', 'in the tunnel']);
  gil.expectNoProblems();
  await gil.leaves();
  await hana.leaves();
});

test('a reload in the middle of sending loses nothing and doubles nothing', async ({ browser }) => {
  const [ida, jon] = await pair(browser, 'ida', 'jon');
  const written = Array.from({ length: 30 }, (_, n) => `line ${n + 1} of many`);
  for (const [n, text] of written.entries()) {
    await ida.composer.fill(text);
    await ida.composer.press('Enter');
    if (n % 10 === 5) await ida.page.reload(); // whatever is on its way
    await expect(ida.composer).toBeVisible();
  }
  await ida.seesTick('line 30 of many', 'Delivered', 30_000);
  await jon.opens('ida');
  await jon.sees('line 30 of many');
  await expect.poll(() => jon.texts()).toEqual(written);
  expect(await ida.texts()).toEqual(written);
  ida.expectNoProblems();
  await ida.leaves();
  await jon.leaves();
});

test('the node is killed while they write, comes back, and each message stands once', async ({ browser }) => {
  const [kim, lou] = await pair(browser, 'kim', 'lou');
  await kim.sends('before the crash');
  await kim.seesTick('before the crash', 'Delivered');
  await node.kill();
  await kim.sends('during the crash');
  await kim.seesTick('during the crash', 'Waiting to be sent');
  await node.again();
  await kim.seesTick('during the crash', 'Delivered', 40_000);
  await kim.sends('after the crash');
  await lou.opens('kim');
  await lou.sees('after the crash');
  expect(await lou.texts()).toEqual(['before the crash', 'during the crash', 'after the crash']);
  await kim.seesTick('after the crash', 'Read', 20_000);
  await kim.leaves();
  await lou.leaves();
});
