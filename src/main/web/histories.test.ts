import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import type { Message } from './model.ts';
import { NODES, SimulatedBrowser } from './simulation/browser.ts';
import { seeded } from './simulation/clock.ts';
import { DEVICE, ME } from './simulation/server.ts';

// Random histories of a browser that is written to and from while its links break, nodes are lost, its workers die, its disk fills up and the server
// is busy; when all has healed, what people rely on must hold. A failing history names its seed: HISTORIES_SEED=n runs it alone.

const HISTORIES = Number(process.env['HISTORIES'] ?? 300);
const SEED = process.env['HISTORIES_SEED'];
const STEPS = 40;
const CHATS = ['alice~bob', 'alice~carol', 'aaron~alice', 'alice~alice'];

interface Told {
  readonly id: string;
  readonly conversation: string;
}

class Story {
  readonly browser: SimulatedBrowser;
  readonly random: () => number;
  readonly written: Told[] = [];
  readonly taken = new Set<string>();
  #count = 0;

  constructor(seed: number) {
    this.random = seeded(seed);
    this.browser = new SimulatedBrowser(this.random);
  }

  pick<T>(of: readonly T[]): T {
    const one = of[Math.floor(this.random() * of.length)];
    if (one === undefined) throw new Error('nothing to pick from');
    return one;
  }

  upTo(most: number): number {
    return 1 + Math.floor(this.random() * most);
  }

  async begin(): Promise<void> {
    const { server } = this.browser;
    server.window = this.pick([5, 20, 500]);
    server.burst = this.pick([3, 200]);
    server.offset = this.pick([0, -86_400_000, 3_600_000]);
    server.delayMillis = this.pick([5, 100, 1_500]);
    for (const conversation of CHATS) {
      if (this.random() < 0.5) continue;
      for (let count = this.upTo(30); count > 0; count--) this.othersWrite(conversation);
      const log = server.log(conversation);
      // as a device that was linked when another one had come so far
      log.cursor = Math.floor(this.random() * (log.entries.length + 1));
      log.read = Math.floor(this.random() * (log.cursor + 1));
      this.browser.linkedAt.set(conversation, log.cursor);
    }
    await this.browser.logIn();
    this.browser.start();
  }

  othersWrite(conversation: string): void {
    const [first = '', second = ''] = conversation.split('~');
    const other = first === ME ? second : first;
    this.#count += 1;
    this.browser.server.write(conversation, this.random() < 0.7 ? other : ME, `${this.#count}`);
  }

  async step(): Promise<void> {
    const { browser } = this;
    const { server } = browser;
    const conversation = this.pick(CHATS);
    const head = server.log(conversation).entries.length;
    switch (Math.floor(this.random() * 24)) {
      case 0:
      case 1:
      case 2:
      case 3:
        for (let count = this.upTo(3); count > 0; count--) await this.write(conversation);
        break;
      case 4:
      case 5:
      case 6:
        for (let count = this.upTo(8); count > 0; count--) this.othersWrite(conversation);
        break;
      case 7:
        server.reach(conversation, this.upTo(head + 1), this.upTo(head + 1));
        break;
      case 8:
        server.readElsewhere(conversation, this.upTo(head + 1));
        break;
      case 9:
        await browser.read(conversation, this.upTo(head + 1));
        break;
      case 10:
        server.cut();
        break;
      case 11:
        browser.kill();
        if (this.random() < 0.7) browser.start();
        break;
      case 12:
        browser.start();
        break;
      case 13:
        browser.wish({ kind: 'older', conversation });
        break;
      case 14:
        server.cut(this.pick([1012, 1013, 4408, 1006]));
        break;
      case 15:
        server.breaksAfterStoring = this.upTo(2);
        break;
      case 16:
        server.refusals.push(this.pick([{ code: 'unavailable' }, { code: 'rate-limited', retryAfterSeconds: 1 }]));
        break;
      case 17:
        server.repeats = this.upTo(4);
        break;
      case 18:
        browser.isFull = !browser.isFull;
        break;
      case 19:
        browser.isNetworkAway = !browser.isNetworkAway;
        server.isAway = browser.isNetworkAway;
        break;
      case 20:
        await this.takeBack();
        break;
      case 21:
        server.losesPulls = this.upTo(2);
        break;
      case 22:
        server.gone.add(this.pick(NODES)); // one or more; the links break with one of them
        if (this.random() < 0.7) server.cut();
        break;
      case 23:
        server.gone.clear();
        break;
    }
    if (this.random() < 0.6) await browser.clock.step(this.upTo(200));
    else await browser.clock.pass(this.upTo(this.pick([10, 200, 6_000])));
  }

