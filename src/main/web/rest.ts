import { StorageFailed, StorageFull } from './archive.ts';
import { type Notice, TOKEN_LOCK } from './channel.ts';
import type { Database } from './database.ts';
import type { Summary } from './holding.ts';
import { messageOf } from './log.ts';
import type { Identity, Person, Presence, Receipt } from './model.ts';
import type { Nodes } from './nodes.ts';
import type { Clock, Locks } from './ports.ts';
import { readEntry, readTime } from './protocol.ts';
import type { Account, Failure, LinkedDevice, Privacy } from './services.ts';
import { Forgotten } from './storage.ts';

/** The server refused: with the protocol's code. */
export class RestProblem extends Error {
  override readonly name: string = 'RestProblem';
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, code: string, detail: string, retryAfterSeconds?: number) {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** All places for devices are taken: log in again and name one that gives way. */
export class TooManyDevices extends RestProblem {
  override readonly name = 'TooManyDevices';
  readonly devices: readonly LinkedDevice[];

  constructor(status: number, code: string, detail: string, devices: readonly LinkedDevice[]) {
    super(status, code, detail);
    this.devices = devices;
  }
}

/** No answer, or none in time: it is not known whether the server did what was asked. */
export class NetworkProblem extends Error {
  override readonly name = 'NetworkProblem';
}

/** There is no login on this browser, or it has ended: only the person can help, by logging in. */
export class LoginEnded extends Error {
  override readonly name = 'LoginEnded';
}

export interface RestPorts {
  readonly nodes: Nodes;
  readonly fetch: typeof fetch;
  readonly database: Pick<
    Database,
    'identity' | 'refreshToken' | 'keepRefreshToken' | 'dropRefreshToken' | 'logIn' | 'wipe'
  >;
  readonly locks: Locks;
  readonly clock: Clock;
  /** Told to every page and worker of this browser. */
  readonly announce: (notice: Notice) => void;
  readonly device: { readonly name: string; readonly platform: string };
}

/**
 * Whether a call may be made again at another node. A browser does not tell whether a call that failed had been sent, so each may have
 * been carried out. `always`: asking twice does no more than asking once. `unless-lost`: only where a node said that it could not, since
 * the server takes back what it could not confirm. `never`: the second time the answer would be another.
 */
type Repeat = 'always' | 'unless-lost' | 'never';

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: Json | Uint8Array<ArrayBuffer>;
  /** Beside those that every call has. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer is bytes, given as its member `bytes`. */
  readonly isForBytes?: boolean;
  readonly repeat: Repeat;
  /** For the answer of one node. */
  readonly answerMillis?: number;
  /** No try is begun later. */
  readonly until?: number;
  /** Whether this refusal, coming after a try whose outcome is not known, says that it had been done. */
  readonly isDone?: (refused: RestProblem) => boolean;
}
export type Json = Readonly<Record<string, unknown>>;
interface Access {
  readonly device: string;
  readonly token: string;
  readonly endsAt: number;
}

const ANSWER_MILLIS = 20_000;
/** While another node is left that may be asked. */
const ANSWER_SOON_MILLIS = 10_000;
/** For what costs a node nothing. */
const ANSWER_AT_ONCE_MILLIS = 5_000;
/** An access token is not used in its last seconds: it could end on its way. */
const SPARE_MILLIS = 30_000;
/** The last refresh token is taken once more for 30 s, so a lost answer is worth asking again at once. */
const REFRESH_TRIES = 3;
const REFRESH_PAUSE_MILLIS = 1_000;
/** With the answer of the last try still within those 30 s: after them the token would cost the device. */
const REFRESH_WITHIN_MILLIS = 15_000;
const REFRESH_ANSWER_MILLIS = 10_000;
const PAGE = 100;
const BYTES = 'application/octet-stream';

/** The REST calls of the server, at whichever of its nodes answers. The access token lives here only, the refresh token in the database only. */
export class Rest implements Account {
  readonly #ports: RestPorts;
  #access: Access | undefined;

  constructor(ports: RestPorts) {
    this.#ports = ports;
  }

