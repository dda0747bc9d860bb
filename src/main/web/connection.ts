import { Backoff } from './backoff.ts';
import type { Link } from './model.ts';
import type { Nodes } from './nodes.ts';
import type { Clock, OpenSocket, Random, Socket } from './ports.ts';
import {
  type ClientFrame,
  type ErrorFrame,
  printFrame,
  readServerFrame,
  type ServerFrame,
  type Welcome,
} from './protocol.ts';
import { LoginEnded, RestProblem } from './rest.ts';

export interface ConnectionPorts {
  readonly open: OpenSocket;
  readonly nodes: Nodes;
  readonly clock: Clock;
  readonly random: Random;
  /** A valid access token; `isRefused`: the server did not take the last one. */
  readonly token: (isRefused: boolean) => Promise<string>;
}

export interface ConnectionEvents {
  /** Every frame that this client knows, `welcome` among them. */
  frame(frame: ServerFrame): void;
  /** The link has broken; `isOursToBlame`: for a frame that must never be sent again. */
  lost(isOursToBlame: boolean): void;
  link(link: Link): void;
}

/** No frame for so long: the link is dead, or the server does not answer. */
const SILENCE_MILLIS = 15_000;
/** A socket that has not opened by then is tried at another node, where there is one. */
const OPEN_MILLIS = 5_000;
/** How long the answer to a heartbeat sent in doubt may take. */
const DOUBT_MILLIS = 5_000;
/** A connection that lasted so long is a good one: the next attempt after it comes soon. */
const STABLE_MILLIS = 10_000;
const HEARTBEAT_SECONDS = 5;
/** Where the server names no time to come back after too many connections. */
const CROWDED_SECONDS = 60;

type Phase =
  | { readonly name: 'stopped' }
  | { readonly name: 'asking' }
  /** `isTold`: the server named the time, which nothing shortens. */
  | { readonly name: 'waiting'; readonly until: number; readonly isTold: boolean }
  | { readonly name: 'opening' | 'greeting' | 'live' }
  | { readonly name: 'elsewhere' }
  | { readonly name: 'logged-out' };

/** The one WebSocket of this browser: comes back by itself, at whichever node answers, after everything but what a person must decide. */
export class Connection {
  readonly #ports: ConnectionPorts;
  readonly #events: ConnectionEvents;
  readonly #backoff: Backoff;
  #phase: Phase = { name: 'stopped' };
  #socket: Socket | undefined;
  #node = '';
  /** Counts attempts, so that a late word of an earlier socket changes nothing. */
  #attempt = 0;
  #timers: (() => void)[] = [];
  #heardAt = 0;
  #isTokenRefused = false;
  #hasRefreshed = false;
  #isDoubted = false;
  #isCaughtUp = false;
  #lastError: ErrorFrame | undefined;
  #byeMillis: number | undefined;

  constructor(ports: ConnectionPorts, events: ConnectionEvents) {
    this.#ports = ports;
    this.#events = events;
    this.#backoff = new Backoff(ports.random);
  }

  get isLive(): boolean {
    return this.#phase.name === 'live';
  }

