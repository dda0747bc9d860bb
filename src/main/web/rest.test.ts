import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Notice } from './channel.ts';
import { Database } from './database.ts';
import { Nodes } from './nodes.ts';
import { failureOf, LoginEnded, NetworkProblem, Rest, RestProblem, TooManyDevices } from './rest.ts';
import { SimulatedAccounts, SimulatedLocks } from './simulation/accounts.ts';
import { SimulatedClock, settled } from './simulation/clock.ts';

let named = 0;
let clock: SimulatedClock;
let server: SimulatedAccounts;
let database: Database;
let locks: SimulatedLocks;
let notices: Notice[];

const [HERE, THERE, BEYOND] = ['https://parley.example', 'https://n2.example', 'https://n3.example'];

function tab(nodes = new Nodes({ origin: HERE, random: () => 0.5, database })): Rest {
  return new Rest({
    nodes,
    fetch: server.fetch,
    database,
    locks,
    clock,
    announce: (notice) => void notices.push(notice),
    device: { name: 'Firefox on Linux', platform: 'web' },
  });
}

beforeEach(() => {
  named += 1;
  clock = new SimulatedClock();
  server = new SimulatedAccounts(clock);
  database = new Database(`rest-${named}`);
  locks = new SimulatedLocks();
  notices = [];
});

async function loggedIn(): Promise<Rest> {
  const rest = tab();
  await rest.login('alice', 'correct horse');
  return rest;
}
/** Simulated time passes until the call has its answer. */
async function passing<T>(call: Promise<T>, millis = 60_000): Promise<T> {
  call.catch(() => {});
  let isDone = false;
  call
    .finally(() => {
      isDone = true;
    })
    .catch(() => {});
  for (let passed = 0; !isDone && passed < millis; passed += 100) {
    await clock.pass(100);
    await databaseAtRest();
  }
  return call;
}
async function databaseAtRest(): Promise<void> {
  for (let round = 0; round < 5; round++) await settled();
}

describe('login', () => {
  test('keeps who it is and the refresh token, and says so', async () => {
    await loggedIn();
    expect(await database.identity()).toEqual({ user: 'alice', uid: 'u-alice', device: '0000000000000001', login: 1 });
    expect(await database.refreshToken()).toBe('refresh-1');
    expect(notices).toEqual([{ kind: 'logged-in' }]);
    expect(server.told[0]?.body['device']).toEqual({ name: 'Firefox on Linux', platform: 'web' });
  });

  test('of the same person on the same browser is the same device again and keeps what is unsent', async () => {
    await loggedIn();
    await database.addUnsent({ id: 'm', conversation: 'alice~bob', body: { type: 'text', text: 'x' }, written: 1 });
    await tab().login('alice', 'correct horse');
    expect(server.told[1]?.body['device']).toMatchObject({ id: '0000000000000001' });
    expect(await database.unsent()).toHaveLength(1);
    expect(notices).toEqual([{ kind: 'logged-in' }, { kind: 'logged-in' }]);
  });

  test('of another person finds an empty browser, and tells every tab to forget', async () => {
    await loggedIn();
    await database.addUnsent({ id: 'm', conversation: 'alice~bob', body: { type: 'text', text: 'x' }, written: 1 });
    await tab().login('carol', 'correct horse');
    expect(server.told[1]?.body['device']).not.toHaveProperty('id');
    expect(await database.unsent()).toEqual([]);
    expect(notices.slice(1)).toEqual([{ kind: 'forget' }, { kind: 'logged-in' }]);
  });

  test('of a 17th device says which are linked, so that one can give way', async () => {
    server.isFull = true;
    const refused = await tab()
      .login('alice', 'correct horse')
      .catch((problem: unknown) => problem);
    expect(refused).toBeInstanceOf(TooManyDevices);
    expect(failureOf(refused)).toMatchObject({
      code: 'conflict',
      devices: [{ device: '00a1b2c3d4e5f607', name: 'old' }],
    });
    await tab().login('alice', 'correct horse', '00a1b2c3d4e5f607');
    expect(server.told.at(-1)?.body['replace']).toBe('00a1b2c3d4e5f607');
  });
});

describe('the access token', () => {
  test('is used until shortly before its end, by how long it lasts and not by the clock of this device', async () => {
    const rest = await loggedIn(); // the simulated expiresAt has long passed
    await rest.user('bob');
    await clock.pass(860_000);
    await rest.user('bob');
    expect(server.calls('/v1/login/refresh')).toHaveLength(0);
    await clock.pass(15_000);
    await rest.user('bob');
    expect(server.calls('/v1/login/refresh')).toHaveLength(1);
  });

  test('that is refused is renewed once, and the call is made again', async () => {
    const rest = await loggedIn();
    server.revokeAccess();
    expect(await rest.user('bob')).toEqual({ user: 'bob', name: 'Bob B.', uid: 'u-bob' });
    expect(server.calls('/v1/login/refresh')).toHaveLength(1);
  });

  test('that is refused again is told, not asked for without end', async () => {
    const rest = await loggedIn();
    server.tokenMillis = 0;
    server.revokeAccess();
    await expect(rest.user('bob')).rejects.toMatchObject({ status: 401 });
    expect(server.calls('/v1/users/bob')).toHaveLength(2);
  });

  test('and the refresh token never stand in an address', async () => {
    const rest = await loggedIn();
    server.revokeAccess();
    await rest.user('bob');
    for (const { url } of server.told) expect(url).not.toMatch(/e30|refresh-\d/);
  });
});