  async register(user: string, password: string, name: string): Promise<void> {
    const named = name.trim() === '' ? {} : { name };
    await this.#ask({
      method: 'POST',
      path: '/v1/accounts',
      body: { user, password, ...named },
      repeat: 'unless-lost',
    });
  }

  /** The same person on this browser is the same device again, and keeps everything; another one starts empty. */
  async login(user: string, password: string, replace?: string): Promise<void> {
    await this.#ports.locks.hold(TOKEN_LOCK, async () => {
      const before = await this.#ports.database.identity();
      const known = before?.user === user ? { id: before.device } : {};
      const device = { ...known, ...this.#ports.device };
      const body = { user, password, device, ...(replace === undefined ? {} : { replace }) };
      const repeat = 'id' in device ? 'always' : 'unless-lost'; // a new device would be linked twice
      const login = loginOf(await this.#ask({ method: 'POST', path: '/v1/login', body, repeat }));
      const isWiped = await this.#ports.database.logIn(login);
      this.#keepAccess(login);
      if (isWiped) this.#ports.announce({ kind: 'forget' });
    });
    this.#ports.announce({ kind: 'logged-in' });
  }

  /** The device is unlinked and this browser emptied; where the server cannot be asked nothing is emptied. */
  async logout(): Promise<void> {
    try {
      await this.call({ method: 'POST', path: '/v1/logout', repeat: 'always' });
    } catch (problem) {
      if (!(problem instanceof LoginEnded)) throw problem; // it has ended already
    }
    await this.#ports.locks.hold(TOKEN_LOCK, () => this.#ports.database.wipe());
    this.forget();
    this.#ports.announce({ kind: 'forget' });
  }

  async changePassword(old: string, fresh: string): Promise<void> {
    await this.call({ method: 'PUT', path: '/v1/password', body: { old, new: fresh }, repeat: 'never' });
  }

  async user(id: string): Promise<Person> {
    const answer = await this.#get(`/v1/users/${encodeURIComponent(id)}`);
    return { user: text(answer, 'user'), name: text(answer, 'name'), uid: text(answer, 'uid') };
  }

  async presence(id: string): Promise<Presence> {
    const answer = await this.#get(`/v1/users/${encodeURIComponent(id)}/presence`);
    const { online, lastSeen } = answer;
    return {
      user: text(answer, 'user'),
      ...(typeof online === 'boolean' ? { online } : {}),
      ...(typeof lastSeen === 'string' ? { lastSeen: readTime(lastSeen) } : {}),
    };
  }

  async devices(): Promise<readonly LinkedDevice[]> {
    return devicesOf(await this.#get('/v1/devices'));
  }

  async unlink(device: string): Promise<void> {
    const path = `/v1/devices/${encodeURIComponent(device)}`;
    await this.call({ method: 'DELETE', path, repeat: 'always', isDone: ({ status }) => status === 404 });
  }

  async settings(): Promise<Privacy> {
    return privacyOf(await this.#get('/v1/settings'));
  }

  async changeSettings({ lastSeen, readReceipts }: Partial<Privacy>): Promise<Privacy> {
    const body = {
      ...(lastSeen === undefined ? {} : { lastSeen }),
      ...(readReceipts === undefined ? {} : { readReceipts: readReceipts ? 'on' : 'off' }),
    };
    return privacyOf(await this.call({ method: 'PATCH', path: '/v1/settings', body, repeat: 'always' }));
  }

  async rename(name: string): Promise<void> {
    await this.call({ method: 'PATCH', path: '/v1/profile', body: { name }, repeat: 'always' });
  }

  /** The conversations with activity later than `updatedAfter`, most recent first, page by page. */
  async *conversations(updatedAfter?: number): AsyncGenerator<Summary[]> {
    let cursor: string | undefined;
    do {
      const query = new URLSearchParams({ limit: `${PAGE}` });
      if (updatedAfter !== undefined) query.set('updatedAfter', new Date(updatedAfter).toISOString());
      if (cursor !== undefined) query.set('cursor', cursor);
      const answer = await this.#get(`/v1/conversations?${query}`);
      yield objects(answer['conversations']).map(summaryOf);
      cursor = typeof answer['cursor'] === 'string' ? answer['cursor'] : undefined;
    } while (cursor !== undefined);
  }

  /** Asks `node` which nodes there are. False where it does not say: there is nothing that anybody waits for. */
  async learnNodes(node = this.#ports.nodes.current): Promise<boolean> {
    try {
      const call: Call = { method: 'GET', path: '/v1/nodes', repeat: 'never', answerMillis: ANSWER_AT_ONCE_MILLIS };
      const { nodes } = await this.#askAt(node, call);
      if (Array.isArray(nodes)) await this.#ports.nodes.learn(nodes.filter((each) => typeof each === 'string'));
      return true;
    } catch (problem) {
      return problem instanceof RestProblem && problem.status < 500; // one of an earlier version is there too
    }
  }

  /** A valid access token. `isRefused`: the server did not take the last one, so a new one is needed. */
  async token(isRefused = false): Promise<string> {
    if (isRefused) this.#access = undefined;
    const { database, clock } = this.#ports;
    const identity = await database.identity();
    if (identity === undefined) throw new LoginEnded();
    const access = this.#access;
    const isGood = access !== undefined && access.device === identity.device && clock.now() < access.endsAt;
    return isGood ? access.token : this.#refresh();
  }

  forget(): void {
    this.#access = undefined;
  }

  /** A refresh token works once, so one tab at a time uses it, and each reads what the one before left. */
  #refresh(): Promise<string> {
    const { database, locks } = this.#ports;
    return locks.hold(TOKEN_LOCK, async () => {
      const refreshToken = await database.refreshToken();
      if (refreshToken === undefined) throw new LoginEnded();
      const login = loginOf(await this.#askRefresh(refreshToken));
      await database.keepRefreshToken(login.device, login.refreshToken);
      this.#keepAccess(login);
      return login.token;
    });
  }

  async #askRefresh(refreshToken: string): Promise<Json> {
    const { clock } = this.#ports;
    const until = clock.now() + REFRESH_WITHIN_MILLIS;
    const limits = { repeat: 'always', answerMillis: REFRESH_ANSWER_MILLIS, until } as const;
    for (let tries = 1; ; tries++) {
      try {
        return await this.#ask({ method: 'POST', path: '/v1/login/refresh', body: { refreshToken }, ...limits });
      } catch (problem) {
        if (problem instanceof RestProblem && problem.status === 401) {
          await this.#ports.database.dropRefreshToken(refreshToken);
          throw new LoginEnded(problem.detail);
        }
        if (problem instanceof RestProblem && problem.status === 403) throw new LoginEnded(problem.detail); // disabled
        if (!(problem instanceof NetworkProblem) || tries === REFRESH_TRIES || clock.now() > until) throw problem;
        await new Promise<void>((resolve) => clock.after(REFRESH_PAUSE_MILLIS, resolve));
      }
    }
  }

  /** How long the token lasts is counted from here, so that a wrong clock does no harm. */
  #keepAccess(login: Login): void {
    const lasts = Math.max(0, login.lastsMillis - SPARE_MILLIS);
    this.#access = { device: login.device, token: login.token, endsAt: this.#ports.clock.now() + lasts };
  }

  #get(path: string): Promise<Json> {
    return this.call({ method: 'GET', path, repeat: 'always' });
  }

  /** One with the access token, which is renewed where the server wants that. Fails with a RestProblem, NetworkProblem or LoginEnded. */
  async call(call: Call): Promise<Json> {
    const token = await this.token();
    try {
      return await this.#ask(call, token);
    } catch (problem) {
      if (!(problem instanceof RestProblem) || problem.status !== 401) throw problem;
    }
    if (this.#access?.token === token) this.#access = undefined; // another call may have got a new one meanwhile
    return this.#ask(call, await this.token());
  }

  /**
   * The bytes of an upload as they come, from `from` up to, and without, `to`; what breaks off in the middle is for the caller to go on
   * with. Fails as `call` does.
   */
  async download(media: string, from: number, signal: AbortSignal, to?: number): Promise<Response> {
    const { nodes } = this.#ports;
    const range = from === 0 && to === undefined ? undefined : `bytes=${from}-${to === undefined ? '' : to - 1}`;
    const tried = new Set<string>();
    let isRenewed = false;
    for (let node: string | undefined = nodes.current; ; ) {
      const token = await this.token();
      try {
        return await this.#downloadAt(node, media, range, token, signal);
      } catch (problem) {
        signal.throwIfAborted();
        if (problem instanceof RestProblem && problem.status === 401 && !isRenewed) {
          isRenewed = true;
          if (this.#access?.token === token) this.#access = undefined;
          continue;
        }
        if (failureAt(problem) === 'decided') throw problem;
        tried.add(node);
        await nodes.load();
        nodes.leave(node);
        node = nodes.untried(tried);
        if (node === undefined) throw problem;
      }
    }
  }

  async #downloadAt(
    node: string,
    media: string,
    range: string | undefined,
    token: string,
    signal: AbortSignal,
  ): Promise<Response> {
    const inTime = new AbortController();
    const stop = this.#ports.clock.after(ANSWER_MILLIS, () => inTime.abort());
    try {
      const response = await this.#ports.fetch(`${node}/v1/media/${media}`, {
        headers: { Authorization: `Bearer ${token}`, ...(range === undefined ? {} : { Range: range }) },
        cache: 'no-store', // it is kept on the shelf
        credentials: 'omit',
        redirect: 'error',
        signal: AbortSignal.any([signal, inTime.signal]),
      });
      if (response.ok) return response;
      throw problemOf(response, jsonOf(await response.text()));
    } catch (problem) {
      if (problem instanceof RestProblem) throw problem;
      throw new NetworkProblem('the server did not answer', { cause: problem });
    } finally {
      stop();
    }
  }

  /** At the node that did well last, and where the call allows it, once at each of the others. */
  async #ask(call: Call, token?: string): Promise<Json> {
    const { nodes, clock } = this.#ports;
    if (call.repeat !== 'always') await this.#findNode();
    const tried = new Set<string>();
    let isLost = false;
    for (let node: string | undefined = nodes.current; ; ) {
      tried.add(node);
      try {
        const answerMillis = tried.size < nodes.count ? ANSWER_SOON_MILLIS : ANSWER_MILLIS;
        return await this.#askAt(node, { answerMillis, ...call }, token);
      } catch (problem) {
        const failure = failureAt(problem);
        if (failure === 'decided') {
          if (isLost && problem instanceof RestProblem && call.isDone?.(problem) === true) return {};
          throw problem;
        }
        isLost ||= failure === 'lost';
        await nodes.load();
        nodes.leave(node);
        node = nodes.untried(tried);
        const isLate = call.until !== undefined && clock.now() > call.until;
        const mayRepeat = call.repeat === 'always' || (call.repeat === 'unless-lost' && failure === 'unavailable');
        if (node === undefined || isLate || !mayRepeat) throw problem;
      }
    }
  }

  /** Turns to a node that is there, for a call that may be made once only. */
  async #findNode(): Promise<void> {
    const { nodes } = this.#ports;
    await nodes.load();
    const tried = new Set<string>();
    for (let node: string | undefined = nodes.current; node !== undefined && nodes.count > 1; ) {
      if (await this.learnNodes(node)) return;
      tried.add(node);
      nodes.leave(node);
      node = nodes.untried(tried);
    }
  }

  async #askAt(node: string, call: Call, token?: string): Promise<Json> {
    const { method, path, body, headers = {}, isForBytes = false, answerMillis = ANSWER_MILLIS } = call;
    const inTime = new AbortController();
    const stop = this.#ports.clock.after(answerMillis, () => inTime.abort());
    try {
      const response = await this.#ports.fetch(node + path, {
        method,
        headers: {
          ...headers,
          ...(body === undefined ? {} : { 'Content-Type': body instanceof Uint8Array ? BYTES : 'application/json' }),
          ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        },
        ...(body === undefined ? {} : { body: body instanceof Uint8Array ? body : JSON.stringify(body) }),
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'error',
        signal: inTime.signal,
      });
      if (isForBytes && response.ok) return { bytes: new Uint8Array(await response.arrayBuffer()) };
      const answer = response.status === 204 ? {} : jsonOf(await response.text());
      if (response.ok) return answer;
      throw problemOf(response, answer);
    } catch (problem) {
      if (problem instanceof RestProblem) throw problem;
      throw new NetworkProblem('the server did not answer', { cause: problem });
    } finally {
      stop();
    }
  }
}

