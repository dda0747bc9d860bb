import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Notice } from './channel.ts';
import { Database } from './database.ts';
import { failureOf, LoginEnded, NetworkProblem, Rest, RestProblem, TooManyDevices } from './rest.ts';
import { SimulatedAccounts, SimulatedLocks } from './simulation/accounts.ts';
import { SimulatedClock, settled } from './simulation/clock.ts';

let named = 0;
let clock: SimulatedClock;
let server: SimulatedAccounts;
let database: Database;
let locks: SimulatedLocks;
let notices: Notice[];

function tab(): Rest {
  return new Rest({
    origin: 'https://parley.example',
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
    expect(await database.identity()).toEqual({ user: 'alice', uid: 'u-alice', device: '0000000000000001' });
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
