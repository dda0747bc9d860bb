import { StorageFull } from '../archive.ts';
import type { News, Wish } from '../channel.ts';
import { Database } from '../database.ts';
import type { EncryptionPorts } from '../encryption/encryption.ts';
import { KeyStore } from '../encryption/keyStore.ts';
import { Engine, type EnginePorts } from '../engine.ts';
import { Shelf } from '../media/shelf.ts';
import type { Message } from '../model.ts';
import { Nodes, type NodesPorts } from '../nodes.ts';
import type { EngineDatabase, EngineRest } from '../parts.ts';
import type { Clock, Random } from '../ports.ts';
import { LoginEnded, NetworkProblem } from '../rest.ts';
import { SimulatedClock } from './clock.ts';
import { DEVICE, ME, SimulatedServer } from './server.ts';

const WRITES = [
  'arrived',
  'sent',
  'pulled',
  'receipts',
  'summaries',
  'refuse',
  'uploaded',
  'notUploaded',
  'keepPeople',
  'keepListMark',
];
/** The page came from the first. */
export const NODES = ['https://n1.example', 'https://n2.example', 'https://n3.example'] as const;
/** Its server says nothing of it, so it is never asked for. */
const WITHOUT_ENCRYPTION: EncryptionPorts = {
  opener: { open: () => Promise.reject(new Error('not asked for')) },
  keyStore: new KeyStore('no keys'),
};
/** Nobody sends any. */
const WITHOUT_FILES: EnginePorts['media'] = {
  shelf: new Shelf('no files'),
  upload: () => Promise.reject(new Error('not asked for')),
};
let databases = 0;

/** A browser with one database, whose workers can die at any moment and whose disk can be full. */
export class SimulatedBrowser {
  readonly clock: SimulatedClock;
  readonly server: SimulatedServer;
  readonly database: Database;
  readonly news: News[] = [];
  /** What was surely in the database when the engine went on. */
  readonly held = new Map<string, Set<number>>();
  readonly complaints: string[] = [];
  readonly #random: Random;
  files: EnginePorts['media'] = WITHOUT_FILES;
  engine: Engine | undefined;
  isFull = false;
  isNetworkAway = false;
  isLoginEnded = false;
  /** Transactions of the engine that wrote something of the log. */
  writes = 0;
  #worker = { isAlive: false };
  #pending = 0;
  #marks = new Map<string, { delivered: number; read: number }>();

