import type { News, Wish } from './channel.ts';
import { Connection } from './connection.ts';
import { Encryption, type EncryptionPorts } from './encryption/encryption.ts';
import { caughtUp } from './frames/caught-up.ts';
import { error } from './frames/error.ts';
import { heartbeat } from './frames/heartbeat.ts';
import { message } from './frames/message.ts';
import { page } from './frames/page.ts';
import { presence } from './frames/presence.ts';
import { receipt } from './frames/receipt.ts';
import { receiptsEnd } from './frames/receipts-end.ts';
import { sent } from './frames/sent.ts';
import { typing } from './frames/typing.ts';
import { welcome } from './frames/welcome.ts';
import { History } from './history.ts';
import { Intake } from './intake.ts';
import { ConversationList } from './list.ts';
import type { Stored } from './log.ts';
import { Uploads, type UploadsPorts } from './media/uploads.ts';
import type { Identity, Link } from './model.ts';
import { peerOf } from './model.ts';
import { Names } from './names.ts';
import type { Nodes } from './nodes.ts';
import { Outbox } from './outbox.ts';
import { Pace } from './pace.ts';
import type { EngineDatabase, EngineRest, Parts } from './parts.ts';
import type { Clock, OpenSocket, Random } from './ports.ts';
import { type ClientFrame, type Limits, type ServerFrame, TEXT_CHARACTERS } from './protocol.ts';
import { Reads } from './reads.ts';
import { Forgotten } from './storage.ts';
import { Ticks } from './ticks.ts';
import { Watches } from './watches.ts';

export interface EnginePorts {
  readonly open: OpenSocket;
  readonly nodes: Nodes;
  readonly clock: Clock;
  readonly random: Random;
  readonly database: EngineDatabase;
  readonly rest: EngineRest;
  readonly encryption: EncryptionPorts;
  readonly media: Pick<UploadsPorts, 'shelf' | 'upload'>;
  readonly tell: (news: News) => void;
}

/** As docs/protocol.md has them, until the first `welcome`. */
const LIMITS: Limits = {
  frameBytes: 65_536,
  bodyBytes: 32_768,
  textCharacters: TEXT_CHARACTERS,
  pageEntries: 200,
  window: 500,
  watch: 200,
  inFlight: 100,
  messagesPerSecond: 20,
  burst: 200,
};

/** Smaller changes of the clock are the network's. */
const CLOCK_STEP_MILLIS = 500;

/** Everything between the server and the database of this browser, for the one worker that owns the socket. */
export class Engine {
  readonly #ports: EnginePorts;
  readonly #connection: Connection;
  readonly #clock: Clock;
  #parts: Parts | undefined;
  #limits = LIMITS;
  #link: Link = { state: 'connecting' };
  #isFull = false;
  #offset: number | undefined;
  #isStopped = false;

  constructor(ports: EnginePorts) {
    this.#ports = ports;
    // a timer that was armed before the stop does nothing after it
    this.#clock = {
      now: () => ports.clock.now(),
      after: (millis, run) => ports.clock.after(millis, () => !this.#isStopped && run()),
    };
    const { open, nodes, random, rest } = ports;
    this.#connection = new Connection(
      { open, nodes, random, clock: this.#clock, token: (isRefused) => rest.token(isRefused) },
      {
        frame: (frame) => this.#frame(frame),
        lost: (isOursToBlame) => this.#lost(isOursToBlame),
        link: (link) => this.#linked(link),
      },
    );
  }

