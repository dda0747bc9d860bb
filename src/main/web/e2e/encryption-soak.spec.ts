import { type Browser, expect, test } from '@playwright/test';
import { Random } from './mls/random.ts';
import { ParleyNode } from './node.ts';
import { Person } from './person.ts';

// Two people with two devices each, and everything that can happen to them at once: tabs that are closed in the middle of whatever they
// do, a node that is killed, devices that are unlinked and new ones that are approved. Longer: SOAK_SEEDS=1,2,3 SOAK_ROUNDS=40.

const SEEDS = (process.env['SOAK_SEEDS'] ?? '1').split(',').map(Number);
const ROUNDS = Number(process.env['SOAK_ROUNDS'] ?? '3');
/** A round with a node that starts, tabs that open and a device that is approved. */
const ROUND_MILLIS = 60_000;
const HEARD_MILLIS = 60_000;
const CHAT = 'ida~ole';

/** A device of somebody, and what it must have. */
interface Device {
  tab: Person;
  /** The first text that was sent after it had come in. */
  readonly since: number;
  /** The last text that was written on it and may not be sent yet; 0 if there is none. */
  said: number;
}

class Soak {
  readonly #browser: Browser;
  readonly #random: Random;
  readonly #node: ParleyNode;
  readonly #devices = new Map<string, Device[]>();
  readonly log: string[] = [];
  #texts = 0;

  constructor(browser: Browser, node: ParleyNode, seed: number) {
    this.#browser = browser;
    this.#node = node;
    this.#random = new Random(seed);
  }

