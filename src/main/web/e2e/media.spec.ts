import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { type Browser, expect, test } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { approves, secondDevice, twoWithKeys } from './devices.ts';
import { ParleyNode } from './node.ts';
import { Person } from './person.ts';
import { photo } from './pictures.ts';
import { Program } from './rest.ts';

// Files between real browsers through a real node: what one chooses the other has, and nobody else.

let node: ParleyNode;
test.beforeAll(async () => {
  node = await ParleyNode.start();
});
test.afterAll(async () => {
  await node?.stop();
});

let pairs = 0;

async function twoInAChat(browser: Browser): Promise<readonly [Person, Person]> {
  pairs += 1;
  const [ann, ben] = await twoWithKeys(browser, node.url, `Ann${pairs}`, `Ben${pairs}`);
  await ann.startsChatWith(ben.user);
  await ben.startsChatWith(ann.user);
  return [ann, ben];
}

async function leave(...people: readonly Person[]): Promise<void> {
  for (const person of people) {
    person.expectNoProblems();
    await person.leaves();
  }
}

const jpeg = async (person: Person, name: string) => ({
  name,
  mimeType: 'image/jpeg',
  buffer: await photo(person.page),
});

test('a photo is seen by the other and by a second device; the server has nothing of it, nor of what a file says and is called', async ({
  browser,
}) => {
  const [ann, ben] = await twoInAChat(browser);
  await ann.chooses(await jpeg(ann, 'canary at the harbour.jpg'));
  await ann.captions('canary at the harbour.jpg', 'the canary sails');
  await ann.sendsChosen();
  await ann.seesTick('the canary sails', 'Read');
  const picture = ben.message('the canary sails').locator('img.full');
  await expect(picture).toBeVisible();
  expect(await picture.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight])).toEqual([
    1200, 800,
  ]);
  await ann.chooses({
    name: 'nest.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('the canary has a nest. '.repeat(99)),
  });
  await ann.sendsChosen();
  await expect(ben.message('nest.txt')).toBeVisible();
  for (const words of ['canary', 'nest.txt']) expect(node.find(words)).toEqual([]);
  expect(await node.manages()).not.toContain('canary');
  expect(node.remembers(`${ann.user}~${ben.user}`, 'canary')).toEqual([true, false]);

  const other = await secondDevice(browser, node.url, ben.user);
  await approves(ben, other);
  await other.opens(`Ann${pairs}`);
  await other.sends('I am in');
  await ann.sees('I am in');
  await ann.chooses(await jpeg(ann, 'again.jpg'));
  await ann.captions('again.jpg', 'and once more');
  await ann.sendsChosen();
  for (const device of [ben, other]) {
    await expect(device.message('and once more').locator('img.full')).toBeVisible();
  }
  await leave(ann, ben, other);
});

