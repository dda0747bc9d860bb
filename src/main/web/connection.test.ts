import { beforeEach, describe, expect, test } from 'vitest';
import { Backoff } from './backoff.ts';
import { Connection } from './connection.ts';
import type { Link } from './model.ts';
import { Nodes } from './nodes.ts';
import type { SocketEvents } from './ports.ts';
import { printServerFrame, readClientFrame, type ServerFrame } from './protocol.ts';
import { LoginEnded, NetworkProblem, RestProblem } from './rest.ts';
import { SimulatedClock, seeded, settled } from './simulation/clock.ts';

interface Line {
  readonly node: string;
  readonly events: SocketEvents;
  readonly sent: string[];
  isClosed: boolean;
}

let clock: SimulatedClock;
let lines: Line[];
let links: Link[];
let losses: boolean[];
let tokens: (boolean | Error)[];
let heard: ServerFrame[];
let connection: Connection;
let nodes: Nodes;

const [ONE, TWO, THREE] = ['https://n1.example', 'https://n2.example', 'https://n3.example'];

beforeEach(() => {
  clock = new SimulatedClock();
  [lines, links, losses, tokens, heard] = [[], [], [], [], []];
  const database = { nodes: async () => [], keepNodes: async () => {} };
  nodes = new Nodes({ origin: ONE, random: () => 0.5, database });
  connection = new Connection(
    {
      clock,
      nodes,
      random: seeded(1),
      open: (node, events) => {
        const line: Line = { node, events, sent: [], isClosed: false };
        lines.push(line);
        return {
          send: (text) => void line.sent.push(text),
          close: () => {
            line.isClosed = true;
          },
        };
      },
      token: async (isRefused) => {
        const answer = tokens.shift();
        if (answer instanceof Error) throw answer;
        return isRefused ? 'renewed' : 'token';
      },
    },
    {
      frame: (frame) => void heard.push(frame),
      lost: (isOursToBlame) => void losses.push(isOursToBlame),
      link: (link) => void links.push(link),
    },
  );
});

function line(): Line {
  const last = lines.at(-1);
  if (last === undefined) throw new Error('no socket was opened');
  return last;
}
function says(frame: ServerFrame): void {
  line().events.received(printServerFrame(frame));
}
const WELCOME: ServerFrame = {
  type: 'welcome',
  user: 'alice',
  uid: 'u',
  device: '00a1b2c3d4e5f607',
  heartbeatSeconds: 5,
  limits: {
    frameBytes: 1,
    bodyBytes: 1,
    textCharacters: 1,
    pageEntries: 1,
    window: 1,
    watch: 1,
    inFlight: 1,
    messagesPerSecond: 1,
    burst: 1,
  },
  time: 0,
};
async function live(): Promise<void> {
  connection.start();
  await settled();
  line().events.opened();
  says(WELCOME);
}
async function closes(code: number): Promise<void> {
  line().events.closed(code);
  await settled();
}
function state(): string | undefined {
  return links.at(-1)?.state;
}
/** The server is alive: it answers every heartbeat. */
async function passAnswered(millis: number): Promise<void> {
  for (let passed = 0; passed < millis; passed += 1000) {
    await clock.pass(1000);
    if (connection.isLive) says({ type: 'heartbeat', time: 0 });
  }
}

test('says hello with the token, nothing before it, and is live with the welcome', async () => {
  connection.start();
  await settled();
  expect(line().sent).toEqual([]);
  line().events.opened();
  expect(line().sent).toEqual(['{"type":"hello","token":"token"}']);
  expect(connection.send({ type: 'heartbeat' })).toBe(false);
  says(WELCOME);
  expect(connection.send({ type: 'heartbeat' })).toBe(true);
  expect(links.map((link) => link.state)).toEqual(['connecting', 'catching-up']);
  says({ type: 'caught-up' });
  expect(state()).toBe('up-to-date');
  expect(heard.map((frame) => frame.type)).toEqual(['welcome', 'caught-up']);
});

test('sends a heartbeat as often as the welcome says', async () => {
  await live();
  await passAnswered(20_000);
  expect(
    line()
      .sent.slice(1)
      .map((text) => readClientFrame(text).type),
  ).toEqual(Array(4).fill('heartbeat'));
});

test('a link on which nothing comes for 15 s is dead', async () => {
  await live();
  await clock.pass(14_900);
  expect(line().isClosed).toBe(false);
  await clock.pass(200);
  expect(lines[0]?.isClosed).toBe(true);
  expect(losses).toEqual([false]);
});

test('so is a socket that never opens', async () => {
  connection.start();
  await clock.pass(15_100);
  expect(lines[0]?.isClosed).toBe(true);
  expect(state()).toBe('offline');
});

test('a late word of an earlier socket changes nothing', async () => {
  await live();
  const first = line();
  await closes(1006);
  await clock.pass(2_000);
  expect(lines).toHaveLength(2);
  first.events.received('{"type":"caught-up"}');
  first.events.closed(4409);
  expect(state()).toBe('connecting');
});

