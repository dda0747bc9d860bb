import 'fake-indexeddb/auto';
import { beforeEach, expect, test } from 'vitest';
import { Database } from './database.ts';
import { Nodes } from './nodes.ts';
import { seeded } from './simulation/clock.ts';

const OWN = 'https://chat.example';
const OTHERS = Array.from({ length: 5 }, (_, at) => `https://n${at + 1}.example`);

let named = 0;
let database: Database;
beforeEach(() => {
  named += 1;
  database = new Database(`nodes-${named}`);
});

function nodes(seed = 1): Nodes {
  return new Nodes({ origin: OWN, random: seeded(seed), database });
}
function round(of: Nodes): string[] {
  const all: string[] = [];
  const tried = new Set<string>();
  for (let node = of.untried(tried); node !== undefined; node = of.untried(tried)) {
    all.push(node);
    tried.add(node);
  }
  return all;
}

test('without a word there is where the page came from', () => {
  const alone = nodes();
  expect(round(alone)).toEqual([OWN]);
  expect(alone.failed()).toBeUndefined();
  expect(alone.current).toBe(OWN);
  expect(alone.hasOther).toBe(false);
});

test('the others stand in an order of this browser’s own, which it keeps', async () => {
  const orders = new Set<string>();
  for (let seed = 1; seed <= 20; seed++) {
    const some = nodes(seed);
    await some.learn([...OTHERS, OWN]);
    expect(some.current).toBe(OWN);
    expect([...round(some)].sort()).toEqual([OWN, ...OTHERS]);
    orders.add(round(some).join());
    const again = nodes(seed + 100);
    await again.load();
    expect(round(again)).toEqual(round(some));
    await again.learn([...OTHERS].reverse());
    expect(round(again)).toEqual(round(some));
  }
  expect(orders.size).toBeGreaterThan(5);
});

test('what is no node is passed over', async () => {
  const some = nodes();
  await some.learn([
    'https://n1.example',
    'https://n1.example',
    'javascript:alert(1)',
    'https://x/y',
    '',
    'https://a b',
  ]);
  expect(round(some)).toEqual([OWN, 'https://n1.example']);
});

test('a node that is no longer named is forgotten, but not while the connection stands there', async () => {
  const some = nodes();
  await some.learn(['https://n1.example', 'https://n2.example']);
  some.hold('https://n1.example');
  await some.learn(['https://n2.example']);
  expect(some.current).toBe('https://n1.example');
  some.release();
  await some.learn(['https://n2.example']);
  expect(some.current).toBe(OWN);
  expect(round(some)).toEqual([OWN, 'https://n2.example']);
});

test('each one is turned to soon, until all have failed', async () => {
  const some = nodes();
  await some.learn(OTHERS);
  for (let rounds = 0; rounds < 3; rounds++) {
    for (let failures = 0; failures < 5; failures++) {
      const wait = some.failed();
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(wait).toBeLessThanOrEqual(100);
    }
    expect(some.failed()).toBeUndefined();
  }
  some.failed();
  some.steady();
  expect(some.hasOther).toBe(true);
  for (let failures = 0; failures < 5; failures++) expect(some.failed()).toBeDefined();
  expect(some.failed()).toBeUndefined();
});