  start(): void {
    if (this.#phase.name === 'stopped') this.#connect();
  }

  stop(): void {
    this.#drop();
    this.#phase = { name: 'stopped' };
  }

  /** The browser says that it is online, or the person asks. */
  connectNow(): void {
    if (this.#phase.name === 'waiting' && !this.#phase.isTold) this.#connect();
    else if (this.isLive) this.#doubt();
  }

  /** This is where the person is now, not where the device connected later. */
  useHere(): void {
    if (this.#phase.name === 'elsewhere') this.#connect();
  }

  /** The person has logged in (again). */
  loggedIn(): void {
    this.#drop();
    this.#backoff.reset();
    this.#ports.nodes.steady();
    this.#isTokenRefused = false;
    this.#hasRefreshed = false;
    this.#connect();
  }

  /** The browser says that there is no network. That is shown at once and tried at once: a server on this machine needs none. */
  offline(): void {
    if (this.isLive) this.#doubt();
    if (this.isLive || this.#phase.name === 'opening' || this.#phase.name === 'greeting') {
      this.#events.link({ state: 'offline' });
    }
  }

  /** False if there is no link: whatever must not get lost is sent again after the next `welcome`. */
  send(frame: ClientFrame): boolean {
    if (!this.isLive) return false;
    this.#socket?.send(printFrame(frame));
    return true;
  }

  /** What the server said cannot be: as good as a broken link, and never acknowledged. */
  fail(): void {
    this.#closed(1006);
  }

  #connect(): void {
    this.#drop();
    this.#phase = { name: 'asking' };
    this.#isCaughtUp = false;
    this.#events.link({ state: 'connecting' });
    const attempt = this.#attempt;
    this.#ports.token(this.#isTokenRefused).then(
      (token) => {
        if (attempt === this.#attempt) this.#open(token);
      },
      (problem: unknown) => {
        if (attempt === this.#attempt) this.#noToken(problem);
      },
    );
  }

  #noToken(problem: unknown): void {
    if (problem instanceof LoginEnded) this.#logOut('The login on this device has ended.');
    else if (problem instanceof RestProblem && problem.retryAfterSeconds !== undefined) {
      this.#wait(problem.retryAfterSeconds * 1000, problem.status === 429);
    } else this.#wait(this.#backoff.next(), false);
  }

  #open(token: string): void {
    this.#phase = { name: 'opening' };
    this.#isTokenRefused = false;
    this.#isDoubted = false;
    this.#lastError = undefined;
    this.#byeMillis = undefined;
    const attempt = this.#attempt;
    const isCurrent = (): boolean => attempt === this.#attempt;
    this.#listen();
    if (this.#ports.nodes.hasOther) {
      this.#later(OPEN_MILLIS, () => {
        if (this.#phase.name === 'opening') this.#closed(1006);
      });
    }
    this.#node = this.#ports.nodes.current;
    this.#socket = this.#ports.open(this.#node, {
      opened: () => {
        if (!isCurrent()) return;
        this.#phase = { name: 'greeting' };
        this.#socket?.send(printFrame({ type: 'hello', token }));
      },
      received: (text) => {
        if (isCurrent()) this.#received(text);
      },
      closed: (code) => {
        if (isCurrent()) this.#closed(code);
      },
    });
  }

  #received(text: string): void {
    this.#heardAt = this.#ports.clock.now();
    if (this.#isDoubted) {
      this.#isDoubted = false;
      this.#events.link({ state: this.#isCaughtUp ? 'up-to-date' : 'catching-up' });
    }
    let frame: ReturnType<typeof readServerFrame>;
    try {
      frame = readServerFrame(text);
    } catch {
      this.fail();
      return;
    }
    if (frame.type === 'unknown') return;
    if (frame.type === 'welcome') this.#welcomed(frame);
    else if (frame.type === 'caught-up') this.#caughtUp();
    else if (frame.type === 'error') this.#lastError = frame;
    else if (frame.type === 'bye') this.#byeMillis = frame.reconnectAfterMillis;
    this.#events.frame(frame);
  }

  #welcomed({ heartbeatSeconds }: Welcome): void {
    this.#phase = { name: 'live' };
    this.#ports.nodes.hold(this.#node);
    this.#events.link({ state: 'catching-up' });
    this.#beat(heartbeatSeconds);
    this.#later(STABLE_MILLIS, () => {
      this.#backoff.reset();
      this.#ports.nodes.steady();
      this.#hasRefreshed = false;
    });
  }

  #caughtUp(): void {
    this.#isCaughtUp = true;
    this.#events.link({ state: 'up-to-date' });
  }

  #beat(seconds: number): void {
    this.#later((seconds || HEARTBEAT_SECONDS) * 1000, () => {
      this.send({ type: 'heartbeat' });
      this.#beat(seconds);
    });
  }

  /** Counts from the socket's first moment: one that never opens is as dead. */
  #listen(): void {
    this.#heardAt = this.#ports.clock.now();
    const look = (): void => {
      const silence = this.#ports.clock.now() - this.#heardAt;
      // a clock that was set back would otherwise keep a dead link for as long
      if (silence >= SILENCE_MILLIS || silence < 0) this.#closed(1006);
      else this.#later(SILENCE_MILLIS - silence, look);
    };
    this.#later(SILENCE_MILLIS, look);
  }

  #doubt(): void {
    if (this.#isDoubted) return;
    this.#isDoubted = true;
    this.send({ type: 'heartbeat' });
    this.#later(DOUBT_MILLIS, () => {
      if (this.#isDoubted) this.#closed(1006);
    });
  }

  #closed(code: number): void {
    const wasLive = this.isLive;
    const byeMillis = this.#byeMillis;
    const retryAfter = this.#lastError?.retryAfterSeconds;
    this.#drop();
    if (wasLive) this.#events.lost(code === 1008 || code === 1009);
    switch (code) {
      case 4401:
        if (this.#hasRefreshed) this.#logOut('The server has ended the login on this device.');
        else this.#refreshAndConnect();
        break;
      case 4409:
        this.#phase = { name: 'elsewhere' };
        this.#events.link({ state: 'elsewhere' });
        break;
      case 4429:
        this.#ports.nodes.failed();
        this.#wait((retryAfter ?? CROWDED_SECONDS) * 1000, true);
        break;
      default: // 1006, 1012, 1013, 4408, after 1008 and 1009, and whatever a later protocol or a proxy may say
        this.#moveOn(byeMillis);
    }
  }

  /** To the next node: soon, unless it was the last that was left to try, or `byeMillis` names the time. */
  #moveOn(byeMillis: number | undefined): void {
    const soon = this.#ports.nodes.failed();
    if (byeMillis !== undefined) this.#wait(byeMillis, false);
    else if (soon === undefined) this.#wait(this.#backoff.next(), false);
    else this.#wait(soon, false, { state: 'connecting' });
  }

  #refreshAndConnect(): void {
    this.#hasRefreshed = true;
    this.#isTokenRefused = true;
    this.#connect();
  }

  #logOut(why: string): void {
    this.#phase = { name: 'logged-out' };
    this.#events.link({ state: 'logged-out', why });
  }

  #wait(millis: number, isTold: boolean, link?: Link): void {
    const until = this.#ports.clock.now() + millis;
    this.#phase = { name: 'waiting', until, isTold };
    this.#events.link(link ?? { state: 'offline', retryAt: until });
    this.#later(millis, () => this.#connect());
  }

  /** A timer of this attempt: it ends with it. */
  #later(millis: number, run: () => void): void {
    const attempt = this.#attempt;
    this.#timers.push(
      this.#ports.clock.after(millis, () => {
        if (attempt === this.#attempt) run();
      }),
    );
    if (this.#timers.length > 100) this.#timers.splice(0, 50); // long done: heartbeats of a long connection
  }

  #drop(): void {
    this.#attempt += 1;
    this.#ports.nodes.release();
    for (const cancel of this.#timers.splice(0)) cancel();
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }
}