  async begin(): Promise<void> {
    for (const user of ['ida', 'ole']) {
      const tab = await Person.at(this.#browser, this.#node.url, user);
      await tab.registersWithKeys(user);
      this.#devices.set(user, [{ tab, since: 1, said: 0 }]);
    }
    for (const [user, other] of [
      ['ida', 'ole'],
      ['ole', 'ida'],
    ] as const) {
      // biome-ignore format: two lines
      await this.#of(user)[0]?.tab.startsChatWith(other);
    }
    await this.#says('ida');
    await this.settle();
    for (const user of ['ida', 'ole']) await this.#links(user);
  }

  async round(): Promise<void> {
    const random = this.#random;
    const user = random.one(['ida', 'ole']);
    for (let said = 0; said < 2 + random.below(3); said++) await this.#says(random.one(['ida', 'ole']));
    const chance = random.fraction();
    if (chance < 0.4) await this.#closesWhileWriting(user);
    else if (chance < 0.6) await this.#nodeDies();
    else if (chance < 0.8) await this.#losesNetwork(user);
    else await this.#changesDevice(user);
    await this.#says(random.one(['ida', 'ole']));
    await this.settle();
  }

  /** Everybody has everything that was sent since they came in, once, and in the same order. */
  async settle(): Promise<void> {
    for (const devices of this.#devices.values()) for (const device of devices) await hasSent(device);
    await hasSent(await this.#says('ida'));
    await this.#says('ole'); // the last of the log: whoever has it has been given all before it
    const last = nth(this.#texts);
    const orders = new Map<string, string[]>();
    for (const [user, devices] of this.#devices) {
      for (const [at, { tab, since }] of devices.entries()) {
        await expect(tab.message(last), `${user} ${at} hears ${last}`).toBeVisible({ timeout: HEARD_MILLIS });
        const all = await this.#all(tab);
        const texts = all.filter((text) => text.startsWith('text '));
        expect(new Set(texts).size, `${user} ${at} has nothing twice`).toBe(texts.length);
        const missing = [];
        for (let n = since; n <= this.#texts; n++) if (!texts.includes(nth(n))) missing.push(n);
        const unread = all.filter((text) => text.startsWith('This message')).length;
        this.log.push(`${user} ${at}: ${texts.length} read, ${missing.length} missing, ${unread} not readable`);
        expect(missing.length, `${user} ${at} is told of what it cannot read: ${missing}`).toBeLessThanOrEqual(unread);
        expect(missing.length, `${user} ${at} cannot read ${missing}`).toBeLessThanOrEqual(this.#texts / 10);
        orders.set(`${user} ${at}`, texts);
      }
    }
    const [[, longest] = ['', []]] = [...orders].sort(([, one], [, other]) => other.length - one.length);
    for (const [who, texts] of orders) {
      expect(texts, `${who} has them in the same order`).toEqual(longest.filter((text) => texts.includes(text)));
    }
  }

  async end(): Promise<void> {
    for (const devices of this.#devices.values()) for (const { tab } of devices) await tab.leaves();
  }

  #says(user: string): Promise<Device> {
    return this.#writes(this.#random.one(this.#of(user)));
  }

  async #writes(device: Device): Promise<Device> {
    device.said = ++this.#texts;
    await device.tab.sends(nth(device.said));
    return device;
  }

  /** The tab is gone at some moment after the message was written, and comes back. */
  async #closesWhileWriting(user: string): Promise<void> {
    this.log.push(`${user} closes`);
    const device = await this.#says(user);
    await new Promise((resolve) => setTimeout(resolve, this.#random.below(200))); // the moment is what is tried
    await device.tab.dies();
    device.tab = await device.tab.opensTab(`/#/chat/${CHAT}`);
    await expect(device.tab.composer).toBeVisible();
  }

  async #nodeDies(): Promise<void> {
    this.log.push('the node dies');
    await Promise.all([this.#says('ida'), this.#says('ole')]);
    await this.#node.kill();
    await this.#says('ida');
    await this.#node.again();
  }

  async #losesNetwork(user: string): Promise<void> {
    this.log.push(`${user} loses the network`);
    const device = this.#random.one(this.#of(user));
    const { tab } = device;
    await tab.context.setOffline(true);
    await this.#writes(device);
    await this.#says(user === 'ida' ? 'ole' : 'ida');
    await tab.context.setOffline(false);
  }

  /** One is unlinked, another comes. */
  async #changesDevice(user: string): Promise<void> {
    this.log.push(`${user} changes a device`);
    const gone = this.#of(user).pop();
    const kept = this.#of(user)[0]?.tab;
    if (gone === undefined || kept === undefined) throw new Error('no device is left');
    await hasSent(gone); // what it has not sent goes with it
    await gone.tab.leaves();
    await kept.page.goto(`${this.#node.url}/#/settings/devices`);
    await kept.page
      .getByRole('button', { name: /^Log out: / })
      .first()
      .click();
    await kept.page.getByRole('dialog').getByRole('button', { name: 'Log out' }).click();
    await expect(kept.page.getByRole('button', { name: /^Log out: / })).toHaveCount(0);
    await kept.page.goto(`${this.#node.url}/#/chat/${CHAT}`);
    await this.#links(user);
  }

  async #links(user: string): Promise<void> {
    const tab = await Person.at(this.#browser, this.#node.url, user);
    await tab.logsIn();
    const kept = this.#of(user)[0]?.tab;
    await kept?.page.getByRole('button', { name: 'Review' }).click({ timeout: HEARD_MILLIS });
    await kept?.page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await expect(tab.page.getByText('This device can read encrypted messages now')).toBeVisible({
      timeout: HEARD_MILLIS,
    });
    await tab.page.goto(`${this.#node.url}/#/chat/${CHAT}`);
    const device = { tab, since: this.#texts + 1, said: 0 };
    await hasSent(await this.#writes(device)); // it is in as soon as that is sent
    this.#of(user).push(device);
  }

  #of(user: string): Device[] {
    return this.#devices.get(user) ?? [];
  }

  /** All that the chat has, also what is not drawn at first. */
  async #all(tab: Person): Promise<string[]> {
    await tab.page.reload();
    await expect(tab.message(nth(this.#texts))).toBeVisible({ timeout: HEARD_MILLIS });
    const found = new Map<number, string>();
    for (let pages = 0; pages < 100; pages++) {
      const { drawn, isBeginning } = await drawnOf(tab);
      for (const [seq, text] of drawn) found.set(seq, text);
      if (isBeginning) break;
      await tab.page.locator('.scroller').evaluate((scroller) => scroller.scrollTo(0, -scroller.scrollHeight));
      await expect(async () => {
        const now = await drawnOf(tab);
        expect(now.isBeginning || firstOf(now.drawn) < firstOf(drawn)).toBe(true);
      }, 'older messages come').toPass({ timeout: HEARD_MILLIS });
    }
    const down = tab.page.getByRole('button', { name: /To the newest message$/ });
    if (await down.isVisible()) await down.click(); // far above, what is new is not drawn
    await expect(tab.message(nth(this.#texts))).toBeVisible();
    return [...found].sort(([one], [other]) => one - other).map(([, text]) => text);
  }
}

for (const seed of SEEDS) {
  test(`random devices, deaths and returns, seed ${seed}: nothing is lost without a word, doubled, or out of order`, async ({
    browser,
  }) => {
    test.setTimeout(120_000 + ROUNDS * ROUND_MILLIS);
    const node = await ParleyNode.start();
    const soak = new Soak(browser, node, seed);
    try {
      await soak.begin();
      for (let round = 0; round < ROUNDS; round++) await soak.round();
    } finally {
      console.log(soak.log.join('\n'));
      await soak.end().catch(() => {});
      await node.stop();
    }
  });
}

/** All that was written on it is in the log. */
async function hasSent(device: Device): Promise<void> {
  if (device.said > 0) await device.tab.seesTick(nth(device.said), '(Sent|Delivered|Read)', HEARD_MILLIS);
  device.said = 0; // later it may not be drawn
}

/** None begins another, whatever is drawn behind it. */
function nth(n: number): string {
  return `text ${n}!`;
}

type Drawn = readonly (readonly [seq: number, text: string])[];

/** What the page shows at one moment: were the beginning looked for after the messages, some could be drawn in between. */
function drawnOf(tab: Person): Promise<{ drawn: Drawn; isBeginning: boolean }> {
  return tab.page.locator('.scroller').evaluate((scroller) => ({
    drawn: [...scroller.querySelectorAll('li.message[data-seq]')].map((item) => {
      const content = item.querySelector('.content')?.cloneNode(true) as Element | undefined;
      for (const meta of content?.querySelectorAll('.meta') ?? []) meta.remove();
      return [Number(item.getAttribute('data-seq')), content?.textContent ?? ''] as const;
    }),
    isBeginning: scroller.querySelector('.top-note')?.textContent === 'The beginning of this chat',
  }));
}

function firstOf(drawn: Drawn): number {
  return drawn[0]?.[0] ?? Number.POSITIVE_INFINITY;
}
