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

test('names, privacy and read receipts do what they say, at once', async ({ browser }) => {
  const ana = await Person.at(browser, node.url, 'ana');
  const bea = await Person.at(browser, node.url, 'bea');
  await ana.registers('Ana');
  await bea.registers('Bea');
  await ana.startsChatWith('bea');
  await expect(ana.page.getByText('online', { exact: true })).toBeVisible();

  await bea.page.goto(`${node.url}/#/settings/privacy`);
  await bea.page.getByRole('radio', { name: /^Nobody/ }).check();
  await expect(ana.page.getByText('online', { exact: true })).toBeHidden();
  await expect(ana.page.getByText(/last seen/)).toBeHidden();
  await bea.page.getByRole('radio', { name: /^Everyone/ }).check();
  await expect(ana.page.getByText('online', { exact: true })).toBeVisible();

  await bea.page.getByLabel('Read receipts').uncheck();
  await bea.page.goto(`${node.url}/#/`);
  await ana.sends('do you read this?');
  await bea.opens('Ana');
  await bea.sees('do you read this?');
  await bea.sends('yes');
  await ana.sees('yes');
  await ana.seesTick('do you read this?', 'Delivered'); // and never Read

  await bea.page.goto(`${node.url}/#/settings/profile`);
  await bea.page.getByLabel('Your name').fill('Beatrice');
  await bea.page.getByRole('button', { name: 'Save' }).click();
  await expect(bea.page.getByText('Saved.').first()).toBeVisible();
  ana.expectNoProblems();
  bea.expectNoProblems();
  await ana.leaves();
  await bea.leaves();
});

test('a new password logs the other devices out; the old one does not work any more', async ({ browser }) => {
  const cem = await Person.at(browser, node.url, 'cem');
  await cem.registers();
  const other = await Person.at(browser, node.url, 'cem');
  await other.logsIn();
  await cem.page.goto(`${node.url}/#/settings/password`);
  await cem.page.getByRole('textbox', { name: 'Current password' }).fill(cem.password);
  await cem.page.getByRole('textbox', { name: 'New password' }).fill('quite another password');
  await cem.page.getByRole('button', { name: 'Change password' }).click();
  await expect(cem.page.getByText('Your password has been changed').first()).toBeVisible();
  await expect(other.page.getByText('You have been logged out').first()).toBeVisible();
  await other.page.goto(`${node.url}/#/login`);
  await other.page.getByLabel('User ID').fill('cem');
  await other.page.getByRole('textbox', { name: 'Password' }).fill(cem.password);
  await other.page.getByRole('button', { name: 'Log in', exact: true }).click();
  await expect(other.page.getByText('User ID or password is wrong.').first()).toBeVisible();
  await other.leaves();
  await cem.leaves();
});

test('the theme is kept, and logging out leaves nothing in the browser', async ({ browser }) => {
  const dov = await Person.at(browser, node.url, 'dov');
  await dov.registers();
  await dov.page.goto(`${node.url}/#/settings/appearance`);
  const background = (): Promise<string> => dov.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await dov.page.getByRole('radio', { name: 'Light' }).check();
  const light = await background();
  await dov.page.getByRole('radio', { name: 'Dark' }).check();
  await expect.poll(background).not.toBe(light);
  const dark = await background();
  await dov.page.reload();
  await expect(dov.page.getByRole('radio', { name: 'Dark' })).toBeChecked();
  expect(await background()).toBe(dark);

  await dov.page.goto(`${node.url}/#/`);
  await dov.startsChatWith('dov');
  await dov.sends('a secret');
  await dov.seesTick('a secret', 'Sent').catch(() => undefined); // notes have no tick to look at
  await dov.page.goto(`${node.url}/#/settings`);
  await dov.page.getByRole('button', { name: 'Log out' }).first().click();
  await dov.page.getByRole('dialog').getByRole('button', { name: 'Log out' }).click();
  await expect(dov.page.getByRole('button', { name: 'Log in', exact: true })).toBeVisible();
  const kept = await dov.page.evaluate(async () => {
    const found: unknown[] = [];
    for (const { name } of await indexedDB.databases()) {
      if (name === undefined) continue;
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      for (const store of db.objectStoreNames) {
        found.push(
          await new Promise((resolve) => {
            const request = db.transaction(store).objectStore(store).getAll();
            request.onsuccess = () => resolve(request.result);
          }),
        );
      }
      db.close();
    }
    return JSON.stringify(found);
  });
  expect(kept).not.toContain('secret');
  expect(kept).not.toContain('r1.'); // a refresh token
  await dov.leaves();
});
