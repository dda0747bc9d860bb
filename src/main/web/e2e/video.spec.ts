import { type Browser, expect, type Locator, type Page, type Route, test } from '@playwright/test';
import { film } from './films.ts';
import { ParleyNode } from './node.ts';
import { Person } from './person.ts';

const MIB = 1_048_576;
/** The first three parts begin before, the fourth does not: some 8 s. */
const EARLY = 2.9 * MIB;
const SECONDS = 24;
const FILM_BYTES = 9 * MIB;

let node: ParleyNode;
let openNode: ParleyNode;
let noise: Buffer;

test.beforeAll(async ({ browser }) => {
  [node, openNode] = await Promise.all([ParleyNode.start(), ParleyNode.start({ PARLEY_ENCRYPTION: 'off' })]);
  const page = await browser.newPage();
  await page.goto(node.url);
  noise = await film(page, SECONDS, FILM_BYTES);
  await page.close();
});
test.afterAll(async () => {
  await Promise.all([node?.stop(), openNode?.stop()]);
});

/** What somebody's browser asks the server for, which answers as the test lets it. */
class Asked {
  readonly ranges: { readonly from: number; readonly to: number }[] = [];
  private may: (from: number) => boolean = () => true;
  private held: { readonly from: number; go(): void }[] = [];

  static async by(person: Person, change?: (body: Buffer, from: number) => Buffer): Promise<Asked> {
    const asked = new Asked();
    await person.context.route('**/v1/media/*', (route) => asked.handle(route, change));
    return asked;
  }

  /** Others wait. */
  answerOnly(may: (from: number) => boolean): void {
    this.may = may;
    const held = this.held;
    this.held = [];
    for (const one of held) {
      if (may(one.from)) one.go();
      else this.held.push(one);
    }
  }

  get answeredBytes(): number {
    return this.ranges.filter(({ from }) => this.may(from)).reduce((sum, { from, to }) => sum + to - from, 0);
  }

  private async handle(route: Route, change?: (body: Buffer, from: number) => Buffer): Promise<void> {
    if (route.request().method() !== 'GET') return route.continue();
    const range = /^bytes=(\d+)-(\d*)$/.exec(route.request().headers()['range'] ?? 'bytes=0-');
    const [from, to] = [Number(range?.[1]), range?.[2] ? Number(range[2]) + 1 : noise.length];
    this.ranges.push({ from, to });
    if (!this.may(from)) await new Promise<void>((resolve) => this.held.push({ from, go: resolve }));
    if (change === undefined) return route.continue().catch(() => {}); // nobody waits for it any more
    const response = await route.fetch();
    await route.fulfill({ response, body: change(await response.body(), from) });
  }
}

interface Receiving {
  readonly at?: ParleyNode;
  readonly isWithoutServiceWorkers?: boolean;
}

/** Ben, with the chat open in which the film has come. */
async function benWithFilm(browser: Browser, who: string, { at = node, ...options }: Receiving = {}): Promise<Person> {
  const ann = await Person.at(browser, at.url, `ann-${who}`);
  const ben = await Person.at(browser, at.url, `ben-${who}`, options);
  await (at === openNode ? ann.registers('Ann') : ann.registersWithKeys('Ann'));
  await (at === openNode ? ben.registers('Ben') : ben.registersWithKeys('Ben'));
  await ann.startsChatWith(`ben-${who}`);
  await ann.chooses({ name: 'noise.webm', mimeType: 'video/webm', buffer: noise });
  await ann.page.getByLabel('Caption for noise.webm').fill('Look at this.');
  await ann.page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
  await ann.seesTick('Look at this.', '(Sent|Delivered)');
  ann.expectNoProblems();
  await ann.leaves();
  await ben.opens('Ann');
  return ben;
}

async function openedFilm(ben: Person): Promise<Locator> {
  await ben
    .message('Look at this.')
    .getByRole('button', { name: /^Open Video/ })
    .click();
  return ben.page.getByRole('dialog').locator('video');
}

async function closes(ben: Person): Promise<void> {
  await ben.page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await expect(ben.page.getByRole('dialog')).toHaveCount(0);
}

async function playsTo(video: Locator, seconds: number): Promise<void> {
  await expect.poll(() => timeOf(video), { timeout: 60_000 }).toBeGreaterThan(seconds);
}

function timeOf(video: Locator): Promise<number> {
  return video.evaluate((element: HTMLVideoElement) => element.currentTime);
}

function goTo(video: Locator, seconds: number, rate = 1): Promise<void> {
  return video.evaluate(
    async (element: HTMLVideoElement, [seconds, rate]) => {
      element.currentTime = seconds;
      element.playbackRate = rate;
      await element.play();
    },
    [seconds, rate] as const,
  );
}

/** How much of the fetched files is on the shelf of the browser. */
function kept(page: Page): Promise<{ readonly isWhole: boolean; readonly parts: number }> {
  return page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('parley-media');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const stores = opening.result.transaction(['files', 'parts']);
          const files = stores.objectStore('files').getAll();
          const parts = stores.objectStore('parts').count();
          stores.oncomplete = () => {
            opening.result.close();
            resolve({ isWhole: files.result.every(({ isWhole }) => isWhole === true), parts: parts.result });
          };
        };
      }),
  );
}

