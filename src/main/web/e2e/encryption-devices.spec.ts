import { expect, type Response, test } from '@playwright/test';
import { approves, secondDevice, talk, twoWithKeys } from './devices.ts';
import { ParleyNode } from './node.ts';
import type { Person } from './person.ts';

// More than one device, and what people see when keys change.

let node: ParleyNode;
test.beforeAll(async () => {
  node = await ParleyNode.start();
});
test.afterAll(async () => {
  await node?.stop();
});

test('a second device is approved with a code, starts without history, and then reads and writes everything', async ({
  browser,
}) => {
  const [ada, bo] = await twoWithKeys(browser, node.url, 'Ada', 'Bo');
  await ada.startsChatWith('bo');
  await ada.sends('before the second device');
  await bo.opens('Ada');
  await bo.sees('before the second device');

  const second = await secondDevice(browser, node.url, 'bo');
  const given: string[] = [];
  second.context.on('response', async (response) => given.push(await response.text().catch(() => '')));
  await second.page.reload();
  second.page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => given.push(String(payload))));
  await second.opens('Ada');
  await ada.sends('while it waits');
  await bo.sees('while it waits');
  await second.sends('written while it waits');
  await second.seesTick('written while it waits', 'Waiting to be sent');
  expect(given.join()).toContain('{"type":"mls"}');
  expect(given.join()).not.toMatch(/"type":"(mls|commit)",/); // nor anything else of them
  await approves(bo, second);
  await ada.sees('written while it waits');
  await bo.sees('written while it waits');

  await ada.sends('after it was approved');
  for (const person of [bo, second]) await person.sees('after it was approved');
  await second.sends('from the second device');
  for (const person of [ada, bo]) await person.sees('from the second device');
  await bo.sends('from the first device');
  for (const person of [ada, second]) await person.sees('from the first device');
  await expect(second.message('before the second device')).toHaveCount(0);
  await expect(second.message('It can be read on your other devices').first()).toBeVisible();
  for (const person of [ada, bo, second]) {
    person.expectNoProblems();
    await person.leaves();
  }
});

test('both see the same safety number, a device that was approved changes nothing of it, new keys are shown and stop who has compared', async ({
  browser,
}) => {
  const [cleo, dan] = await twoWithKeys(browser, node.url, 'Cleo', 'Dan');
  await cleo.startsChatWith('dan');
  await cleo.sends('hello dan');
  await dan.opens('Cleo');
  await dan.sees('hello dan');
  await dan.sends('hello cleo');
  await cleo.sees('hello cleo');
  const number = await safetyNumber(cleo);
  expect(number).toMatch(/^\d{60}$/);
  expect(await safetyNumber(dan)).toBe(number);
  await cleo.page.getByRole('button', { name: 'End-to-end encrypted', exact: true }).click();
  await cleo.page.getByRole('button', { name: 'They match: mark as verified' }).click();
  await cleo.page.keyboard.press('Escape');
  await expect(cleo.page.getByRole('button', { name: 'End-to-end encrypted and verified', exact: true })).toBeVisible();

  // dan has lost every device, and begins anew
  const fresh = await secondDevice(browser, node.url, 'dan');
  await dan.leaves();
  await fresh.page.getByRole('button', { name: 'I have no other device' }).click();
  await fresh.page.getByRole('dialog').getByLabel('Password', { exact: true }).fill(fresh.password);
  await fresh.page.getByRole('button', { name: 'Make new keys' }).click();
  await expect(fresh.page.getByText('This device cannot read encrypted messages yet')).toBeHidden();
  await fresh.opens('Cleo');
  await fresh.sends('it is me, on a new telephone');
  await cleo.sees('it is me, on a new telephone');
  await expect(cleo.page.getByText('Dan’s safety number has changed since you compared it.')).toBeVisible();
  await cleo.page.getByRole('button', { name: 'Send anyway' }).click();
  await cleo.sends('welcome back');
  await fresh.sees('welcome back');
  expect(await safetyNumber(fresh)).toBe(await safetyNumber(cleo));
  expect(await safetyNumber(fresh)).not.toBe(number);
  for (const person of [cleo, fresh]) await person.leaves();
});