  async start(): Promise<void> {
    this.#tell({ kind: 'owner' });
    const [me] = await Promise.all([this.#ports.database.identity(), this.#ports.nodes.load()]);
    if (this.#isStopped) return;
    if (me === undefined) {
      void this.#ports.rest.learnNodes(); // for the login
      this.#linked({ state: 'logged-out', why: '' });
      return;
    }
    const parts = this.#assemble(me);
    this.#parts = parts;
    void this.#ports.media.shelf
      .begin(me.uid)
      .then(() => parts.uploads.sweep())
      .catch(() => {}); // whoever needs it finds out
    this.#connection.start();
  }

  /** What is under way in the database comes to its end; nothing new begins. */
  stop(): void {
    this.#isStopped = true;
    this.#connection.stop();
    this.#parts?.pace.stop();
    this.#parts?.outbox.stop();
    this.#parts?.intake.stop();
    this.#parts?.encryption.stop();
    this.#parts?.uploads.stop();
  }

  /** The browser's own word about the network. */
  offline(): void {
    this.#connection.offline();
  }

  wish(wish: Wish): void {
    const parts = this.#parts;
    switch (wish.kind) {
      case 'look':
        parts?.outbox.look();
        void parts?.reads.lookAt(wish.conversation);
        parts?.names.want([peerOf(wish.conversation, parts.me.user)]); // somebody one has only written to says nothing
        break;
      case 'older':
        void parts?.history.older(wish.conversation);
        break;
      case 'watching':
        parts?.watches.watching(wish.page, wish.users);
        break;
      case 'typing':
        parts?.watches.typing(wish.conversation);
        break;
      case 'connect':
        parts?.encryption.retry();
        this.#connection.connectNow();
        break;
      case 'use-here':
        this.#connection.useHere();
        break;
      case 'dropped':
        parts?.uploads.dropped(wish.uploads);
        break;
      case 'keys-changed':
        parts?.encryption.changed();
        break;
      case 'how-is-it':
        this.#tellLink();
        if (this.#connection.isLive) this.#tellNode();
        if (this.#offset !== undefined) this.#tell({ kind: 'clock', offset: this.#offset });
        parts?.watches.tellAll();
        parts?.encryption.tell();
        parts?.uploads.tell();
        break;
    }
  }

  #frame(frame: ServerFrame): void {
    const parts = this.#parts;
    if (parts === undefined) return;
    switch (frame.type) {
      case 'welcome':
        this.#welcomed(frame, parts);
        break;
      case 'message':
        message(frame, parts);
        break;
      case 'caught-up':
        caughtUp(parts);
        break;
      case 'sent':
        sent(frame, parts);
        break;
      case 'receipt':
        receipt(frame, parts);
        break;
      case 'page':
        page(frame, parts);
        break;
      case 'presence':
        presence(frame, parts);
        break;
      case 'typing':
        typing(frame, parts);
        break;
      case 'heartbeat':
        heartbeat(frame, parts);
        break;
      case 'error':
        error(frame, parts);
        break;
      case 'receipts-end':
        receiptsEnd(frame, parts);
        break;
      case 'keys':
        parts.encryption.keysOf(frame.user);
        break;
      case 'key-packages':
        parts.encryption.look();
        break;
      case 'bye': // the connection knows what to do
        break;
    }
  }

  #welcomed(frame: Extract<ServerFrame, { type: 'welcome' }>, parts: Parts): void {
    if (frame.device !== parts.me.device) {
      this.stop(); // another login is taking over, and its engine with it
      return;
    }
    this.#limits = frame.limits;
    this.#tellNode();
    void this.#ports.rest.learnNodes();
    welcome(frame, parts);
  }

  #tellNode(): void {
    this.#tell({ kind: 'node', node: this.#ports.nodes.current });
  }

  #lost(isOursToBlame: boolean): void {
    this.#parts?.pace.stop();
    this.#parts?.intake.lost();
    this.#parts?.history.lost();
    this.#parts?.outbox.lost(isOursToBlame);
  }

  #linked(link: Link): void {
    this.#link = link;
    this.#tellLink();
  }

  #tellLink(): void {
    const isConnected = this.#link.state === 'catching-up' || this.#link.state === 'up-to-date';
    this.#tell({ kind: 'link', link: this.#isFull && isConnected ? { state: 'storage-full' } : this.#link });
  }

  #tell(news: News): void {
    if (!this.#isStopped) this.#ports.tell(news);
  }

  #tellStored({ messages, chats, settled }: Stored): void {
    if (messages.length + chats.length + settled.length === 0) return;
    this.#tell({ kind: 'changes', messages, chats, settled });
  }

  #timeIs(millis: number): void {
    const offset = millis - this.#clock.now();
    if (this.#offset !== undefined && Math.abs(offset - this.#offset) < CLOCK_STEP_MILLIS) return;
    this.#offset = offset;
    this.#tell({ kind: 'clock', offset });
  }

  async #writing<T>(
    me: Identity,
    write: (database: EngineDatabase, me: Identity) => Promise<T>,
  ): Promise<T | undefined> {
    if (this.#isStopped) return undefined;
    try {
      const result = await write(this.#ports.database, me);
      this.#stored(false);
      return result;
    } catch (problem) {
      this.#storageFailed(problem);
      return undefined;
    }
  }

  async #reading<T>(read: (database: EngineDatabase) => Promise<T>): Promise<T | undefined> {
    if (this.#isStopped) return undefined;
    try {
      return await read(this.#ports.database);
    } catch (problem) {
      this.#storageFailed(problem);
      return undefined;
    }
  }

  #storageFailed(problem: unknown): void {
    if (problem instanceof Forgotten) this.stop();
    else this.#stored(true);
  }

  #stored(isFull: boolean): void {
    if (isFull === this.#isFull) return;
    this.#isFull = isFull;
    this.#tellLink();
  }

  #assemble(me: Identity): Parts {
    const { random, database, rest } = this.#ports;
    const clock = this.#clock;
    const send = (frame: ClientFrame): boolean => this.#connection.send(frame);
    const base = {
      clock,
      random,
      database,
      rest,
      me,
      isLive: () => this.#connection.isLive,
      limits: () => this.#limits,
      send,
      fail: () => this.#connection.fail(),
      tell: (news: News) => this.#tell(news),
      tellStored: (stored: Stored) => this.#tellStored(stored),
      timeIs: (millis: number) => this.#timeIs(millis),
      serverNow: () => clock.now() + (this.#offset ?? 0),
      writing: <T>(write: (database: EngineDatabase, me: Identity) => Promise<T>) => this.#writing(me, write),
      reading: <T>(read: (database: EngineDatabase) => Promise<T>) => this.#reading(read),
      storageFailed: (problem: unknown) => this.#storageFailed(problem),
    };
    // the parts know each other only through this, which is whole before any of them is used
    const parts = base as Parts;
    return Object.assign(parts, {
      pace: new Pace(clock, send),
      intake: new Intake(parts),
      outbox: new Outbox(parts),
      reads: new Reads(parts),
      history: new History(parts),
      list: new ConversationList(parts),
      ticks: new Ticks(parts),
      names: new Names(parts),
      watches: new Watches(parts),
      encryption: new Encryption(parts, this.#ports.encryption),
      uploads: new Uploads(parts, { ...this.#ports.media, nodes: this.#ports.nodes }),
    });
  }
}
