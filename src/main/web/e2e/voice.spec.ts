import { type Browser, chromium, expect, test } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { twoWithKeys } from './devices.ts';
import { ParleyNode } from './node.ts';

/** A microphone that gives a tone each second, and a person who allows it. */
const FAKE_MICROPHONE = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

let node: ParleyNode;
let browser: Browser;
test.beforeAll(async ({ playwright: _ }, { project }) => {
  node = await ParleyNode.start();
  const { executablePath, args = [] } = project.use.launchOptions ?? {};
  browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [...args, ...FAKE_MICROPHONE],
  });
});
test.afterAll(async () => {
  await browser?.close();
  await node?.stop();
});

test('a voice note is recorded with the keyboard alone, sent, and heard by the other; one that is discarded is not sent', async () => {
  const [ann, ben] = await twoWithKeys(browser, node.url, 'Ann', 'Ben');
  await ann.startsChatWith('ben');
  await ben.startsChatWith('ann');
  const record = ann.page.getByRole('button', { name: 'Record a voice message' });
  await record.focus();
  await ann.page.keyboard.press('Enter');
  const recorder = ann.page.getByRole('group', { name: 'Recording a voice message' });
  await expect(recorder.getByRole('timer')).toHaveText('0:01');
  await ann.page.keyboard.press('Escape');
  await expect(recorder).toBeHidden();
  await expect(ann.page.locator('article')).toHaveCount(0);

  await record.focus();
  await ann.page.keyboard.press('Enter');
  await expect(recorder.getByRole('timer')).toHaveText('0:03');
  await ann.page.keyboard.press('Enter');
  await expect(ann.composer).toBeFocused();
  await expect(ann.page.locator('article')).toHaveAccessibleName(/Voice message \(0:0[3-9]\)\. (Delivered|Read)$/);

  const note = ben.page.getByRole('group', { name: 'Voice message' });
  await note.getByRole('button', { name: 'Play' }).click();
  const position = note.getByRole('slider', { name: 'Position' });
  await expect.poll(async () => Number(await position.getAttribute('aria-valuenow'))).toBeGreaterThan(1);
  await expectAccessible(ben.page);
  for (const person of [ann, ben]) {
    person.expectNoProblems();
    await person.leaves();
  }
});