/** What a failure says of whether the call was carried out: a node could not decide it, it is not known, or another would say the same. */
function failureAt(problem: unknown): 'unavailable' | 'lost' | 'decided' {
  if (!(problem instanceof RestProblem)) return 'lost';
  if (problem.status === 503) return 'unavailable';
  return problem.status >= 500 ? 'lost' : 'decided';
}

/** Why something failed, in a form that every view can tell. */
export function failureOf(problem: unknown): Failure {
  if (problem instanceof TooManyDevices) {
    return { code: problem.code, detail: problem.detail, devices: problem.devices };
  }
  if (problem instanceof RestProblem) {
    const { code, detail, retryAfterSeconds } = problem;
    return { code, detail, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
  }
  if (problem instanceof NetworkProblem) return { code: 'network', detail: 'The server did not answer.' };
  if (problem instanceof LoginEnded || problem instanceof Forgotten) {
    return { code: 'unauthenticated', detail: 'The login on this device has ended.' };
  }
  if (problem instanceof StorageFull) return { code: 'storage-full', detail: problem.message };
  if (problem instanceof StorageFailed) return { code: 'storage-failed', detail: problem.message };
  return { code: 'unexpected', detail: 'Something went wrong.' };
}

interface Login extends Identity {
  readonly token: string;
  readonly refreshToken: string;
  readonly lastsMillis: number;
}

function loginOf(answer: Json): Login {
  const token = text(answer, 'token');
  return {
    user: text(answer, 'user'),
    uid: text(answer, 'uid'),
    device: text(answer, 'device'),
    token,
    refreshToken: text(answer, 'refreshToken'),
    lastsMillis: lastsMillis(token),
  };
}

const LASTS_MILLIS = 15 * 60_000;

/** How long the token lasts, by the server's clock alone; where it does not say, as long as the protocol names. */
function lastsMillis(token: string): number {
  try {
    const claims = token.split('.')[1] ?? '';
    const { iat, exp } = jsonOf(atob(claims.replaceAll('-', '+').replaceAll('_', '/')));
    return typeof iat === 'number' && typeof exp === 'number' ? (exp - iat) * 1000 : LASTS_MILLIS;
  } catch {
    return LASTS_MILLIS;
  }
}

function problemOf(response: Response, answer: Json): RestProblem {
  const code = typeof answer['code'] === 'string' ? answer['code'] : codeOf(response.status);
  const detail = typeof answer['detail'] === 'string' ? answer['detail'] : response.statusText;
  if (code === 'conflict' && Array.isArray(answer['devices'])) {
    return new TooManyDevices(response.status, code, detail, devicesOf(answer));
  }
  const after = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  return new RestProblem(response.status, code, detail, Number.isNaN(after) ? undefined : after);
}

/** For an answer that is not of this server's making, such as a proxy's. */
function codeOf(status: number): string {
  if (status === 401) return 'unauthenticated';
  if (status === 429) return 'rate-limited';
  return status >= 500 ? 'unavailable' : 'invalid';
}

function summaryOf(item: Json): Summary {
  const conversation = text(item, 'conversation');
  return {
    conversation,
    head: whole(item, 'head'),
    last: messageOf(conversation, readEntry(item['last'])),
    read: whole(item, 'read'),
    unread: whole(item, 'unread'),
    receipts: objects(item['receipts']).map(receiptOf),
    updated: readTime(item['updated']),
  };
}

function receiptOf(item: Json): Receipt {
  return { user: text(item, 'user'), delivered: whole(item, 'delivered'), read: whole(item, 'read') };
}

function devicesOf(answer: Json): LinkedDevice[] {
  return objects(answer['devices']).map((item) => ({
    device: text(item, 'device'),
    name: text(item, 'name'),
    platform: text(item, 'platform'),
    linked: readTime(item['linked']),
    ...(typeof item['lastSeen'] === 'string' ? { lastSeen: readTime(item['lastSeen']) } : {}),
    current: item['current'] === true,
  }));
}

function privacyOf(answer: Json): Privacy {
  const lastSeen = text(answer, 'lastSeen');
  const isKnown = lastSeen === 'everyone' || lastSeen === 'written-to' || lastSeen === 'nobody';
  return { lastSeen: isKnown ? lastSeen : 'written-to', readReceipts: answer['readReceipts'] !== 'off' };
}

function jsonOf(answer: string): Json {
  try {
    return object(JSON.parse(answer));
  } catch {
    return {};
  }
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(object) : [];
}

function text(of: Json, member: string): string {
  const value = of[member];
  if (typeof value !== 'string') throw new NetworkProblem(`the answer lacks ${member}`);
  return value;
}

function whole(of: Json, member: string): number {
  const value = of[member];
  if (typeof value !== 'number') throw new NetworkProblem(`the answer lacks ${member}`);
  return value;
}
