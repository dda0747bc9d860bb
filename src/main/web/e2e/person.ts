import { type Browser, type BrowserContext, expect, type Locator, type Page } from '@playwright/test';

export const WIDE = { width: 1280, height: 800 };
export const PHONE = { width: 360, height: 740 };

/** Somebody at a browser of their own; what they do and see, in their words. */
export class Person {
  readonly problems: string[] = [];

  private constructor(
    readonly user: string,
    readonly context: BrowserContext,
    readonly page: Page,
    readonly password: string,
  ) {}

  static async at(
    browser: Browser,
    url: string,
    user: string,
    options: {
      viewport?: { width: number; height: number };
      password?: string;
      path?: string;
      /** As a browser that has none of them, or whose person does not want them. */
      isWithoutServiceWorkers?: boolean;
      beforeOpening?: (context: BrowserContext) => Promise<void>;
    } = {},
  ): Promise<Person> {
    const viewport = options.viewport ?? WIDE;
    const phone = viewport.width < 720;
    const serviceWorkers = options.isWithoutServiceWorkers === true ? 'block' : 'allow';
    const context = await browser.newContext({ viewport, hasTouch: phone, isMobile: phone, serviceWorkers });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: url });
    await options.beforeOpening?.(context);
    const page = await context.newPage();
    const person = new Person(user, context, page, options.password ?? `the password of ${user}`);
    person.watch(page);
    await page.goto(url + (options.path ?? '/'));
    return person;
  }

  /** Another tab of the same browser. */
  async opensTab(path = '/'): Promise<Person> {
    const page = await this.context.newPage();
    const tab = new Person(this.user, this.context, page, this.password);
    tab.watch(page);
    await page.goto(new URL(path, this.page.url()).href);
    return tab;
  }

  /** Whatever the page complains of counts, except for what a test makes happen: a network that is not there. */
  private watch(page: Page): void {
    page.on('pageerror', (error) => this.problems.push(String(error)));
    page.on('console', (message) => {
      const text = message.text();
      if (message.type() !== 'error' && message.type() !== 'warning') return;
      if (
        /ERR_CONNECTION_|ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|ERR_EMPTY_RESPONSE|WebSocket connection to|the server responded with a status of (4|5)/.test(
          text,
        )
      )
        return;
      this.problems.push(text);
    });
  }

  /** Nothing in the console: no error, no report of the Content-Security-Policy. */
  expectNoProblems(): void {
    expect(this.problems).toEqual([]);
  }

  async registers(name?: string): Promise<void> {
    const { page } = this;
    await page.getByRole('link', { name: 'Create an account' }).click();
    await page.getByLabel('User ID').fill(this.user);
    if (name !== undefined) await page.getByLabel('Your name').fill(name);
    await page.getByRole('textbox', { name: 'Password' }).fill(this.password);
    await page.getByRole('button', { name: 'Create an account' }).click();
    await expect(page.getByRole('heading', { name: 'Chats' })).toBeVisible();
  }

  /** And waits until others can encrypt for this browser. */
  async registersWithKeys(name?: string): Promise<void> {
    const stocked = this.hasKeys();
    await this.registers(name);
    await stocked;
  }

  /** The next key packages of this browser are at the server. */
  async hasKeys(): Promise<void> {
    await this.context.waitForEvent(
      'response',
      (response) => response.url().endsWith('/v1/keys/packages') && response.ok(),
    );
  }

  async logsIn(): Promise<void> {
    const { page } = this;
    await page.getByLabel('User ID').fill(this.user);
    await page.getByRole('textbox', { name: 'Password' }).fill(this.password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await expect(page.getByRole('heading', { name: 'Chats' })).toBeVisible();
  }

  async startsChatWith(user: string): Promise<void> {
    const { page } = this;
    await page.getByRole('button', { name: 'New chat' }).first().click();
    await page.getByLabel('User ID of the person').fill(user);
    await page.getByRole('button', { name: 'Start chat' }).click();
    await expect(this.composer).toBeVisible();
  }

  /** In the list of chats, by what it is called there. */
  chat(name: string): Locator {
    return this.page.getByRole('link', { name: new RegExp(`^${name}\\b`) });
  }

  async opens(name: string): Promise<void> {
    await this.chat(name).click();
    await expect(this.composer).toBeVisible();
  }

  async goesBack(): Promise<void> {
    await this.page
      .getByRole('link', { name: 'Back' })
      .or(this.page.getByRole('button', { name: 'Back' }))
      .click();
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: /^Message/ });
  }

  async sends(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.page.getByRole('button', { name: 'Send', exact: true }).click(); // under fingers Enter breaks the line
    await expect(this.message(text)).toBeVisible();
  }

  /** As by the button for files: they stand in the dialog to be looked at. */
  async chooses(...files: readonly (string | { name: string; mimeType: string; buffer: Buffer })[]): Promise<void> {
    const chooser = this.page.waitForEvent('filechooser');
    await this.page.getByRole('button', { name: 'Attach' }).click();
    await this.page.getByRole('menuitem', { name: 'File' }).click();
    await (await chooser).setFiles([...files] as string[]); // one by its path, or as it is
    await expect(this.page.getByRole('dialog', { name: /^Send files/ })).toBeVisible();
  }

  async captions(name: string, caption: string): Promise<void> {
    await this.page.getByLabel(`Caption for ${name}`).fill(caption);
  }

  async sendsChosen(): Promise<void> {
    const dialog = this.page.getByRole('dialog', { name: /^Send files/ });
    await dialog.getByRole('button', { name: 'Send' }).click();
    await expect(dialog).toBeHidden();
  }

  /** A message of the open chat, by its text. */
  message(text: string): Locator {
    return this.page.locator('article', { hasText: text });
  }

  async sees(text: string): Promise<void> {
    await expect(this.message(text)).toBeVisible();
  }

  /** Sent, Delivered, Read, Waiting to be sent, Not sent: as the message is read out. */
  async seesTick(text: string, tick: string, timeout?: number): Promise<void> {
    const patience = timeout === undefined ? {} : { timeout };
    await expect(this.message(text)).toHaveAccessibleName(new RegExp(`\\. ${tick}$`), patience);
  }

  /** The texts of the open chat that are drawn, in their order. */
  async texts(): Promise<string[]> {
    return this.page.locator('article .content').evaluateAll((contents) =>
      contents.map((content) => {
        const copy = content.cloneNode(true) as Element;
        for (const meta of copy.querySelectorAll('.meta')) meta.remove();
        return copy.textContent ?? '';
      }),
    );
  }

  /** The tab's process is killed: nothing in it is told, or gets to finish. */
  async dies(): Promise<void> {
    const cdp = await this.context.newCDPSession(this.page);
    const crashed = new Promise<void>((resolve) => this.page.once('crash', () => resolve()));
    cdp.send('Page.crash').catch(() => {}); // its answer died with it
    await crashed;
    await this.page.close();
  }

  async leaves(): Promise<void> {
    await this.context.close();
  }
}
