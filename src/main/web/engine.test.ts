import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { News } from './channel.ts';
import type { ClientFrame } from './protocol.ts';
import { NODES, SimulatedBrowser } from './simulation/browser.ts';
import { seeded } from './simulation/clock.ts';

const CHAT = 'alice~bob';
let browser: SimulatedBrowser;

beforeEach(async () => {
  browser = new SimulatedBrowser(seeded(7));
  await browser.logIn();
});
afterEach(async () => {
  browser.kill();
  await browser.database.close();
});

async function live(): Promise<void> {
  browser.start();
  await browser.clock.pass(2_000);
  expect(browser.link).toBe('up-to-date');
}
function received<T extends ClientFrame['type']>(type: T): Extract<ClientFrame, { type: T }>[] {
  return browser.server.received.filter((frame): frame is Extract<ClientFrame, { type: T }> => frame.type === type);
}
function told<K extends News['kind']>(kind: K): Extract<News, { kind: K }>[] {
  return browser.news.filter((news): news is Extract<News, { kind: K }> => news.kind === kind);
}
async function chat(conversation = CHAT) {
  const found = await browser.database.chat(conversation);
  if (found === undefined) throw new Error('no such chat');
  return found;
}
async function texts(conversation = CHAT): Promise<unknown[]> {
  return (await browser.messages(conversation)).map(({ body }) => body['text']);
}

describe('sending', () => {
  test('a message is told once as sent and no longer unsent, in one piece of news', async () => {
    await live();
    await browser.write(CHAT, 'hello');
    await browser.clock.pass(1_000);
    const settling = told('changes').filter(({ settled }) => settled?.includes('alice-hello'));
    expect(settling).toHaveLength(1);
    expect(settling[0]?.messages?.map(({ id, seq }) => [id, seq])).toEqual([['alice-hello', 1]]);
    expect(browser.server.messages(CHAT)).toHaveLength(1);
  });

  test('what was written without a network goes out in order when there is one', async () => {
    browser.server.isAway = true;
    browser.start();
    for (const text of ['one', 'two', 'three']) await browser.write(CHAT, text);
    await browser.clock.pass(30_000);
    browser.server.isAway = false;
    browser.wish({ kind: 'connect' });
    await browser.clock.pass(2_000);
    expect(await texts()).toEqual(['one', 'two', 'three']);
  });

  test('a resend carries the same id and the same after, also over a new worker', async () => {
    await live();
    browser.server.breaksAfterStoring = 1;
    await browser.write(CHAT, 'hello');
    await browser.clock.pass(100);
    browser.server.write(CHAT, 'bob', 'between');
    browser.start();
    await browser.clock.pass(5_000);
    const sends = received('send');
    expect(sends.length).toBeGreaterThan(1);
    expect(new Set(sends.map(({ id, after }) => `${id} ${after}`))).toEqual(new Set(['alice-hello 0']));
    expect(await texts()).toEqual(['hello', 'between']);
  });

  test('a refused message stays, says why in a sentence, and later ones go on', async () => {
    await live();
    await browser.write(CHAT, 'bad');
    await browser.write(CHAT, 'good');
    await browser.clock.pass(2_000);
    expect(await texts()).toEqual(['good']);
    const [refused] = await browser.database.unsent();
    expect(refused).toMatchObject({
      id: 'alice-bad',
      refused: { code: 'invalid', message: expect.stringMatching(/\.$/) },
    });
    expect(told('changes').some(({ unsent }) => unsent?.[0]?.refused !== undefined)).toBe(true);
  });

  test('a server that is busy gets the same message again after a growing while, and nothing overtakes it', async () => {
    await live();
    browser.server.refusals = [{ code: 'unavailable' }, { code: 'unavailable' }];
    await browser.write(CHAT, 'one');
    await browser.write(CHAT, 'two');
    await browser.clock.pass(300);
    expect(received('send')).toHaveLength(1);
    await browser.clock.pass(10_000);
    expect(await texts()).toEqual(['one', 'two']);
  });

  test('after rate-limited nothing is sent before the named time', async () => {
    await live();
    browser.server.refusals = [{ code: 'rate-limited', retryAfterSeconds: 4 }];
    await browser.write(CHAT, 'one');
    await browser.clock.pass(3_900);
    expect(received('send')).toHaveLength(1);
    await browser.clock.pass(1_000);
    expect(received('send')).toHaveLength(2);
  });

  test('stays within the messages a second and the burst that the welcome names', async () => {
    browser.server.burst = 5;
    browser.server.messagesPerSecond = 2;
    browser.server.delayMillis = 1;
    for (let at = 0; at < 12; at++) await browser.write(`alice~bob${at}`, `${at}`);
    browser.start();
    await browser.clock.pass(500);
    expect(received('send').length).toBeLessThanOrEqual(6);
    await browser.clock.pass(4_500);
    expect(received('send')).toHaveLength(12);
  });

  test('never more are unanswered than the welcome allows', async () => {
    browser.server.inFlight = 3;
    browser.server.delayMillis = 1_000;
    for (let at = 0; at < 6; at++) await browser.write(`alice~bob${at}`, `${at}`);
    browser.start();
    for (let millis = 0; millis < 15_000; millis += 100) {
      await browser.clock.pass(100);
      const stored = browser.server.conversations.filter((one) => browser.server.messages(one).length > 0).length;
      expect(received('send').length - stored).toBeLessThanOrEqual(3);
    }
    expect(await browser.database.unsent()).toEqual([]);
  });

  test('a message too large for a frame is refused here and does not cost the connection', async () => {
    browser.server.frameBytes = 500;
    await live();
    await browser.write(CHAT, 'ä'.repeat(300), 'large');
    await browser.clock.pass(1_000);
    expect(received('send')).toEqual([]);
    expect((await browser.database.unsent())[0]?.refused?.code).toBe('too-large');
  });

  test.each([1008, 1009])(
    'what was in flight at a close with %i is refused and not sent again by itself',
    async (code) => {
      await live();
      browser.server.delayMillis = 2_000;
      await browser.write(CHAT, 'hello');
      await browser.clock.pass(5);
      browser.server.cut(code);
      await browser.clock.pass(20_000);
      expect(browser.server.messages(CHAT)).toEqual([]);
      expect((await browser.database.unsent())[0]?.refused).toBeDefined();
    },
  );

  test('a look that got lost is made up for at the next heartbeat', async () => {
    await live();
    await browser.database.addUnsent({ id: 'm', conversation: CHAT, body: { type: 'text', text: 'x' }, written: 0 });
    await browser.clock.pass(6_000);
    expect(browser.server.messages(CHAT)).toHaveLength(1);
  });
});