test('files of any kind arrive as they were, in their order, each with its words; none of them is opened by the page', async ({
  browser,
}) => {
  const [ann, ben] = await twoInAChat(browser);
  const run = "<script>document.title = 'taken over'</script>";
  const files = [
    { name: 'plan.pdf', mimeType: 'application/pdf', buffer: randomBytes(300_000) },
    { name: 'page.html', mimeType: 'text/html', buffer: Buffer.from(`<!doctype html>${run}`) },
    {
      name: 'drawing.svg',
      mimeType: 'image/svg+xml',
      buffer: Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${run}</svg>`),
    },
    { name: 'no picture.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(`<html>${run}</html>`) },
    { name: '.hidden\u202Egpj.exe', mimeType: 'application/octet-stream', buffer: randomBytes(10) },
  ];
  await ann.chooses(...files);
  await ann.captions('plan.pdf', 'the first');
  await ann.sendsChosen();
  await expect(ben.page.locator('.file-name')).toHaveText([
    'plan.pdf',
    'page.html',
    'drawing.svg',
    'no picture.jpg',
    'hiddengpj.exe',
  ]);
  await ben.sees('the first');
  await expect(ben.page.locator('.rows img')).toHaveCount(0);
  for (const [at, { buffer }] of files.entries()) {
    const download = ben.page.waitForEvent('download');
    await ben.page.locator('.file-card').nth(at).getByRole('button', { name: /^Save/ }).click();
    const saved = await download;
    expect(saved.suggestedFilename()).toBe(await ben.page.locator('.file-name').nth(at).textContent());
    expect(hashOf(await readFile(await saved.path()))).toBe(hashOf(buffer));
  }
  for (const person of [ann, ben]) expect(await person.page.title()).not.toContain('taken over');
  await leave(ann, ben);
});

test('a file goes on where it was when the node is killed, the network cut, and the page closed', async ({
  browser,
}) => {
  const [ann, ben] = await twoInAChat(browser);
  await ann.sends('before'); // from here on it is encrypted
  await ben.sees('before');
  const content = randomBytes(60_000_000);
  let brought = 0;
  ann.context.on('request', (request) => {
    if (request.method() === 'PATCH') brought += 1;
  });
  const film = test.info().outputPath('film.bin');
  await writeFile(film, content);
  await ann.chooses(film);
  await ann.sendsChosen();
  const bubble = ann.message('film.bin');
  await expect.poll(() => brought, { intervals: [20] }).toBeGreaterThanOrEqual(2);
  await node.kill();
  await expect(ann.page.locator('.banner')).toBeVisible();
  await node.again();
  await expect.poll(() => brought, { intervals: [20] }).toBeGreaterThanOrEqual(4);
  await ann.context.setOffline(true);
  await expect(ann.page.locator('.banner')).toBeVisible();
  await ann.context.setOffline(false);
  await ann.page.reload();
  await expect(bubble).toBeVisible();
  await expect(bubble).toHaveAccessibleName(/(Delivered|Read)$/, { timeout: 60_000 });
  // Eight requests bring all of it; each of the three cuts may cost the one under way.
  expect(brought).toBeLessThanOrEqual(12);
  const download = ben.page.waitForEvent('download');
  await ben.page.getByRole('button', { name: 'Save film.bin' }).click();
  expect(hashOf(await readFile(await (await download).path()))).toBe(hashOf(content));
  await leave(ann, ben);
});

test('what is being sent can be paused, goes on, and can be taken back; what is written meanwhile does not wait', async ({
  browser,
}) => {
  const [ann, ben] = await twoInAChat(browser);
  await ann.sends('before');
  await ben.sees('before');
  let isHeld = true;
  await ann.context.route('**/v1/media**', async (route) => {
    while (isHeld) await new Promise((resolve) => setTimeout(resolve, 50));
    await route.continue().catch(() => {}); // it was paused
  });
  await ann.chooses({ name: 'one.bin', mimeType: '', buffer: randomBytes(100_000) });
  await ann.sendsChosen();
  await ann.chooses({ name: 'two.bin', mimeType: '', buffer: randomBytes(100_000) });
  await ann.sendsChosen();
  const [one, two] = [ann.message('one.bin'), ann.message('two.bin')];
  await one.getByRole('button', { name: 'Pause' }).click();
  await expect(one).toContainText('Paused');
  await two.getByRole('button', { name: 'Do not send' }).click();
  await expect(two).toHaveCount(0);
  await ann.sends('this goes at once');
  await ben.sees('this goes at once');
  isHeld = false;
  await ann.page.reload();
  await expect(one).toContainText('Paused');
  await one.getByRole('button', { name: 'Go on' }).click();
  await expect(one).toHaveAccessibleName(/(Delivered|Read)$/);
  await expect(ben.message('one.bin')).toBeVisible();
  await expect(ben.message('two.bin')).toHaveCount(0);
  await leave(ann, ben);
});

test('to somebody without keys a file goes as it is, and only the two can have it', async ({ browser }) => {
  pairs += 1;
  const ann = await Person.at(browser, node.url, `ann${pairs}`);
  await ann.registersWithKeys(`Ann${pairs}`);
  const bot = await Program.registers(node, `bot${pairs}`);
  const stranger = await Program.registers(node, `stranger${pairs}`);
  const content = randomBytes(200_000);
  await ann.startsChatWith(bot.user);
  await ann.chooses({ name: 'data.bin', mimeType: 'application/x-data', buffer: content });
  await ann.sendsChosen();
  await ann.seesTick('data.bin', 'Sent');
  const { messages } = await bot.reads(`/v1/conversations/${ann.user}~${bot.user}/messages`);
  const [message] = messages as { media: string[]; body: { files: Record<string, unknown>[] } }[];
  const [media] = message?.media ?? [];
  expect(message?.body.files).toEqual([
    { media, kind: 'file', name: 'data.bin', type: 'application/x-data', size: content.length },
  ]);
  expect(hashOf(await bot.fetches(media ?? ''))).toBe(hashOf(content));
  await ann.chooses(await jpeg(ann, 'harbour.jpg'));
  await ann.sendsChosen();
  await expect(ann.message('').last()).toHaveAccessibleName(/Photo.*Sent$/);
  const [, second] = (await bot.reads(`/v1/conversations/${ann.user}~${bot.user}/messages`))['messages'] as {
    media: string[];
  }[];
  const picture = await bot.fetches(second?.media[0] ?? '');
  expect(picture.subarray(0, 3).toString('hex')).toBe('ffd8ff'); // a JPEG
  for (const told of ['Exif', 'GPS']) expect(picture.includes(told)).toBe(false); // where it was taken
  await expect(stranger.fetches(media ?? '')).rejects.toThrow('404');
  await ann.page.reload();
  const download = ann.page.waitForEvent('download');
  await ann.page.getByRole('button', { name: 'Save data.bin' }).click();
  expect(hashOf(await readFile(await (await download).path()))).toBe(hashOf(content));
  await leave(ann);
});

test('the server’s limits are told in words, and nothing is lost', async ({ browser }) => {
  const small = await ParleyNode.start({ PARLEY_MEDIA_SIZE_MAX: '100 KiB' });
  try {
    const ann = await Person.at(browser, small.url, 'ann');
    await ann.registers('Ann');
    await ann.startsChatWith('ann');
    await ann.chooses({ name: 'large.bin', mimeType: '', buffer: randomBytes(200_000) });
    await ann.captions('large.bin', 'too much of it');
    await ann.sendsChosen();
    await expect(ann.page.locator('.refusal')).toContainText(/large/);
    await ann.page.locator('.refusal').getByRole('button', { name: 'Delete' }).click();
    await expect(ann.message('too much of it')).toHaveCount(0);
    await leave(ann);
  } finally {
    await small.stop();
  }
});

test('pictures are looked at with the keyboard alone, and everything has a name', async ({ browser }) => {
  const [ann, ben] = await twoInAChat(browser);
  const photos = [await jpeg(ann, 'one.jpg'), await jpeg(ann, 'two.jpg')];
  await ann.chooses(...photos);
  await ann.captions('one.jpg', 'the first one');
  await ann.captions('two.jpg', 'the second one');
  await expectAccessible(ann.page);
  await expect(ann.page.getByRole('dialog').getByRole('button', { name: 'Send' })).toBeEnabled(); // looked at
  await ann.page.keyboard.press('Enter');
  await expect(ben.message('the second one').locator('img.full')).toBeVisible();
  await expectAccessible(ben.page);
  await ben.message('the first one').getByRole('button', { name: 'Open Photo' }).focus();
  await ben.page.keyboard.press('Enter');
  const viewer = ben.page.getByRole('dialog', { name: 'Pictures and videos' });
  await expect(viewer.getByRole('img', { name: 'the first one' })).toBeVisible();
  await ben.page.screenshot({ path: '../../../target/screens/viewer.png' });
  await expectAccessible(ben.page);
  await ben.page.keyboard.press('ArrowRight');
  await expect(viewer.getByRole('img', { name: 'the second one' })).toBeVisible();
  const download = ben.page.waitForEvent('download');
  await ben.page.keyboard.press('s');
  expect((await download).suggestedFilename()).toBe('two.jpg');
  await ben.page.keyboard.press('Escape');
  await expect(viewer).toBeHidden();
  await leave(ann, ben);
});

test('files are dropped into a chat, and pictures pasted', async ({ browser }) => {
  const [ann, ben] = await twoInAChat(browser);
  const content = [...(await photo(ann.page, 300, 200))];
  const transfer = await ann.page.evaluateHandle((bytes) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(bytes)], 'dropped.jpg', { type: 'image/jpeg' }));
    return data;
  }, content);
  await ann.page.locator('#chat').dispatchEvent('dragover', { dataTransfer: transfer });
  await expect(ann.page.getByText('Drop files to send them here')).toBeVisible();
  await ann.page.locator('#chat').dispatchEvent('drop', { dataTransfer: transfer });
  await ann.captions('dropped.jpg', 'let fall');
  await ann.sendsChosen();
  await expect(ben.message('let fall').locator('img.full')).toBeVisible();
  await ann.composer.evaluate((area, bytes) => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([Uint8Array.from(bytes)], 'image.jpg', { type: 'image/jpeg' }));
    area.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, content);
  await ann.captions('image.jpg', 'stuck on');
  await ann.sendsChosen();
  await expect(ben.message('stuck on').locator('img.full')).toBeVisible();
  await leave(ann, ben);
});

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
