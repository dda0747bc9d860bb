import type { Clock, Locks } from '../ports.ts';

interface Told {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | null;
  readonly body: Record<string, unknown>;
}

/** The account calls of a server as docs/protocol.md has them, tokens that work once included. Answers can get lost. */
export class SimulatedAccounts {
  readonly told: Told[] = [];
  readonly #clock: Clock;
  /** The answers to the next so many calls get lost after the server has done what was asked. */
  losesAnswers = 0;
  /** The next so many calls do not reach the server. */
  losesCalls = 0;
  /** Nodes that refuse connections. */
  readonly gone = new Set<string>();
  /** Nodes that say `unavailable`. */
  readonly unready = new Set<string>();
  nodes: readonly string[] = [];
  isFull = false;
  isSilent = false;
  tokenMillis = 900_000;
  isRevoked = false;
  isDisabled = false;
  #pair = 0;
  #previousAt = Number.NEGATIVE_INFINITY;
  #device = 0;
  #access = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const request = new Request(input as string, init as RequestInit);
    const body = request.method === 'GET' ? {} : await readJson(request);
    if (this.isSilent)
      return new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('aborted'))));
    if (this.gone.has(new URL(request.url).origin)) throw new TypeError('network');
    if (this.losesCalls > 0) {
      this.losesCalls -= 1;
      throw new TypeError('network');
    }
    const told: Told = {
      method: request.method,
      url: request.url,
      authorization: request.headers.get('Authorization'),
      body,
    };
    this.told.push(told);
    const answer = this.unready.has(new URL(request.url).origin) ? problem(503, 'unavailable') : this.#answer(told);
    if (this.losesAnswers > 0) {
      this.losesAnswers -= 1;
      throw new TypeError('network');
    }
    return answer;
  };

  calls(path: string): Told[] {
    return this.told.filter(({ url }) => new URL(url).pathname === path);
  }

  /** All access tokens of the device are refused from now on. */
  revokeAccess(): void {
    this.#access.clear();
  }

  #answer({ url, authorization, body }: Told): Response {
    const { pathname, searchParams } = new URL(url);
    if (pathname === '/v1/nodes') return json(200, { nodes: this.nodes });
    if (pathname === '/v1/login') return this.#login(body);
    if (pathname === '/v1/login/refresh') return this.#refresh(body);
    const until = this.#access.get(authorization?.replace('Bearer ', '') ?? '') ?? 0;
    if (until <= this.#clock.now()) return problem(401, 'unauthenticated');
    if (pathname === '/v1/password') return new Response(null, { status: 204 });
    if (pathname.startsWith('/v1/devices/')) return this.#unlink(pathname);
    if (pathname === '/v1/logout') return new Response(null, { status: 204 });
    if (pathname.startsWith('/v1/users/')) return json(200, { user: 'bob', name: 'Bob B.', uid: 'u-bob' });
    if (pathname === '/v1/conversations') return this.#conversations(searchParams);
    return problem(404, 'not-found');
  }

  #login({ user, device, replace }: Record<string, unknown>): Response {
    const devices = [{ device: '00a1b2c3d4e5f607', name: 'old', platform: 'web', linked: TIME, current: false }];
    if (this.isFull && replace === undefined) return problem(409, 'conflict', {}, { devices });
    const { id } = device as { id?: string };
    this.#device += id === undefined ? 1 : 0;
    return this.#tokens(String(user), id ?? `${this.#device}`.padStart(16, '0'));
  }

  #refresh({ refreshToken }: Record<string, unknown>): Response {
    if (this.isDisabled) return problem(403, 'forbidden');
    const isLast = refreshToken === `refresh-${this.#pair}`;
    const isPrevious = refreshToken === `refresh-${this.#pair - 1}` && this.#clock.now() - this.#previousAt < 30_000;
    if (!isLast && !isPrevious) this.isRevoked = true;
    if (this.isRevoked) return problem(401, 'unauthenticated');
    return isPrevious ? this.#pairOf('alice', '0000000000000001') : this.#tokens('alice', '0000000000000001');
  }

  readonly #unlinked = new Set<string>();
  #unlink(path: string): Response {
    if (this.#unlinked.has(path)) return problem(404, 'not-found');
    this.#unlinked.add(path);
    return new Response(null, { status: 204 });
  }

  #tokens(user: string, device: string): Response {
    this.#pair += 1;
    this.#previousAt = this.#clock.now();
    return this.#pairOf(user, device);
  }

  #pairOf(user: string, device: string): Response {
    const claims = btoa(JSON.stringify({ iat: 0, exp: this.tokenMillis / 1000, pair: this.#pair }));
    const token = `e30.${claims}.c2ln`;
    this.#access.set(token, this.#clock.now() + this.tokenMillis);
    return json(200, { token, expiresAt: TIME, refreshToken: `refresh-${this.#pair}`, device, user, uid: `u-${user}` });
  }

  #conversations(query: URLSearchParams): Response {
    const page = Number(query.get('cursor') ?? '0');
    const item = {
      conversation: `alice~bob${page}`,
      head: 3,
      last: {
        seq: 3,
        id: 'm3',
        from: 'bob',
        device: '11a1b2c3d4e5f607',
        time: TIME,
        body: { type: 'text', text: 'hi' },
      },
      delivered: 3,
      read: 1,
      unread: 2,
      receipts: [{ user: 'bob', delivered: 2, read: 1 }],
      updated: TIME,
    };
    return json(200, { conversations: [item], ...(page < 2 ? { cursor: `${page + 1}` } : {}) });
  }
}

const TIME = '2026-11-24T08:00:00.000Z';

async function readJson(request: Request): Promise<Record<string, unknown>> {
  const text = await request.text();
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

function json(status: number, body: object, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

function problem(status: number, code: string, headers: Record<string, string> = {}, more: object = {}): Response {
  return json(status, { type: 'about:blank', title: '', status, code, detail: `because of ${code}`, ...more }, headers);
}

/** The locks of one browser. */
export class SimulatedLocks implements Locks {
  readonly #tails = new Map<string, Promise<unknown>>();

  hold<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(name) ?? Promise.resolve();
    const held = before.then(work, work);
    this.#tails.set(
      name,
      held.catch(() => {}),
    );
    return held;
  }
}