describe('the refresh token', () => {
  test('is used by two tabs at once without either losing the login', async () => {
    const [one, other] = [await loggedIn(), tab()];
    server.revokeAccess();
    one.forget();
    const tokens = await Promise.all([one.token(), other.token(), one.token()]);
    expect(tokens.every((token) => token.startsWith('e30.'))).toBe(true);
    expect(server.isRevoked).toBe(false);
    await clock.pass(40_000);
    server.revokeAccess();
    await Promise.all([one.user('bob'), other.user('bob')]);
    expect(server.isRevoked).toBe(false);
  });

  test('works again when its answer got lost', async () => {
    const rest = await loggedIn();
    rest.forget();
    server.losesAnswers = 1;
    await passing(rest.token());
    expect(server.isRevoked).toBe(false);
    expect(await database.refreshToken()).toBe('refresh-2');
    await clock.pass(60_000);
    rest.forget();
    await rest.token();
    expect(await database.refreshToken()).toBe('refresh-3');
  });

  test('stays as it is when the network is away', async () => {
    const rest = await loggedIn();
    rest.forget();
    server.losesCalls = 9;
    await expect(passing(rest.token())).rejects.toThrow(NetworkProblem);
    expect(await database.refreshToken()).toBe('refresh-1');
  });

  test('that the server refuses ends the login, and what is unsent stays', async () => {
    const rest = await loggedIn();
    await database.addUnsent({ id: 'm', conversation: 'alice~bob', body: { type: 'text', text: 'x' }, written: 1 });
    server.isRevoked = true;
    rest.forget();
    await expect(rest.token()).rejects.toThrow(LoginEnded);
    await expect(rest.token()).rejects.toThrow(LoginEnded);
    expect(server.calls('/v1/login/refresh')).toHaveLength(1);
    expect(await database.unsent()).toHaveLength(1);
    expect((await database.identity())?.user).toBe('alice');
  });

  test('of a disabled account ends the login too', async () => {
    const rest = await loggedIn();
    server.isDisabled = true;
    rest.forget();
    await expect(rest.token()).rejects.toThrow(LoginEnded);
  });

  test('is asked for by nobody where nobody is logged in', async () => {
    await expect(tab().token()).rejects.toThrow(LoginEnded);
    expect(server.told).toEqual([]);
  });
});

describe('logout', () => {
  test('leaves nothing on this browser', async () => {
    const rest = await loggedIn();
    await database.keepDraft('alice~bob', 'secret');
    await rest.logout();
    expect(await database.identity()).toBeUndefined();
    expect((await database.drafts()).size).toBe(0);
    expect(notices.at(-1)).toEqual({ kind: 'forget' });
  });

  test('without a network keeps everything, so that the device does not stay linked unseen', async () => {
    const rest = await loggedIn();
    server.losesCalls = 1;
    await expect(rest.logout()).rejects.toThrow(NetworkProblem);
    expect(await database.identity()).toBeDefined();
  });

  test('after the login has ended needs no server', async () => {
    const rest = await loggedIn();
    server.isRevoked = true;
    server.revokeAccess();
    await rest.logout();
    expect(await database.identity()).toBeUndefined();
  });
});

test('the list of conversations is read page by page', async () => {
  const rest = await loggedIn();
  const all = [];
  for await (const page of rest.conversations(Date.UTC(2026, 10, 24))) all.push(...page);
  expect(all.map(({ conversation }) => conversation)).toEqual(['alice~bob0', 'alice~bob1', 'alice~bob2']);
  expect(all[0]).toMatchObject({ head: 3, read: 1, unread: 2, last: { seq: 3, conversation: 'alice~bob0' } });
  const [first] = server.calls('/v1/conversations');
  expect(new URL(first?.url ?? '').searchParams.get('updatedAfter')).toBe('2026-11-24T00:00:00.000Z');
});

