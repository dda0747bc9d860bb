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

test('two people who write to each other are encrypted without doing anything', async ({ browser }) => {
  const ada = await Person.at(browser, node.url, 'ada');
  const bo = await Person.at(browser, node.url, 'bo');
  for (const [n, p] of [
    ['ada', ada.page],
    ['bo', bo.page],
  ] as const) {
    p.on('console', (m) => console.log(n, m.text()));
    p.on('worker', (w) => w.on('console', (m) => console.log(n, m.text())));
  }
  await ada.registers('Ada');
  await bo.registers('Bo');
  await ada.startsChatWith('bo');
  await ada.sends('the secret plan');
  await ada.seesTick('the secret plan', 'Delivered');
  await new Promise((r) => setTimeout(r, 2000));
  await bo.opens('Ada');
  await bo.sees('the secret plan');
  await bo.sends('a secret answer');
  await ada.sees('a secret answer');
  await ada.page.reload();
  await ada.sees('a secret answer');
  await bo.leaves();
  await ada.leaves();
});