describe('receiving', () => {
  test('a burst of 200 costs few transactions and one acknowledgement each', async () => {
    await live();
    browser.server.delayMillis = 1;
    const before = browser.writes;
    for (let at = 0; at < 200; at++) {
      browser.server.write(CHAT, 'bob', `${at}`);
      await browser.clock.pass(5);
    }
    await browser.clock.pass(500);
    expect(await texts()).toHaveLength(200);
    expect(browser.writes - before).toBeLessThanOrEqual(21);
    expect(received('delivered').length).toBeLessThanOrEqual(21);
    expect(received('delivered').at(-1)).toMatchObject({ conversation: CHAT, seq: 200 });
  });

  test('is told to pages once for all that came together', async () => {
    await live();
    for (let at = 0; at < 20; at++) browser.server.write(CHAT, 'bob', `${at}`);
    await browser.clock.pass(1_000);
    const news = told('changes').filter(({ messages }) => (messages?.length ?? 0) > 0);
    expect(news).toHaveLength(1);
    expect(news[0]?.chats?.[0]).toMatchObject({ unread: 20, head: 20 });
  });

  test('nothing is acknowledged while the disk is full, and nothing is lost by it', async () => {
    await live();
    browser.isFull = true;
    for (let at = 0; at < 10; at++) browser.server.write(CHAT, 'bob', `${at}`);
    await browser.clock.pass(8_000);
    expect(browser.link).toBe('storage-full');
    expect(received('delivered')).toEqual([]);
    browser.isFull = false;
    await browser.clock.pass(8_000);
    expect(browser.link).toBe('up-to-date');
    expect(await texts()).toHaveLength(10);
    expect(received('delivered').at(-1)?.seq).toBe(10);
  });

  test('more than the window comes over, as acknowledgements make room', async () => {
    browser.server.window = 10;
    for (let at = 0; at < 45; at++) browser.server.write(CHAT, 'bob', `${at}`);
    browser.start();
    await browser.clock.pass(5_000);
    expect(browser.link).toBe('up-to-date');
    expect(await texts()).toHaveLength(45);
  });

  test('what was acknowledged before a break is acknowledged again after it', async () => {
    await live();
    browser.server.write(CHAT, 'bob', 'one');
    await browser.clock.pass(200);
    browser.server.log(CHAT).cursor = 0; // as if the acknowledgement had been lost on its way
    browser.server.cut();
    await browser.clock.pass(3_000);
    expect(browser.server.log(CHAT).cursor).toBe(1);
    expect(await texts()).toEqual(['one']);
  });
});

