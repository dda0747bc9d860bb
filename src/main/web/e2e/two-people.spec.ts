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

test('two people register, find each other and talk, with all three ticks, on a wide screen and on a phone', async ({
  browser,
}) => {
  const ada = await Person.at(browser, node.url, 'ada');
  const bo = await Person.at(browser, node.url, 'bo', { viewport: PHONE });
  await ada.registers('Ada');
  await bo.registers('Bo');

  await ada.startsChatWith('bo');
  await expect(ada.page.getByText('online', { exact: true })).toBeVisible();
  await ada.sends('Shall we meet at eight?');
  await ada.seesTick('Shall we meet at eight?', 'Delivered'); // bo's page has it, but bo looks at the list
  await expect(bo.chat('Ada')).toHaveAccessibleName(/1 unread message.*Shall we meet at eight\?/);

  await bo.opens('Ada');
  await bo.sees('Shall we meet at eight?');
  await ada.seesTick('Shall we meet at eight?', 'Read');
  await bo.composer.pressSequentially('Fi');
  await expect(ada.page.getByText('typing…').first()).toBeVisible();
  await bo.sends('Fine, at eight.');
  await ada.sees('Fine, at eight.');
  await bo.seesTick('Fine, at eight.', 'Read');

  await bo.leaves();
  await ada.sends('I am on my way');
  await ada.seesTick('I am on my way', 'Sent');
  await expect(ada.page.getByText(/^last seen /)).toBeVisible({ timeout: 25_000 });
  await ada.seesTick('I am on my way', 'Sent'); // and not more
  ada.expectNoProblems();
  bo.expectNoProblems();
  await ada.leaves();
});

test('without encryption what was written while away is there at a login in another browser, once and in order', async ({
  browser,
}) => {
  const plain = await ParleyNode.start({ PARLEY_ENCRYPTION: 'off' });
  const cleo = await Person.at(browser, plain.url, 'cleo');
  await cleo.registers('Cleo');
  const dan = await Person.at(browser, plain.url, 'dan');
  await dan.registers('Dan');
  await dan.leaves();
  await cleo.startsChatWith('dan');
  const written = ['one', 'two', 'three', 'four', 'five'].map((word) => `number ${word}`);
  for (const text of written) await cleo.sends(text);

  const again = await Person.at(browser, plain.url, 'dan');
  await again.logsIn();
  await again.opens('Cleo');
  await again.sees('number five');
  expect(await again.texts()).toEqual(written);
  await cleo.seesTick('number one', 'Read');
  again.expectNoProblems();
  await again.leaves();
  await cleo.leaves();
  await plain.stop();
});

test('writing to a user who does not exist is answered clearly, and notes to oneself are kept', async ({ browser }) => {
  const eve = await Person.at(browser, node.url, 'eve');
  await eve.registers('Eve');
  await eve.page.getByRole('button', { name: 'New chat' }).first().click();
  await eve.page.getByLabel('User ID of the person').fill('nobody.at.all');
  await eve.page.getByRole('button', { name: 'Start chat' }).click();
  await expect(eve.page.getByText('There is no user “nobody.at.all” on this server.').first()).toBeVisible();
  await eve.page.getByRole('button', { name: /Notes to yourself/ }).click();
  await eve.sends('milk, bread');
  await eve.page.reload();
  await eve.sees('milk, bread');
  eve.expectNoProblems();
  await eve.leaves();
});
