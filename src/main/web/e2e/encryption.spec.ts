import { expect, type Request, test } from '@playwright/test';
import { twoWithKeys } from './devices.ts';
import { kindOf } from './mls/judge.ts';
import { ParleyNode } from './node.ts';
import { Person } from './person.ts';
import { Program } from './rest.ts';

let node: ParleyNode;
test.beforeAll(async () => {
  node = await ParleyNode.start();
});
test.afterAll(async () => {
  await node?.stop();
});

test('two people who write to each other are encrypted without doing anything, and the server never has what they wrote', async ({
  browser,
}) => {
  const frames: string[] = [];
  const sent: Uint8Array[] = [];
  const ada = await Person.at(browser, node.url, 'ada');
  const bo = await Person.at(browser, node.url, 'bo');
  for (const { context } of [ada, bo]) context.on('request', (request) => sent.push(...mlsIn(request)));
  for (const { page } of [ada, bo]) {
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => frames.push(String(payload)));
      socket.on('framereceived', ({ payload }) => frames.push(String(payload)));
    });
  }
  await ada.registersWithKeys('Ada');
  await bo.registersWithKeys('Bo');
  await ada.startsChatWith('bo');
  await ada.sends('the canary sings at noon');
  await ada.seesTick('the canary sings at noon', 'Delivered');
  await bo.opens('Ada');
  await bo.sees('the canary sings at noon');
  await bo.sends('then the canary sleeps');
  await ada.sees('then the canary sleeps');
  for (const person of [ada, bo]) {
    await person.page.reload();
    await person.sees('the canary sings at noon');
    await person.sees('then the canary sleeps');
  }
  await ada.sends('and the canary wakes');
  await bo.sees('and the canary wakes');
  const program = await Program.registers(node, 'robin');
  await program.sends('robin', 'm1', 'the sparrow is seen by everybody'); // so that the search is known to find something
  expect(node.find('sparrow')).not.toEqual([]);
  expect(node.find('canary')).toEqual([]);
  expect(node.remembers('sparrow', 'canary')).toEqual([true, false]);
  expect(await node.manages()).not.toContain('canary');
  for (const frame of frames) sent.push(...messagesIn(frame));
  expect([...new Set(sent.map(kindOf))].sort()).toEqual([
    'mls_group_info',
    'mls_key_package',
    'mls_private_message',
    'mls_public_message',
    'mls_welcome',
  ]);
  expect(frames.length).toBeGreaterThan(20);
  expect(frames.filter((frame) => frame.includes('canary'))).toEqual([]);
  ada.expectNoProblems();
  bo.expectNoProblems();
  await bo.leaves();
  await ada.leaves();
});

test('two who begin at the same moment end in one conversation, with everything that either wrote', async ({
  browser,
}) => {
  const [cleo, dan] = await twoWithKeys(browser, node.url, 'Cleo', 'Dan');
  await cleo.startsChatWith('dan');
  await dan.startsChatWith('cleo');
  await Promise.all([cleo.sends('from cleo, first'), dan.sends('from dan, first')]);
  await Promise.all([cleo.sends('from cleo, second'), dan.sends('from dan, second')]);
  for (const person of [cleo, dan]) {
    for (const who of ['cleo', 'dan'])
      for (const which of ['first', 'second']) await person.sees(`from ${who}, ${which}`);
  }
  expect(await cleo.texts()).toEqual(await dan.texts());
  cleo.expectNoProblems();
  dan.expectNoProblems();
  await cleo.leaves();
  await dan.leaves();
});

test('notes to oneself are encrypted too', async ({ browser }) => {
  const eve = await Person.at(browser, node.url, 'eve');
  await eve.registersWithKeys('Eve');
  await eve.page.getByRole('button', { name: 'New chat' }).first().click();
  await eve.page.getByRole('button', { name: /Notes to yourself/ }).click();
  await eve.sends('feed the canary');
  await eve.seesTick('feed the canary', 'Sent');
  await eve.page.reload();
  await eve.sees('feed the canary');
  expect(node.find('canary')).toEqual([]);
  eve.expectNoProblems();
  await eve.leaves();
});

/** The MLS messages that a call takes to the server. */
function mlsIn(request: Request): Uint8Array[] {
  const { pathname } = new URL(request.url());
  const body = request.postDataBuffer();
  if (request.method() === 'GET' || body === null) return [];
  if (pathname.includes('/blobs/')) return [body];
  if (pathname.endsWith('/commits')) return [bytesOf((JSON.parse(body.toString()) as { commit: string }).commit)];
  if (!pathname.endsWith('/keys/packages')) return [];
  const { packages, lastResort } = JSON.parse(body.toString()) as { packages: string[]; lastResort?: string };
  return [...packages, ...(lastResort === undefined ? [] : [lastResort])].map(bytesOf);
}

function messagesIn(frame: string): Uint8Array[] {
  const { body } = JSON.parse(frame) as { body?: { type: string; message?: string } };
  return body?.type === 'mls' && body.message !== undefined ? [bytesOf(body.message)] : [];
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'base64url');
}