test('a frame that cannot be read is a broken link, one of a later protocol is not', async () => {
  await live();
  line().events.received('{"type":"reaction"}');
  expect(connection.isLive).toBe(true);
  line().events.received('{"type":"sent","seq":-1}');
  expect(connection.isLive).toBe(false);
  expect(heard.map((frame) => frame.type)).toEqual(['welcome']);
});

describe('closes', () => {
  test.each([1006, 1012, 1013, 4408])('%i: comes back with growing, jittered back-off', async (code) => {
    await live();
    const waits: number[] = [];
    for (let round = 0; round < 8; round++) {
      await closes(code);
      const link = links.at(-1);
      if (link?.state !== 'offline' || link.retryAt === undefined) throw new Error('not waiting');
      waits.push(link.retryAt - clock.now());
      await clock.pass(link.retryAt - clock.now());
    }
    expect(waits[0]).toBeLessThanOrEqual(500);
    expect(waits.at(-1)).toBeGreaterThanOrEqual(15_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_000);
    expect(new Set(waits).size).toBe(8);
  });

  test('back-off begins anew only after a connection that lasted', async () => {
    await live();
    for (let round = 0; round < 5; round++) {
      await closes(1006);
      await clock.pass(retryIn());
      line().events.opened();
      says(WELCOME);
    }
    await closes(1006);
    expect(retryIn()).toBeGreaterThan(5_000);
    await clock.pass(retryIn());
    line().events.opened();
    says(WELCOME);
    await passAnswered(11_000);
    await closes(1006);
    expect(retryIn()).toBeLessThanOrEqual(500);
  });

  test('1012 after bye: comes back after the delay that the bye named', async () => {
    await live();
    says({ type: 'bye', reason: 'restart', reconnectAfterMillis: 1_250 });
    await closes(1012);
    expect(retryIn()).toBe(1_250);
  });

  test('4401: a new token once, then the login has ended', async () => {
    await live();
    await closes(4401);
    line().events.opened();
    expect(line().sent).toEqual(['{"type":"hello","token":"renewed"}']);
    await closes(4401);
    expect(state()).toBe('logged-out');
    await clock.pass(600_000);
    connection.connectNow();
    expect(lines).toHaveLength(2);
    connection.loggedIn();
    await settled();
    expect(lines).toHaveLength(3);
  });

  test('4401 long after a renewed token worked is answered with a new token again', async () => {
    await live();
    await closes(4401);
    line().events.opened();
    says(WELCOME);
    await passAnswered(11_000);
    await closes(4401);
    expect(lines).toHaveLength(3);
  });

  test('4409: stays closed until the person acts', async () => {
    await live();
    await closes(4409);
    expect(state()).toBe('elsewhere');
    await clock.pass(600_000);
    connection.connectNow();
    await settled();
    expect(lines).toHaveLength(1);
    connection.useHere();
    await settled();
    expect(lines).toHaveLength(2);
  });

  test('4429: comes back after the time that the error before named, and not earlier whoever asks', async () => {
    connection.start();
    await settled();
    line().events.opened();
    says({ type: 'error', code: 'rate-limited', message: 'too many', retryAfterSeconds: 7 });
    await closes(4429);
    expect(retryIn()).toBe(7_000);
    connection.connectNow();
    await clock.pass(6_900);
    expect(lines).toHaveLength(1);
    await clock.pass(200);
    expect(lines).toHaveLength(2);
  });

  test.each([1008, 1009])('%i: whatever was in flight is to blame, and it connects again', async (code) => {
    await live();
    await closes(code);
    expect(losses).toEqual([true]);
    await clock.pass(1_000);
    expect(lines).toHaveLength(2);
  });
});

describe('the token', () => {
  test('that cannot be had because the login has ended ends it here too', async () => {
    tokens = [new LoginEnded()];
    connection.start();
    await settled();
    expect(state()).toBe('logged-out');
    expect(lines).toHaveLength(0);
  });
  test('that cannot be had for want of a network is asked for again', async () => {
    tokens = [new NetworkProblem(), new RestProblem(503, 'unavailable', '', 2)];
    connection.start();
    await clock.pass(600);
    expect(retryIn()).toBeGreaterThan(1_000);
    await clock.pass(2_000);
    expect(lines).toHaveLength(1);
  });
});

describe('the network, as the browser or the person says', () => {
  test('is back: at once, not after the wait', async () => {
    await live();
    for (let round = 0; round < 6; round++) {
      await closes(1006);
      await clock.pass(retryIn());
    }
    await closes(1006);
    const before = lines.length;
    connection.connectNow();
    await settled();
    expect(lines).toHaveLength(before + 1);
  });

  test('is gone: shown at once, and taken back when the server answers all the same', async () => {
    await live();
    says({ type: 'caught-up' });
    connection.offline();
    expect(state()).toBe('offline');
    expect(line().sent.at(-1)).toBe('{"type":"heartbeat"}');
    says({ type: 'heartbeat', time: 0 });
    expect(state()).toBe('up-to-date');
    expect(lines).toHaveLength(1);
  });

  test('is gone: without an answer the link is given up after 5 s', async () => {
    await live();
    connection.offline();
    await clock.pass(5_100);
    expect(losses).toEqual([false]);
  });
});

