import { type Browser, type BrowserContext, chromium, expect, type Page, test } from '@playwright/test';
import { ParleyNode } from './node.ts';
import { Person } from './person.ts';
import { Program } from './rest.ts';

interface Shown {
  readonly title: string;
  readonly tag: string;
  readonly body: string;
}

let node: ParleyNode;
let browser: Browser;

test.beforeAll(async ({ launchOptions }) => {
  node = await ParleyNode.start();
  // Playwright makes every page believe that it is in front.
  browser = await chromium.launch({
    ...launchOptions,
    ignoreDefaultArgs: ['--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding'],
  });
});
test.afterAll(async () => {
  await browser?.close();
  await node?.stop();
});

test('while nobody looks each chat has one notification; while somebody looks there is none', async () => {
  const { person: kai, shown } = await whoIsNotified('kai');
  const ann = await Program.registers(node, 'ann');
  const ben = await Program.registers(node, 'ben');

  await ann.sends('kai', 'a1', 'good morning');
  await expect(kai.chat('ann')).toHaveAccessibleName(/good morning/);
  expect(shown).toEqual([]);

  await hide(kai.page);
  await ann.sends('kai', 'a2', 'are you there?');
  await ben.sends('kai', 'b1', 'hello from ben');
  await expect.poll(() => tags(shown)).toEqual(['ann~kai', 'ben~kai']);
  expect(last(shown, 'ann~kai')).toMatchObject({ title: 'ann', body: expect.stringContaining('are you there?') });
  expect(last(shown, 'ben~kai')).toMatchObject({ title: 'ben', body: 'hello from ben' });

  // More of one chat: the same notification, with another text.
  await ann.sends('kai', 'a3', 'hello?');
  await expect.poll(() => last(shown, 'ann~kai')?.body).toBe('3 new messages\nhello?');
  expect(tags(shown)).toEqual(['ann~kai', 'ben~kai']);

  await comeBack(kai.page);
  const before = shown.length;
  await ben.sends('kai', 'b2', 'welcome back');
  await expect(kai.chat('ben')).toHaveAccessibleName(/welcome back/);
  expect(shown).toHaveLength(before);
  kai.expectNoProblems();
  await kai.leaves();
});

test('of two tabs only one tells', async () => {
  const { person: lea, shown } = await whoIsNotified('lea');
  const cem = await Program.registers(node, 'cem');
  const second = await lea.opensTab();
  await expect(second.page.getByRole('heading', { name: 'Chats' })).toBeVisible();
  await hide(lea.page);
  await hide(second.page);
  for (const n of [1, 2, 3]) {
    await cem.sends('lea', `c${n}`, `message ${n}`);
    await expect.poll(() => last(shown, 'cem~lea')?.body).toContain(`message ${n}`);
    await expect.poll(() => second.page.title()).toBe(`(${n}) Parley`); // both tabs have it,
    await expect.poll(() => lea.page.title()).toBe(`(${n}) Parley`);
    await lea.page.waitForTimeout(500); // and time to tell
    expect(shown).toHaveLength(n);
  }

  // The one that told is closed: the other takes over.
  await second.page.close();
  await cem.sends('lea', 'c4', 'message 4');
  await expect.poll(() => last(shown, 'cem~lea')?.body).toContain('message 4');
  expect(shown).toHaveLength(4);
  lea.expectNoProblems();
  await lea.leaves();
});

/** Somebody who has switched notifications on, and all that any tab of theirs shows. */
async function whoIsNotified(user: string): Promise<{ person: Person; shown: Shown[] }> {
  const shown: Shown[] = [];
  const person = await Person.at(browser, node.url, user, { beforeOpening: (context) => watch(context, shown) });
  await person.registers();
  await person.page.goto(`${node.url}/#/settings/notifications`);
  await person.page.getByRole('switch', { name: 'Show notifications' }).check();
  await person.page.goto(`${node.url}/#/`);
  await expect(person.page.getByRole('heading', { name: 'Chats' })).toBeVisible();
  return { person, shown };
}

/** The browser's own notifications, only counted. */
async function watch(context: BrowserContext, shown: Shown[]): Promise<void> {
  await context.grantPermissions(['notifications'], { origin: node.url });
  await context.exposeFunction('notified', (notification: Shown) => shown.push(notification));
  await context.addInitScript(() => {
    const { notified } = window as unknown as { notified(notification: Shown): void };
    window.Notification = new Proxy(window.Notification, {
      construct(native, given: [string, NotificationOptions]) {
        const notification = new native(...given);
        const { title, tag, body } = notification;
        notified({ title, tag, body });
        return notification;
      },
    });
  });
}

/** Without a screen Chromium calls no page hidden, but a window that is put away has not the keyboard: nobody looks at it either. */
async function hide(page: Page): Promise<void> {
  await put(page, 'minimized', false);
  await expect.poll(() => page.evaluate(() => document.hasFocus())).toBe(false);
}

async function comeBack(page: Page): Promise<void> {
  await put(page, 'normal', true);
  await page.bringToFront();
  await expect.poll(() => page.evaluate(() => document.hasFocus())).toBe(true);
}

async function put(page: Page, windowState: 'minimized' | 'normal', enabled: boolean): Promise<void> {
  const cdp = await page.context().newCDPSession(page); // what it sets holds as long as it does
  await cdp.send('Emulation.setFocusEmulationEnabled', { enabled });
  const { windowId } = await cdp.send('Browser.getWindowForTarget');
  await cdp.send('Browser.setWindowBounds', { windowId, bounds: { windowState } });
}

function tags(shown: readonly Shown[]): string[] {
  return [...new Set(shown.map(({ tag }) => tag))].sort();
}

function last(shown: readonly Shown[], tag: string): Shown | undefined {
  return shown.findLast((notification) => notification.tag === tag);
}