  async write(conversation: string): Promise<void> {
    this.#count += 1;
    const id = `m${this.#count}`;
    this.written.push({ id, conversation });
    await this.browser.write(conversation, this.random() < 0.05 ? 'bad' : `text ${id}`, id);
  }

  /** The person deletes what was not sent, though it may be on its way. */
  async takeBack(): Promise<void> {
    const unsent = await this.browser.database.unsent();
    if (unsent.length === 0) return;
    const { id, conversation } = this.pick(unsent);
    this.taken.add(id);
    await this.browser.database.deleteUnsent(id);
    this.browser.wish({ kind: 'look', conversation });
  }
}

async function judge(story: Story): Promise<void> {
  const { browser } = story;
  const { server, database } = browser;
  expect(browser.complaints).toEqual([]);
  expect(server.complaints).toEqual([]);
  expect(browser.link).toBe('up-to-date');

  const unsent = await database.unsent();
  expect(unsent.filter(({ refused }) => refused === undefined)).toEqual([]);
  const refused = new Set(unsent.map(({ id }) => id));
  expect(unsent.every(({ body }) => body['text'] === 'bad')).toBe(true);

  for (const conversation of CHATS) {
    const log = server.messages(conversation);
    const own = log.filter(({ device }) => device === DEVICE).map(({ id }) => id);
    const wanted = story.written.filter((told) => told.conversation === conversation && !refused.has(told.id));
    const kept = wanted.filter(({ id }) => !story.taken.has(id) || own.includes(id)).map(({ id }) => id);
    expect(own, 'every message stands in the log once, in the order of writing').toEqual(kept);

    const chat = (await database.chats()).find((one) => one.conversation === conversation);
    if (log.length === 0) {
      expect(chat?.head ?? 0).toBe(0);
      continue;
    }
    if (chat === undefined) throw new Error(`${conversation} is not known`);
    const held = await database.newest(conversation, 100_000);
    const from = chat.heldFrom === 0 ? log.length : chat.heldFrom - 1;
    expect(held, `what is held of ${conversation} is the log, without gaps and doubles`).toEqual(log.slice(from));
    const owed = log.slice(browser.linkedAt.get(conversation) ?? 0, from);
    const isPulledOnDemand = ({ id, device }: Message): boolean => device === DEVICE && story.taken.has(id ?? '');
    expect(
      owed.filter((message) => !isPulledOnDemand(message)),
      'all that the server owed this device is held',
    ).toEqual([]);
    expect(chat.head).toBe(log.length);
    expect(chat.last).toEqual(log.at(-1));
    expect(chat.unread, 'unread').toBe(server.unread(conversation, chat.readWanted));
    expect(server.log(conversation).read, `read on the server in ${conversation}`).toBe(chat.readWanted);
    expect(chat.read, 'read is confirmed').toBe(chat.readWanted);
    expect(server.log(conversation).cursor, 'everything is acknowledged').toBe(log.length);
    if (chat.receipts.length > 0 && conversation !== 'alice~alice') {
      expect(chat.receipts).toEqual(server.receipts(conversation));
    }
  }
}

const seeds = SEED === undefined ? Array.from({ length: HISTORIES }, (_, at) => at + 1) : [Number(SEED)];

test(`in ${seeds.length} random histories nothing is lost, doubled, out of order or acknowledged too early`, {
  timeout: 600_000,
}, async () => {
  for (const seed of seeds) {
    const story = new Story(seed);
    await story.begin();
    for (let step = 0; step < STEPS; step++) await story.step();
    await story.browser.heal();
    try {
      await judge(story);
    } catch (problem) {
      throw new Error(`history ${seed}: ${problem instanceof Error ? problem.message : problem}`, { cause: problem });
    }
    story.browser.kill();
    await story.browser.database.close();
  }
});