describe('several nodes', () => {
  beforeEach(() => nodes.learn([ONE, TWO, THREE]));

  function visited(): string[] {
    return lines.map(({ node }) => node);
  }

  test('the page’s own comes first; when it is lost, another is tried within 100 ms, and no word is made of it', async () => {
    await live();
    says({ type: 'caught-up' });
    expect(visited()).toEqual([ONE]);
    await closes(1006);
    expect(state()).toBe('connecting');
    await clock.pass(100);
    expect(lines).toHaveLength(2);
    expect(line().node).not.toBe(ONE);
    line().events.opened();
    says(WELCOME);
    expect(connection.isLive).toBe(true);
  });

  test('stays where it is: the first one is not gone back to', async () => {
    await live();
    await closes(1006);
    await clock.pass(100);
    line().events.opened();
    says(WELCOME);
    const there = line().node;
    await passAnswered(600_000);
    expect(lines).toHaveLength(2);
    expect(nodes.current).toBe(there);
  });

  test('all of them are tried before it waits, and then the waits grow as with one', async () => {
    await live();
    const waits: number[] = [];
    for (let round = 0; round < 4; round++) {
      for (let failed = 1; failed < 3; failed++) {
        await closes(1006);
        await clock.pass(100);
      }
      await closes(1006);
      waits.push(retryIn());
      await clock.pass(retryIn());
    }
    expect(new Set(visited().slice(0, 3)).size).toBe(3);
    expect(visited().slice(3, 6)).toEqual(visited().slice(0, 3));
    expect(waits[0]).toBeLessThanOrEqual(500);
    expect(waits.at(-1)).toBeGreaterThanOrEqual(2_000);
  });

  test('one that takes connections and drops them does not keep it busy', async () => {
    await live();
    for (let round = 0; round < 20; round++) {
      await closes(1013);
      await clock.pass(100);
      line().events.opened();
      if (line().sent.length > 0) says(WELCOME);
    }
    expect(lines.length).toBeLessThan(10); // in 2 s
  });

  test('one whose machine does not answer is left after 5 s, the last one not before 15 s', async () => {
    connection.start();
    await clock.pass(5_200);
    await clock.pass(5_200);
    expect(visited()).toHaveLength(3);
    await clock.pass(14_000);
    expect(line().isClosed).toBe(false);
  });

  test('one that opens and is slow with the welcome is waited for', async () => {
    connection.start();
    await settled();
    line().events.opened();
    await clock.pass(12_000);
    expect(lines).toHaveLength(1);
    says(WELCOME);
    expect(connection.isLive).toBe(true);
  });

  test('after a bye the next one, when the bye said', async () => {
    await live();
    says({ type: 'bye', reason: 'restart', reconnectAfterMillis: 1_250 });
    await closes(1012);
    expect(retryIn()).toBe(1_250);
    await clock.pass(1_250);
    expect(line().node).not.toBe(ONE);
  });

  test('a refused token is no reason to go elsewhere, nor is another place of this device', async () => {
    await live();
    await closes(4401);
    expect(visited()).toEqual([ONE, ONE]);
    line().events.opened();
    says(WELCOME);
    await closes(4409);
    connection.useHere();
    await settled();
    expect(visited()).toEqual([ONE, ONE, ONE]);
  });

  test('a call that fails moves nothing while the connection stands', async () => {
    await live();
    nodes.leave(ONE);
    expect(nodes.current).toBe(ONE);
    await closes(1006);
    const next = nodes.current;
    nodes.leave(next);
    expect(nodes.current).not.toBe(next);
  });
});

test('a stopped connection does nothing more', async () => {
  await live();
  connection.stop();
  expect(line().isClosed).toBe(true);
  await clock.pass(600_000);
  expect(lines).toHaveLength(1);
  expect(losses).toEqual([]);
});

test('back-off doubles up to its end, each step between half and all of it', () => {
  const all = new Backoff(() => 1, 100, 800);
  expect(Array.from({ length: 5 }, () => all.next())).toEqual([100, 200, 400, 800, 800]);
  const half = new Backoff(() => 0, 100, 800);
  expect(Array.from({ length: 5 }, () => half.next())).toEqual([50, 100, 200, 400, 400]);
  all.reset();
  expect(all.next()).toBe(100);
});

function retryIn(): number {
  const link = links.at(-1);
  if (link?.state !== 'offline' || link.retryAt === undefined) throw new Error(`not waiting but ${link?.state}`);
  return link.retryAt - clock.now();
}
