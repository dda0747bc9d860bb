import { type Browser, type CDPSession, chromium, expect, test } from '@playwright/test';
import { ParleyNode } from './node.ts';
import { Person } from './person.ts';

const HIDDEN_MILLIS = 90_000;

test('hidden for 90 seconds, with its timers slowed to one a minute, a page stays connected and counts what comes', async ({
  launchOptions,
}) => {
  test.setTimeout(240_000);
  const node = await ParleyNode.start();
  // Playwright switches the slowing off. Chromium spares pages with a WebSocket the worst of it, which others do not: forced below.
  const browser = await chromium.launch({
    ...launchOptions,
    ignoreDefaultArgs: [
      '--disable-background-timer-throttling',
      '--disable-backgrounding-occluded-windows',
      '--disable-renderer-backgrounding',
    ],
  });
  try {
    const kai = await BareTab.open(browser, `${node.url}/#/register`);
    await kai.registers('kai');
    const ben = await Person.at(browser, node.url, 'ben');
    await ben.registers();
    await ben.startsChatWith('kai');
    const isOnline = ben.page.getByText('online', { exact: true });
    await expect(isOnline).toBeVisible();

    await kai.goesBehindAnotherTab();
    await expect.poll(() => kai.evaluate('document.visibilityState')).toBe('hidden');
    await kai.evaluate('globalThis.ticks = 0; setInterval(() => { ticks += 1 }, 1000)');
    const ended = await node.sessionsEnded();
    const until = Date.now() + HIDDEN_MILLIS;
    while (Date.now() < until) {
      await expect(isOnline).toBeVisible();
      await ben.page.waitForTimeout(1_000); // the time that passes is what is tested
    }
    expect(await kai.evaluate('ticks')).toBeLessThan(3); // of 90: the slowing is real
    expect(await node.sessionsEnded()).toBe(ended); // and no connection ended

    await ben.sends('are you there?');
    await ben.seesTick('are you there?', 'Delivered');
    await expect.poll(() => kai.evaluate('document.title')).toBe('(1) Parley');
    await ben.leaves();
  } finally {
    await browser.close();
    await node.stop();
  }
});

/** Timers of a hidden page run once a minute; those of its worker as ever, as in every browser. */
const SLOWED_WHILE_HIDDEN = `{
  const later = globalThis.setTimeout;
  globalThis.setTimeout = (run, millis = 0, ...rest) => later(run, document.hidden ? Math.max(millis, 60_000) : millis, ...rest);
  globalThis.setInterval = (run, millis = 0, ...rest) => {
    const again = () => { globalThis.setTimeout(() => { again(); run(...rest); }, millis); };
    again();
  };
}`;

/** A tab that Playwright does not look after: its own tabs all believe that they are in front. */
class BareTab {
  readonly #browser: CDPSession;
  readonly #session: string;
  readonly #context: string;
  readonly #answers = new Map<number, (answer: { result?: { result?: { value?: unknown } } }) => void>();
  #last = 0;

  private constructor(browser: CDPSession, session: string, context: string) {
    this.#browser = browser;
    this.#session = session;
    this.#context = context;
    browser.on('Target.receivedMessageFromTarget', ({ sessionId, message }) => {
      if (sessionId !== session) return;
      const answer = JSON.parse(message);
      this.#answers.get(answer.id)?.(answer);
    });
  }

  static async open(browser: Browser, url: string): Promise<BareTab> {
    const session = await browser.newBrowserCDPSession();
    const { browserContextId } = await session.send('Target.createBrowserContext');
    const blank = { url: 'about:blank', browserContextId, newWindow: true };
    const { targetId } = await session.send('Target.createTarget', blank);
    const { sessionId } = await session.send('Target.attachToTarget', { targetId, flatten: false });
    const tab = new BareTab(session, sessionId, browserContextId);
    await tab.#send('Page.enable', {});
    await tab.#send('Page.addScriptToEvaluateOnNewDocument', { source: SLOWED_WHILE_HIDDEN });
    await tab.#send('Page.navigate', { url });
    return tab;
  }

  async registers(user: string): Promise<void> {
    await expect.poll(() => this.evaluate('document.querySelectorAll("form input").length')).toBeGreaterThan(1);
    await this.#types('input[name=username]', user);
    await this.#types('input[name=password]', `the password of ${user}`);
    await this.evaluate('document.querySelector("form").requestSubmit()');
    await expect.poll(() => this.evaluate('document.querySelector("input[type=search]") !== null')).toBe(true);
  }

  async goesBehindAnotherTab(): Promise<void> {
    await this.#browser.send('Target.createTarget', { url: 'about:blank', browserContextId: this.#context });
  }

  async evaluate(expression: string): Promise<unknown> {
    const { result } = await this.#send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    return result?.result?.value;
  }

  async #types(selector: string, text: string): Promise<void> {
    await this.evaluate(`document.querySelector(${JSON.stringify(selector)}).focus()`);
    await this.#send('Input.insertText', { text });
  }

  #send(method: string, params: object): Promise<{ result?: { result?: { value?: unknown } } }> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#answers.set(id, resolve);
      const message = JSON.stringify({ id, method, params });
      this.#browser.send('Target.sendMessageToTarget', { sessionId: this.#session, message }).catch(reject);
    });
  }
}
