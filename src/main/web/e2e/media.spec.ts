import { expect, test } from '@playwright/test';
import { ParleyNode } from './node.ts';
import { Person } from './person.ts';
import { photo } from './pictures.ts';

let node: ParleyNode;
test.beforeAll(async () => {
  node = await ParleyNode.start();
});
test.afterAll(async () => {
  await node?.stop();
});

test('a photo goes from one browser to another, encrypted, and is seen there', async ({ browser }) => {
  const ann = await Person.at(browser, node.url, 'ann');
  const ben = await Person.at(browser, node.url, 'ben');
  await ann.registersWithKeys('Ann');
  await ben.registersWithKeys('Ben');
  await ann.startsChatWith('ben');
  await ann.chooses({ name: 'harbour at noon.jpg', mimeType: 'image/jpeg', buffer: await photo(ann.page) });
  await ann.page.getByLabel('Caption for harbour at noon.jpg').fill('The harbour.');
  await ann.page.screenshot({ path: '/tmp/m1.png' });
  await ann.page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
  await ann.seesTick('The harbour.', 'Sent');
  await ann.page.screenshot({ path: '/tmp/m2.png' });
  await ben.opens('Ann');
  await expect(ben.message('The harbour.').locator('img.full')).toBeVisible();
  await ben.page.screenshot({ path: '/tmp/m3.png' });
  await ann.seesTick('The harbour.', 'Read');
  ann.expectNoProblems();
  ben.expectNoProblems();
  await ann.leaves();
  await ben.leaves();
});