describe('reading', () => {
  test('is told to the server, and again after each break until it is confirmed', async () => {
    await live();
    browser.server.write(CHAT, 'bob', 'one');
    await browser.clock.pass(500);
    browser.kill();
    await browser.read(CHAT, 1);
    expect(await chat()).toMatchObject({ read: 0, readWanted: 1, unread: 0 });
    browser.start();
    await browser.clock.pass(3_000);
    expect(browser.server.log(CHAT).read).toBe(1);
    expect(await chat()).toMatchObject({ read: 1, readWanted: 1 });
    const said = received('read').length;
    browser.server.cut();
    await browser.clock.pass(3_000);
    expect(received('read')).toHaveLength(said);
  });

  test('elsewhere while this browser was away is found in the list of conversations', async () => {
    await live();
    for (let at = 0; at < 3; at++) browser.server.write(CHAT, 'bob', `${at}`);
    await browser.clock.pass(90_000);
    expect((await chat()).unread).toBe(3);
    browser.kill();
    browser.server.readElsewhere(CHAT, 3);
    browser.start();
    await browser.clock.pass(5_000);
    expect((await chat()).unread).toBe(0);
  });
});

describe('a browser that is new', () => {
  beforeEach(() => {
    const { server } = browser;
    for (let at = 1; at <= 450; at++) server.write(CHAT, at % 3 === 0 ? 'alice' : 'bob', `${at}`);
    Object.assign(server.log(CHAT), { cursor: 450, read: 300, delivered: 450, blue: 299 });
    browser.linkedAt.set(CHAT, 450);
  });

  test('learns its conversations, what is unread, ticks and names from the server', async () => {
    await live();
    expect(await chat()).toMatchObject({ head: 450, heldFrom: 0, read: 300, unread: 100 });
    expect((await chat()).receipts).toEqual([{ user: 'bob', delivered: 450, read: 299 }]);
    expect((await browser.database.people()).map(({ name }) => name).sort()).toEqual(['ALICE', 'BOB']);
    expect(received('pull')).toEqual([]);
  });

  test('fetches older messages page by page, once however many wish, and says when there are none', async () => {
    await live();
    for (const heldFrom of [251, 51, 1, 1]) {
      browser.wish({ kind: 'older', conversation: CHAT });
      browser.wish({ kind: 'older', conversation: CHAT });
      await browser.clock.pass(1_000);
      expect(told('older-stored').at(-1)).toEqual({ kind: 'older-stored', conversation: CHAT, heldFrom });
    }
    expect(received('pull')).toHaveLength(3);
    expect(await texts()).toHaveLength(450);
    expect((await chat()).unread).toBe(100);
  });

  test('says so when older messages cannot be had', async () => {
    await live();
    browser.server.losesPulls = 1;
    browser.wish({ kind: 'older', conversation: CHAT });
    await browser.clock.pass(500);
    browser.server.cut();
    await browser.clock.pass(100);
    expect(told('older-failed')).toHaveLength(1);
  });
});

test('ticks that moved while this browser was away are asked for', async () => {
  await live();
  await browser.write(CHAT, 'hello');
  await browser.clock.pass(500);
  browser.kill();
  browser.server.reach(CHAT, 1, 1);
  browser.start();
  await browser.clock.pass(3_000);
  expect((await chat()).receipts).toEqual([{ user: 'bob', delivered: 1, read: 1 }]);
  const asked = received('receipts').length;
  browser.server.cut();
  await browser.clock.pass(3_000);
  expect(received('receipts')).toHaveLength(asked); // blue does not get bluer
});

describe('when ticks came', () => {
  test('what happens while this device is there has its time, what happened meanwhile is only before', async () => {
    const { server, clock } = browser;
    await live();
    await browser.write(CHAT, 'one');
    await clock.pass(1_000);
    const seen = clock.now();
    server.reach(CHAT, 1, 0);
    await clock.pass(1_000);
    expect((await chat()).marks).toEqual([
      { user: 'bob', delivered: [{ upTo: 1, at: expect.closeTo(seen, -3) }], read: [] },
    ]);

    await browser.write(CHAT, 'two');
    await clock.pass(1_000);
    browser.kill();
    server.reach(CHAT, 2, 2);
    await clock.pass(60 * 60_000);
    const back = clock.now();
    browser.start();
    await clock.pass(5_000);
    const [marks] = (await chat()).marks ?? [];
    expect(marks?.delivered[0]?.isLate).toBeUndefined();
    expect(marks?.delivered[1]).toMatchObject({ upTo: 2, isLate: true });
    expect(marks?.delivered[1]?.at).toBeGreaterThanOrEqual(back);
    expect(marks?.read).toMatchObject([{ upTo: 2, isLate: true }]);

    await browser.write(CHAT, 'three');
    await clock.pass(1_000);
    server.reach(CHAT, 3, 3);
    await clock.pass(1_000);
    expect((await chat()).marks?.[0]?.read.at(-1)).not.toHaveProperty('isLate');
  });
});