async function safetyNumber(person: Person): Promise<string> {
  await person.page
    .getByRole('button', { name: /^End-to-end encrypted/ })
    .first()
    .click();
  const dialog = person.page.getByRole('dialog');
  await expect(dialog.getByText('Safety number').first()).toBeVisible();
  const groups = dialog.locator('.safety-number [aria-hidden]');
  await expect(groups).toHaveCount(12);
  const number = (await groups.allTextContents()).join('').replace(/\s/g, '');
  await person.page.keyboard.press('Escape');
  return number;
}

test('a device that is unlinked is taken out, and reads nothing of what follows', async ({ browser }) => {
  const [eva, finn] = await twoWithKeys(browser, node.url, 'Eva', 'Finn');
  await eva.startsChatWith('finn');
  await eva.sends('hello finn');
  await finn.opens('Eva');
  await finn.sees('hello finn');
  const second = await secondDevice(browser, node.url, 'finn');
  await approves(finn, second);
  await second.opens('Eva');
  await second.sends('here I am too');
  await eva.sees('here I am too'); // who writes is in; what is said in the moment before it cannot read
  await eva.sends('to both of finn');
  for (const person of [finn, second]) await person.sees('to both of finn');
  const removal = Promise.race([eva, finn].map(({ context }) => context.waitForEvent('response', isCommit))); // whoever is first
  await finn.page.goto(`${node.url}/#/settings/devices`);
  await finn.page.getByRole('button', { name: /^Log out: / }).click();
  await finn.page.getByRole('dialog').getByRole('button', { name: 'Log out' }).click();
  await removal;
  await finn.page.goto(`${node.url}/#/chat/eva~finn`);
  await eva.sends('to the first of finn only');
  await finn.sees('to the first of finn only');
  await expect(second.message('to the first of finn only')).toHaveCount(0);
  for (const person of [eva, finn, second]) await person.leaves();
});

test('keys are renewed when their time has come, by who writes next, and both read on', async ({ browser }) => {
  const [gus, hal] = await twoWithKeys(browser, node.url, 'Gus', 'Hal');
  await gus.startsChatWith('hal');
  await hal.startsChatWith('gus');
  await talk(gus, hal, 'before');
  const drawn = await renewalOf(gus);
  expect(drawn).toBeGreaterThan(Date.now() + 2.9 * DAY_MILLIS);
  expect(drawn).toBeLessThan(Date.now() + 6 * DAY_MILLIS);
  await renewalOf(gus, Date.now() - 1); // as if so long had passed
  await gus.page.reload();
  const renewed = gus.context.waitForEvent('response', isCommit);
  await talk(gus, hal, 'afterwards');
  await renewed;
  expect(await renewalOf(gus)).toBeGreaterThan(Date.now() + 2.9 * DAY_MILLIS);
  await talk(hal, gus, 'at last');
  for (const person of [gus, hal]) await person.leaves();
});

const DAY_MILLIS = 24 * 3600_000;

const isCommit = (response: Response): boolean => response.url().endsWith('/commits') && response.ok();

/** When the browser will renew its keys of the one conversation that it has; `at`: it is to be then. */
function renewalOf({ page }: Person, at?: number): Promise<number> {
  return page.evaluate(
    (millis) =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open('parley-encryption');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const tx = opening.result.transaction('groups', 'readwrite');
          const groups = tx.objectStore('groups');
          const reading = groups.getAll();
          let renewAt = 0;
          reading.onsuccess = () => {
            const [record] = reading.result as { renewAt: number }[];
            if (record === undefined) return;
            renewAt = record.renewAt;
            if (millis !== undefined) groups.put({ ...record, renewAt: millis });
          };
          tx.oncomplete = () => {
            opening.result.close();
            resolve(renewAt);
          };
        };
      }),
    at,
  );
}