for (const isEncrypted of [true, false]) {
  const how = isEncrypted ? 'encrypted' : 'open';
  test(`a video plays while it loads, from where somebody wants, and is loaded once: ${how}`, async ({ browser }) => {
    const ben = await benWithFilm(browser, how, isEncrypted ? {} : { at: openNode });
    const asked = await Asked.by(ben);
    asked.answerOnly((from) => from < EARLY);
    const begun = Date.now();
    const video = await openedFilm(ben);
    await playsTo(video, 0.2);
    note(`${how}: plays after`, `${Date.now() - begun} ms, with ${asked.answeredBytes} of ${noise.length} bytes`);
    await video.evaluate((element: HTMLVideoElement) => element.pause()); // a player that waits for bytes goes nowhere
    expect(asked.answeredBytes).toBeLessThanOrEqual(3 * MIB);
    expect((await kept(ben.page)).isWhole).toBe(false);

    const late = 17;
    const lateFrom = (late / SECONDS) * noise.length - 1.5 * MIB;
    asked.answerOnly((from) => from < EARLY || from >= lateFrom);
    await goTo(video, late);
    await playsTo(video, late + 1);
    expect(asked.ranges.filter(({ from }) => from >= 3.2 * MIB && from < lateFrom)).toEqual([]);
    expect(asked.answeredBytes).toBeLessThan(0.85 * noise.length);
    note(`${how}: after going to ${late} s of ${SECONDS} s`, `${asked.answeredBytes} of ${noise.length} bytes`);

    asked.answerOnly(() => true);
    await goTo(video, 1, 4);
    await expect.poll(async () => (await kept(ben.page)).isWhole, { timeout: 90_000 }).toBe(true);
    const bytes = asked.answeredBytes;
    note(`${how}: all of it`, `${bytes} of ${noise.length} bytes, ${(await kept(ben.page)).parts} parts`);
    expect(bytes).toBeLessThan(1.35 * noise.length);

    await closes(ben);
    const requests = asked.ranges.length;
    const again = await openedFilm(ben);
    await playsTo(again, 1);
    await goTo(again, 12);
    await playsTo(again, 13);
    expect(asked.ranges).toHaveLength(requests);
    ben.expectNoProblems();
    await ben.leaves();
  });
}

function note(type: string, description: string): void {
  test.info().annotations.push({ type, description });
}

test('the service worker may be stopped at any time; a page that is loaded anew is the newest; who logs out has none', async ({
  browser,
}) => {
  const ben = await benWithFilm(browser, 'stopped');
  expect(await registrations(ben.page)).toBe(0); // before the first video
  const asked = await Asked.by(ben);
  asked.answerOnly((from) => from < EARLY);
  const video = await openedFilm(ben);
  await playsTo(video, 1);
  const cdp = await ben.context.newCDPSession(ben.page);
  await cdp.send('ServiceWorker.enable');
  await cdp.send('ServiceWorker.stopAllWorkers');
  asked.answerOnly(() => true);
  await goTo(video, 15);
  await playsTo(video, 16);
  expect(await registrations(ben.page)).toBe(1);

  const pages: (string | undefined)[] = [];
  ben.page.on('response', (response) => {
    if (response.request().isNavigationRequest()) pages.push(`${response.status()} ${response.fromServiceWorker()}`);
  });
  await ben.page.reload();
  await expect(ben.message('Look at this.')).toBeVisible();
  expect(pages).toEqual(['200 false']);
  await playsTo(await openedFilm(ben), 1);
  await closes(ben);
  ben.expectNoProblems();

  await ben.page.getByRole('link', { name: 'Settings' }).click();
  await ben.page.getByRole('button', { name: 'Log out' }).first().click();
  await ben.page.getByRole('dialog').getByRole('button', { name: 'Log out' }).click();
  await expect(ben.page.getByRole('heading', { name: 'Welcome back' })).toBeVisible();
  expect(await registrations(ben.page)).toBe(0);
  await ben.leaves();
});

test('nothing goes on once the player is away, and a damaged video is not shown', async ({ browser }) => {
  const ben = await benWithFilm(browser, 'damaged');
  const asked = await Asked.by(ben, (body, from) => {
    if (from === 0) return body;
    const changed = Buffer.from(body);
    changed[1_000] = (changed[1_000] ?? 0) ^ 1;
    return changed;
  });
  await openedFilm(ben);
  const problem = ben.page.getByRole('dialog').getByRole('alert');
  await expect(problem).toContainText('damaged');
  const requests = asked.ranges.length;
  expect((await kept(ben.page)).parts).toBeLessThanOrEqual(1); // what is wrong is not kept
  await closes(ben);

  asked.answerOnly((from) => from === 0);
  await openedFilm(ben);
  await expect.poll(() => asked.ranges.length).toBeGreaterThan(requests);
  await closes(ben);
  const left = asked.ranges.length;
  asked.answerOnly(() => true);
  await openedFilm(ben);
  await expect(problem).toContainText('damaged');
  expect(asked.ranges.length).toBeLessThan(left + 4);
  await ben.leaves();
});

test('where there are no service workers all of it is loaded first', async ({ browser }) => {
  const ben = await benWithFilm(browser, 'without', { isWithoutServiceWorkers: true });
  const asked = await Asked.by(ben);
  asked.answerOnly(() => false);
  const video = await openedFilm(ben);
  await expect(ben.page.getByRole('dialog').getByRole('progressbar')).toBeVisible();
  asked.answerOnly(() => true);
  await playsTo(video, 1);
  expect(await video.getAttribute('src')).toMatch(/^blob:/);
  await ben.leaves();
});

function registrations(page: Page): Promise<number> {
  return page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);
}
