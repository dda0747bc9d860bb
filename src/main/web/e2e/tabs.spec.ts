import { expect, test } from '@playwright/test';
import { ParleyNode } from './node.ts';
import { Person } from './person.ts';

let node: ParleyNode;
test.beforeAll(async () => {
  node = await ParleyNode.start();
});
test.afterAll(async () => {
  await node?.stop();
});

test('two tabs show the same; when the one that is connected closes, the other goes on within a second', async ({
  browser,
}) => {
  const mia = await Person.at(browser, node.url, 'mia');
  const ned = await Person.at(browser, node.url, 'ned');
  await mia.registers('Mia');
  await ned.registers('Ned');
  await mia.startsChatWith('ned');
  await mia.sends('hello from the first tab');
  const second = await mia.opensTab();
  await second.opens('Ned');
  await second.sees('hello from the first tab');
  await second.sends('and from the second');
  await mia.sees('and from the second');
  await mia.seesTick('and from the second', 'Delivered');

  await ned.opens('Mia');
  await expect(ned.page.getByText('online', { exact: true })).toBeVisible();
  await mia.page.close();
  const closed = Date.now();
  await second.sends('still here');
  await second.seesTick('still here', 'Read', 5_000);
  test.info().annotations.push({ type: 'handed over and read after', description: `${Date.now() - closed} ms` });
  await ned.sends('good');
  await second.sees('good');
  await expect(ned.page.getByText('online', { exact: true })).toBeVisible();
  second.expectNoProblems();
  ned.expectNoProblems();
  await second.leaves();
  await ned.leaves();
});

test('without encryption a second device gets what the first wrote and read; a device that is logged out stops at once', async ({
  browser,
}) => {
  const plain = await ParleyNode.start({ PARLEY_ENCRYPTION: 'off' });
  const oda = await Person.at(browser, plain.url, 'oda');
  const pia = await Person.at(browser, plain.url, 'pia');
  await oda.registers('Oda');
  await pia.registers('Pia');
  await oda.startsChatWith('pia');
  await oda.sends('one');
  await pia.opens('Oda');
  await oda.seesTick('one', 'Read');

  const laptop = await Person.at(browser, plain.url, 'pia');
  await laptop.logsIn();
  await laptop.opens('Oda');
  await laptop.sees('one'); // history is fetched
  await oda.sends('two');
  await laptop.sees('two');
  await laptop.sends('three, from the laptop');
  await pia.sees('three, from the laptop');
  await oda.sees('three, from the laptop');

  await pia.page.goto(`${plain.url}/#/settings/devices`);
  await pia.page
    .getByRole('button', { name: /^Log out: / })
    .first()
    .click();
  await pia.page.getByRole('dialog').getByRole('button', { name: 'Log out' }).click();
  await expect(laptop.page.getByText('You have been logged out').first()).toBeVisible();
  await laptop.leaves();
  await pia.leaves();
  await oda.leaves();
  await plain.stop();
});
