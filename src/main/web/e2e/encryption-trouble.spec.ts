import { type Browser, expect, type Route, test } from '@playwright/test';
import { talk, twoWithKeys } from './devices.ts';
import { ParleyNode } from './node.ts';
import type { Person } from './person.ts';

// What goes wrong in the middle of what encryption does: nothing that was written gets lost by it, nothing comes twice.

let node: ParleyNode;
test.beforeAll(async () => {
  node = await ParleyNode.start();
});
test.afterAll(async () => {
  await node?.stop();
});

let pairs = 0;

async function twoPeople(browser: Browser): Promise<readonly [Person, Person]> {
  pairs += 1;
  const [one, other] = await twoWithKeys(browser, node.url, `Ann${pairs}`, `Ben${pairs}`);
  await one.startsChatWith(other.user);
  await other.startsChatWith(one.user);
  return [one, other];
}

async function bothTalk([one, other]: readonly [Person, Person], word: string): Promise<void> {
  await talk(one, other, word);
  expect(await one.texts()).toEqual(await other.texts());
}

/** The first `count` calls there come to nothing: `before` they reach the server, or with their answer lost. */
function loses(count: number, where: 'before' | 'after'): (route: Route) => Promise<void> {
  let left = count;
  return async (route) => {
    if (left > 0) {
      left -= 1;
      if (where === 'after') await route.fetch().catch(() => undefined);
      await route.abort('connectionreset');
    } else await route.continue();
  };
}

for (const where of ['before', 'after'] as const) {
  test(`the network is cut ${where === 'before' ? 'before the first commit arrives' : 'before its answer comes'}`, async ({
    browser,
  }) => {
    const [ann, ben] = await twoPeople(browser);
    await ann.context.route('**/commits', loses(2, where));
    await bothTalk([ann, ben], 'first');
    await bothTalk([ann, ben], 'second');
    for (const person of [ann, ben]) await person.leaves();
  });
}

test('the network is cut in the middle of a Welcome', async ({ browser }) => {
  const [ann, ben] = await twoPeople(browser);
  await ben.context.route('**/blobs/*', loses(1, 'before'));
  await bothTalk([ann, ben], 'first');
  await bothTalk([ann, ben], 'second');
  for (const person of [ann, ben]) await person.leaves();
});

test('the uploads of a first commit, and claims, get lost', async ({ browser }) => {
  const [ann, ben] = await twoPeople(browser);
  await ann.context.route('**/blobs/*', loses(1, 'after'));
  await ann.context.route('**/claims', loses(2, 'after'));
  await ann.context.route('**/group', loses(1, 'before'));
  await bothTalk([ann, ben], 'first');
  for (const person of [ann, ben]) await person.leaves();
});

test('a tab that is closed while its first message is being encrypted sends it when it is opened again', async ({
  browser,
}) => {
  const [ann, ben] = await twoPeople(browser);
  let isHeld = true;
  await ann.context.route('**/commits', async (route) => {
    if (isHeld) await new Promise(() => {}); // for ever: the tab dies before
    await route.continue();
  });
  const commit = ann.context.waitForEvent('request', (request) => request.url().endsWith('/commits'));
  await ann.sends('written before the tab was closed');
  await commit;
  await ann.page.close();
  isHeld = false;
  const again = await ann.opensTab(`/#/chat/${[ann.user, ben.user].sort().join('~')}`);
  await ben.sees('written before the tab was closed');
  await bothTalk([again, ben], 'later');
  expect((await ben.texts()).filter((text) => text.includes('before the tab'))).toHaveLength(1);
  for (const person of [ann, ben]) await person.leaves();
});

test('a tab that is closed after its commit was accepted, and before it knew, goes on by itself', async ({
  browser,
}) => {
  const [ann, ben] = await twoPeople(browser);
  let isHeld = true;
  let accepted: () => void = () => {};
  const decided = new Promise<void>((resolve) => {
    accepted = resolve;
  });
  await ann.context.route('**/commits', async (route) => {
    if (!isHeld) return route.continue();
    await route.fetch();
    accepted();
    return new Promise(() => {});
  });
  await ann.sends('written before the tab was closed');
  await decided;
  await ann.page.close();
  isHeld = false;
  const again = await ann.opensTab(`/#/chat/${[ann.user, ben.user].sort().join('~')}`);
  await ben.sees('written before the tab was closed');
  await bothTalk([again, ben], 'later');
  for (const person of [ann, ben]) await person.leaves();
});

test('what came while the node was killed, the tabs were closed, and all of it again, is read once and in order', async ({
  browser,
}) => {
  let [ann, ben] = await twoPeople(browser);
  await bothTalk([ann, ben], 'before');
  await ben.page.close();
  await ann.sends('while ben was away, one');
  await node.kill();
  await ann.sends('while the node was away, two');
  await node.again();
  ben = await ben.opensTab(`/#/chat/${[ann.user, ben.user].sort().join('~')}`);
  await ben.sees('while the node was away, two');
  ann = await ann.opensTab(`/#/chat/${[ann.user, ben.user].sort().join('~')}`);
  await bothTalk([ann, ben], 'after');
  expect(await ben.texts()).toEqual([
    'before from one',
    'before from the other',
    'while ben was away, one',
    'while the node was away, two',
    'after from one',
    'after from the other',
  ]);
  for (const person of [ann, ben]) await person.leaves();
});
