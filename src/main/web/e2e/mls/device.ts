import type { Browser, BrowserContext, CDPSession, Page } from '@playwright/test';
import type { CommitBundle, DeviceName, E2ee, Failure, Verdict } from '../../crypto/e2ee.ts';
import { leafName } from '../../crypto/leafName.ts';
import { parse, print } from './bytesInJson.ts';
import type { Answer, Extras, Method } from './calls.ts';

// One device: a browser of its own, whose only tab may die at any moment and be opened again.

/** The tab was gone before there was an answer. */
export class TabDied extends Error {
  override readonly name = 'TabDied';
}

export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(JSON.stringify(failure));
    this.failure = failure;
  }
}

/** What happens to a commit on its way to the server and back. */
export type Fate = 'lost-request' | 'lost-answer' | 'dies-before' | 'dies-after';

type Submit = (from: string, request: string, bundle: CommitBundle) => Verdict;
type Calls = Pick<E2ee, Exclude<Method & keyof E2ee, 'then'>> & Extras;
type Result<M extends Method> = Awaited<ReturnType<Calls[M]>>;

export class Device {
  readonly key: string;
  /** Of the next commits, one each; those after them arrive. */
  readonly fates: Fate[] = [];
  deaths = 0;
  #tab: Page | undefined;
  #died: Promise<never> = new Promise(() => {});
  #giveUp: (problem: unknown) => void = () => {};

  private constructor(
    readonly name: DeviceName,
    private readonly context: BrowserContext,
    private readonly origin: string,
  ) {
    this.key = leafName(name);
  }

  static async start(browser: Browser, origin: string, name: DeviceName, submit: Submit): Promise<Device> {
    return Device.in(await browser.newContext(), origin, name, submit);
  }

  static async in(context: BrowserContext, origin: string, name: DeviceName, submit: Submit): Promise<Device> {
    const device = new Device(name, context, origin);
    await device.context.exposeFunction('submitToService', async (request: string, bundle: string) => {
      try {
        const verdict = await device.#send(() => submit(device.key, request, parse(bundle) as CommitBundle));
        return print(verdict ?? null);
      } catch (problem) {
        device.#giveUp(problem); // the server found a fault: whoever waits for this device is to hear of it
        throw problem;
      }
    });
    return device;
  }

  get isAlive(): boolean {
    return this.#tab !== undefined;
  }

  /** A tab, and in it the device with what is stored of it. Gives its signature key. */
  async open(): Promise<Uint8Array> {
    await this.openTab();
    return this.call('open', this.name);
  }

  async openTab(): Promise<void> {
    const tab = await this.context.newPage();
    this.#tab = tab;
    this.#died = new Promise((_resolve, reject) => {
      this.#giveUp = reject;
      tab.once('crash', () => reject(new TabDied(this.key)));
    });
    this.#died.catch(() => {}); // nobody may be asking anything of it
    await this.#unlessDead(tab, tab.goto(this.origin));
  }

  async reload(): Promise<Uint8Array> {
    await this.#tab?.reload();
    return this.call('open', this.name);
  }

  async call<M extends Method>(method: M, ...args: Parameters<Calls[M]>): Promise<Result<M>> {
    const tab = this.#tab;
    if (tab === undefined) throw new TabDied(this.key);
    const said = await this.#unlessDead(
      tab,
      tab.evaluate(([name, list]) => globalThis.mls(name, list), [method, print(args)] as const),
    );
    const answer = parse(said) as Answer;
    if (answer.kind === 'failure') throw new CallFailed(answer.failure);
    if (answer.kind === 'mistake') throw new Error(`${this.key} ${method}: ${answer.words}`);
    return answer.value as Result<M>;
  }

  /** At once, as it stands: nothing in the tab is told, or gets to finish. */
  async die(): Promise<void> {
    const tab = this.#tab;
    if (tab === undefined) return;
    this.#tab = undefined;
    this.deaths++;
    const cdp: CDPSession = await this.context.newCDPSession(tab);
    const crashed = new Promise<void>((resolve) => tab.once('crash', () => resolve()));
    cdp.send('Page.crash').catch(() => {}); // its answer died with it
    await crashed;
    await tab.close();
  }

  /** In bytes; undefined: as it was. */
  async limitStorage(quotaSize: number | undefined): Promise<void> {
    if (this.#tab === undefined) return;
    const cdp = await this.context.newCDPSession(this.#tab);
    await cdp.send('Storage.overrideQuotaForOrigin', {
      origin: this.origin,
      ...(quotaSize === undefined ? {} : { quotaSize }),
    });
  }

  async end(): Promise<void> {
    await this.context.close();
  }

  async #send(submit: () => Verdict): Promise<Verdict | undefined> {
    switch (this.fates.shift()) {
      case undefined:
        return submit();
      case 'lost-request':
        return undefined;
      case 'lost-answer':
        submit();
        return undefined;
      case 'dies-before':
        await this.die();
        return undefined;
      case 'dies-after':
        submit();
        await this.die();
        return undefined;
    }
  }

  async #unlessDead<T>(tab: Page, work: Promise<T>): Promise<T> {
    try {
      return await Promise.race([work, this.#died]);
    } catch (problem) {
      work.catch(() => {});
      throw this.#tab === tab ? problem : new TabDied(this.key);
    }
  }
}