describe('several nodes', () => {
  let nodes: Nodes;
  let rest: Rest;

  beforeEach(async () => {
    server.nodes = [HERE, THERE, BEYOND];
    nodes = new Nodes({ origin: HERE, random: () => 0.99, database }); // which leaves them in their order
    rest = tab(nodes);
    expect(await rest.learnNodes()).toBe(true);
    await rest.login('alice', 'correct horse');
  });
  function asked(path: string): string[] {
    return server.calls(path).map(({ url }) => new URL(url).origin);
  }

  test('a call goes to the next one when the first is gone, and later calls begin there', async () => {
    server.gone.add(HERE);
    await rest.user('bob');
    await rest.user('bob');
    server.gone.clear();
    await rest.user('bob');
    expect(asked('/v1/users/bob')).toEqual([THERE, THERE, THERE]);
  });

  test('a page that never asked finds them in the database, though the node it came from is gone', async () => {
    server.gone.add(HERE);
    const other = tab();
    expect(await other.user('bob')).toMatchObject({ user: 'bob' });
    expect(asked('/v1/users/bob')).toEqual([THERE]);
  });

  test('where none answers, each was asked once', async () => {
    server.losesAnswers = 9;
    await expect(rest.user('bob')).rejects.toThrow(NetworkProblem);
    expect(asked('/v1/users/bob')).toEqual([HERE, THERE, BEYOND]);
  });

  test('one that says it cannot is as good as one that is gone; a refusal is the same everywhere', async () => {
    server.unready.add(HERE);
    await rest.user('bob');
    expect(asked('/v1/users/bob')).toEqual([HERE, THERE]);
    await expect(rest.devices()).rejects.toMatchObject({ status: 404 });
    expect(asked('/v1/devices')).toEqual([THERE]);
  });

  test('one that does not answer at all is left after 10 s', async () => {
    server.isSilent = true;
    const answer = rest.user('bob');
    answer.catch(() => {});
    await clock.pass(9_900);
    expect(nodes.current).toBe(HERE);
    await clock.pass(200);
    await databaseAtRest();
    expect(nodes.current).toBe(THERE);
    server.isSilent = false;
    await expect(passing(answer)).resolves.toMatchObject({ user: 'bob' });
  });

  test('a password is changed at one that is there, and never tried twice', async () => {
    server.gone.add(HERE);
    await rest.changePassword('old', 'new');
    expect(asked('/v1/password')).toEqual([THERE]);
    server.gone.clear();
    await rest.user('bob');
    const before = server.told.length;
    let lost = false;
    const { fetch } = server;
    const losing = new Rest({
      nodes,
      fetch: async (input, init) => {
        const answer = await fetch(input, init);
        if (!String(input).endsWith('/v1/password')) return answer;
        lost = true;
        throw new TypeError('network');
      },
      database,
      locks,
      clock,
      announce: () => {},
      device: { name: '', platform: '' },
    });
    await expect(losing.changePassword('old', 'new')).rejects.toThrow(NetworkProblem);
    expect(lost).toBe(true);
    expect(server.told.slice(before).filter(({ url }) => url.endsWith('/v1/password'))).toHaveLength(1);
  });

  test('a new device is linked once: at one that is there, elsewhere only after `unavailable`', async () => {
    await database.wipe();
    const fresh = tab(nodes);
    server.gone.add(HERE);
    await nodes.learn([HERE, THERE, BEYOND]);
    await fresh.login('carol', 'correct horse');
    expect(asked('/v1/login')).toEqual([HERE, THERE]);
    await database.wipe();
    server.gone.clear();
    server.unready.add(THERE);
    await fresh.login('dora', 'correct horse');
    expect(asked('/v1/login').slice(2)).not.toContain(HERE); // which was left before
    expect(asked('/v1/login').at(-1)).toBe(BEYOND);
  });

  test('a device that was unlinked though the answer was lost is unlinked', async () => {
    server.losesAnswers = 1;
    await rest.unlink('00a1b2c3d4e5f607');
    expect(asked('/v1/devices/00a1b2c3d4e5f607')).toEqual([HERE, THERE]);
    await expect(rest.unlink('00a1b2c3d4e5f607')).rejects.toMatchObject({ status: 404 });
  });

  test('the refresh token survives a node that dies with its answer', async () => {
    rest.forget();
    server.losesAnswers = 1;
    await rest.token();
    expect(asked('/v1/login/refresh')).toEqual([HERE, THERE]);
    expect(server.isRevoked).toBe(false);
    expect(await database.refreshToken()).toBe('refresh-2');
  });

  test('and is not used again so late that it would cost the device', async () => {
    rest.forget();
    server.isSilent = true;
    const began = clock.now();
    await expect(passing(rest.token(), 120_000)).rejects.toThrow(NetworkProblem);
    expect(clock.now() - began).toBeLessThan(30_000);
  });

  test('whoever is told where the worker is begins there', async () => {
    nodes.turnTo(BEYOND);
    await rest.user('bob');
    expect(asked('/v1/users/bob')).toEqual([BEYOND]);
  });
});

test('a server that does not answer is a network problem after 20 s', async () => {
  const rest = await loggedIn();
  server.isSilent = true;
  await expect(passing(rest.user('bob'))).rejects.toThrow(NetworkProblem);
});

test('a refusal says its code, and when to come again', () => {
  expect(failureOf(new RestProblem(429, 'rate-limited', 'wait', 7))).toEqual({
    code: 'rate-limited',
    detail: 'wait',
    retryAfterSeconds: 7,
  });
  expect(failureOf(new NetworkProblem())).toMatchObject({ code: 'network' });
});