describe('who is online', () => {
  test('is watched for all pages together, and again after each break', async () => {
    await live();
    browser.wish({ kind: 'watching', page: 'one', users: ['bob'] });
    browser.wish({ kind: 'watching', page: 'two', users: ['bob', 'carol'] });
    await browser.clock.pass(500);
    expect(received('watch').map(({ users }) => users)).toEqual([['bob'], ['carol']]);
    browser.server.cut();
    await browser.clock.pass(3_000);
    expect(received('watch').at(-1)?.users).toEqual(['bob', 'carol']);
    expect(told('presence').at(-1)?.presence).toEqual({ user: 'carol', online: true });
  });

  test('is no longer watched for a page that has been silent for long', async () => {
    await live();
    browser.wish({ kind: 'watching', page: 'one', users: ['bob'] });
    await browser.clock.pass(170_000);
    expect(received('unwatch').map(({ users }) => users)).toEqual([['bob']]);
  });
});

test('typing is told at most once in 3 s for each conversation', async () => {
  await live();
  for (let at = 0; at < 30; at++) {
    browser.wish({ kind: 'typing', conversation: CHAT });
    browser.wish({ kind: 'typing', conversation: 'alice~carol' });
    await browser.clock.pass(200);
  }
  expect(received('typing')).toHaveLength(4);
});

test('a clock that is wrong is made up for by what the server says', async () => {
  browser.server.offset = -7_200_000;
  await live();
  const [first] = told('clock');
  expect(Math.abs((first?.offset ?? 0) + 7_200_000)).toBeLessThan(1_000);
  await browser.write(CHAT, 'hello');
  browser.server.write(CHAT, 'bob', 'reply');
  await browser.clock.pass(20_000);
  expect(await texts()).toHaveLength(2);
  expect(told('clock')).toHaveLength(1);
});

test('another worker takes over within a second when the first one dies in the midst of things', async () => {
  await live();
  for (const text of ['one', 'two', 'three']) await browser.write(CHAT, text);
  browser.server.write(CHAT, 'bob', 'between');
  await browser.clock.step(100);
  browser.start();
  await browser.clock.pass(1_000);
  expect(browser.link).toBe('up-to-date');
  await browser.clock.pass(2_000);
  expect((await texts()).filter((text) => text !== 'between')).toEqual(['one', 'two', 'three']);
  expect(told('owner')).toHaveLength(2);
});

test('a page that asks how it is hears the link, the node and the clock', async () => {
  await live();
  browser.news.length = 0;
  browser.wish({ kind: 'how-is-it' });
  expect(browser.news.map(({ kind }) => kind)).toEqual(['link', 'node', 'clock']);
});

describe('when its node is lost', () => {
  test('the browser goes on at another within a second: nothing lost, nothing doubled, and pages hear where', async () => {
    await live();
    expect(told('node')).toEqual([{ kind: 'node', node: NODES[0] }]);
    await browser.write(CHAT, 'one');
    browser.server.breaksAfterStoring = 1;
    browser.server.gone.add(NODES[0]);
    browser.server.write(CHAT, 'bob', 'meanwhile');
    await browser.write(CHAT, 'two');
    await browser.clock.pass(1_000);
    expect(browser.link).toBe('up-to-date');
    const there = browser.server.asked.at(-1);
    expect(there).not.toBe(NODES[0]);
    expect(told('node').at(-1)).toEqual({ kind: 'node', node: there });
    expect(browser.server.log(CHAT).entries).toHaveLength(3);
    expect([...(await texts())].sort()).toEqual(['meanwhile', 'one', 'two']);
  });

  test('a worker that starts later knows the others from the database', async () => {
    await live();
    browser.kill();
    browser.server.gone.add(NODES[0]);
    browser.start();
    await browser.clock.pass(1_000);
    expect(browser.link).toBe('up-to-date');
  });
});

test('without a login it says so and opens no socket', async () => {
  await browser.database.wipe();
  browser.start();
  await browser.clock.pass(60_000);
  expect(browser.link).toBe('logged-out');
  expect(browser.server.sockets).toBe(0);
});

test('when the login has ended, what is stored and unsent stays', async () => {
  await live();
  browser.isLoginEnded = true;
  await browser.write(CHAT, 'kept');
  browser.server.cut(4401);
  await browser.clock.pass(5_000);
  expect(browser.link).toBe('logged-out');
});