  constructor(random: Random) {
    this.#random = random;
    this.clock = new SimulatedClock(() => this.#atRest());
    this.server = new SimulatedServer(this.clock, random);
    databases += 1;
    this.database = new Database(`browser-${databases}`);
    this.server.onDelivered = (conversation, seq) => this.#checkHeld(conversation, seq);
  }

  async logIn(): Promise<void> {
    await this.database.logIn({ user: ME, uid: 'u-alice', device: DEVICE, refreshToken: 'r' });
  }

  /** Starts a worker; the one before, if any, is gone without a word, whatever it was doing. */
  start(): Engine {
    this.kill();
    const worker = { isAlive: true };
    this.#worker = worker;
    const clock: Clock = {
      now: () => this.clock.now(),
      after: (millis, run) => this.clock.after(millis, () => worker.isAlive && run()),
    };
    const database = this.#databaseOf(worker);
    const nodes = new Nodes({ origin: NODES[0], random: this.#random, database });
    this.engine = new Engine({
      clock,
      nodes,
      random: this.#random,
      open: this.server.open(() => worker.isAlive),
      database,
      rest: this.#restOf(worker, nodes),
      encryption: WITHOUT_ENCRYPTION,
      media: this.files,
      tell: (news) => worker.isAlive && this.#heard(news),
    });
    void this.engine.start();
    return this.engine;
  }

  /** The tab is closed: nothing of its worker runs on, and its socket ends. */
  kill(): void {
    if (!this.#worker.isAlive) return;
    this.#worker.isAlive = false;
    this.engine = undefined;
    this.server.cut();
  }

  wish(wish: Wish): void {
    this.engine?.wish(wish);
  }

  async write(conversation: string, text: string, id = `${ME}-${text}`): Promise<void> {
    await this.database.addUnsent({ id, conversation, body: { type: 'text', text }, written: this.clock.now() });
    this.wish({ kind: 'look', conversation });
  }

  async read(conversation: string, seq: number): Promise<void> {
    await this.database.wantRead(conversation, seq);
    this.wish({ kind: 'look', conversation });
  }

  get link(): string | undefined {
    for (let at = this.news.length - 1; at >= 0; at--) {
      const news = this.news[at];
      if (news?.kind === 'link') return news.link.state;
    }
    return undefined;
  }

  /** Everything heals, and time passes until all is quiet. */
  async heal(): Promise<void> {
    this.isFull = false;
    this.isNetworkAway = false;
    this.server.isAway = false;
    this.server.gone.clear();
    this.server.refusals = [];
    this.server.breaksAfterStoring = 0;
    this.server.losesPulls = 0;
    if (this.engine === undefined) this.start();
    this.wish({ kind: 'connect' });
    for (let minutes = 0; minutes < 10; minutes++) {
      await this.clock.pass(30_000);
      const unsent = (await this.database.unsent()).filter(({ refused }) => refused === undefined);
      const holes = (await this.database.chats()).some(
        (chat) => chat.holes.length > 0 || (chat.stored > 0 && chat.stored < chat.head),
      );
      if (this.link === 'up-to-date' && unsent.length === 0 && !holes && minutes > 0) return;
    }
  }

  async messages(conversation: string): Promise<Message[]> {
    return this.database.newest(conversation, 100_000);
  }

  #heard(news: News): void {
    this.news.push(news);
    if (news.kind !== 'changes') return;
    for (const id of news.settled ?? []) {
      const isShown = news.messages?.some((message) => message.id === id) === true;
      if (!isShown) this.complaints.push(`${id} is no longer unsent, and not shown either`);
    }
    for (const { conversation, receipts } of news.chats ?? []) {
      for (const { user, delivered, read } of receipts) {
        const key = `${conversation} ${user}`;
        const before = this.#marks.get(key) ?? { delivered: 0, read: 0 };
        if (delivered < before.delivered || read < before.read) this.complaints.push(`a tick of ${key} fell`);
        this.#marks.set(key, { delivered, read });
      }
    }
  }

  #checkHeld(conversation: string, seq: number): void {
    const held = this.held.get(conversation) ?? new Set();
    for (const entry of this.server.log(conversation).entries.slice(this.#from(conversation), seq)) {
      if (entry.device !== DEVICE && !held.has(entry.seq)) {
        this.complaints.push(`${conversation} ${entry.seq} was acknowledged and is not stored`);
      }
    }
  }

  /** What the device's cursor stood at when it was linked: nobody owes it what is below. */
  readonly linkedAt = new Map<string, number>();
  #from(conversation: string): number {
    return this.linkedAt.get(conversation) ?? 0;
  }

  #hold(conversation: string, seqs: readonly { readonly seq: number }[]): void {
    const held = this.held.get(conversation) ?? new Set();
    for (const { seq } of seqs) held.add(seq);
    this.held.set(conversation, held);
  }

  async #atRest(): Promise<void> {
    for (let quiet = 0; quiet < 2; ) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      quiet = this.#pending === 0 ? quiet + 1 : 0;
    }
  }

  #databaseOf(worker: { isAlive: boolean }): EngineDatabase & NodesPorts['database'] {
    const { database } = this;
    return new Proxy(database, {
      get: (_, name: string) => {
        const method = Reflect.get(database, name) as (...given: unknown[]) => Promise<unknown>;
        return (...given: unknown[]) => this.#inWorker(worker, () => this.#stored(name, given, method));
      },
    });
  }

  async #stored(name: string, given: unknown[], method: (...given: unknown[]) => Promise<unknown>): Promise<unknown> {
    const isWrite = WRITES.includes(name);
    if (isWrite && this.isFull) throw new StorageFull();
    if (isWrite && name !== 'keepPeople' && name !== 'keepListMark') this.writes += 1;
    const result = await method.apply(this.database, given);
    if (name === 'arrived') {
      for (const message of given[1] as Message[]) this.#hold(message.conversation, [message]);
    }
    if (name === 'pulled') {
      const { conversation, messages } = given[2] as { conversation: string; messages: Message[] };
      this.#hold(conversation, messages);
    }
    return result;
  }

  #restOf(worker: { isAlive: boolean }, nodes: Nodes): EngineRest {
    const slow = <T>(answer: () => T): Promise<T> =>
      this.#inWorker(worker, () => {
        this.#pending -= 1; // it is the clock that lets it go on
        return new Promise<T>((resolve, reject) => {
          this.clock.after(5 + Math.floor(this.#random() * 50), () => {
            this.#pending += 1;
            if (this.isNetworkAway) reject(new NetworkProblem());
            else resolve(answer());
          });
        });
      });
    const { server } = this;
    return {
      token: async () => {
        if (this.isLoginEnded) throw new LoginEnded();
        return slow(() => 'token');
      },
      devices: () => slow(() => []),
      call: () => Promise.reject(new NetworkProblem()),
      learnNodes: () =>
        slow(() => NODES).then(
          (told) => nodes.learn(told).then(() => true),
          () => false,
        ),
      user: (user) => slow(() => ({ user, name: user.toUpperCase(), uid: `u-${user}` })),
      async *conversations(updatedAfter = 0) {
        const all = await slow(() => server.summaries().filter(({ updated }) => updated > updatedAfter));
        for (let at = 0; at < all.length; at += 2) yield all.slice(at, at + 2);
      },
    };
  }

  /** A dead worker's promises never come back, neither those begun nor those just ending. */
  async #inWorker<T>(worker: { isAlive: boolean }, work: () => Promise<T>): Promise<T> {
    if (!worker.isAlive) return new Promise(() => {});
    this.#pending += 1;
    try {
      const result = await work();
      if (!worker.isAlive) return new Promise(() => {});
      return result;
    } finally {
      this.#pending -= 1;
    }
  }
}
