import type { Summary } from '../holding.ts';
import { messageOf } from '../log.ts';
import type { Message, Receipt } from '../model.ts';
import type { Clock, OpenSocket, Random } from '../ports.ts';
import {
  type ClientFrame,
  type Entry,
  printServerFrame,
  readClientFrame,
  type Send,
  type ServerFrame,
} from '../protocol.ts';

export const ME = 'alice';
export const DEVICE = '00a1b2c3d4e5f607';
const OTHER_DEVICE = '22a1b2c3d4e5f607';
const BEYOND = '11a1b2c3d4e5f607';

interface Log {
  readonly entries: Entry[];
  /** The device's delivered cursor; the person's read cursor; how far the other one has come. */
  cursor: number;
  read: number;
  delivered: number;
  blue: number;
}

interface Line {
  readonly toClient: (frame: ServerFrame) => void;
  readonly close: (code: number) => void;
  readonly pushedTo: Map<string, number>;
  isGreeted: boolean;
  isCaughtUp: boolean;
  unacknowledged: { readonly conversation: string; readonly seq: number }[];
}

/**
 * A server for one device, as docs/protocol.md says, with a memory that does not fail and a network that does: links can break between
 * any two frames, in either direction, with frames on their way getting lost.
 */
export class SimulatedServer {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #logs = new Map<string, Log>();
  #line: Line | undefined;
  #cutters: ((code: number) => void)[] = [];

  /** What a client must never do, as far as this server can see. */
  readonly complaints: string[] = [];
  readonly received: ClientFrame[] = [];
  sockets = 0;
  window = 500;
  /** The server's clock minus the device's. */
  offset = 0;
  delayMillis = 20;
  isAway = false;
  /** Nodes that refuse connections; all others are one server. */
  readonly gone = new Set<string>();
  /** Which nodes sockets were opened at, one after the other. */
  readonly asked: string[] = [];
  /** Answers to the next sends, instead of storing them. */
  refusals: { readonly code: string; readonly retryAfterSeconds?: number }[] = [];
  /** Stores the next so many sends and breaks the link before it answers. */
  breaksAfterStoring = 0;
  repeats = 0;
  losesPulls = 0;
  messagesPerSecond = 20;
  burst = 200;
  inFlight = 100;
  frameBytes = 65_536;
  onDelivered: (conversation: string, seq: number) => void = () => {};

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  // --- the world ---

  log(conversation: string): Log {
    const known = this.#logs.get(conversation);
    if (known !== undefined) return known;
    const log: Log = { entries: [], cursor: 0, read: 0, delivered: 0, blue: 0 };
    this.#logs.set(conversation, log);
    return log;
  }

  get conversations(): string[] {
    return [...this.#logs.keys()];
  }

  get isConnected(): boolean {
    return this.#line?.isGreeted === true;
  }

  /** Somebody else writes, or the person on another device. */
  write(conversation: string, from: string, text: string): number {
    const device = from === ME ? OTHER_DEVICE : BEYOND;
    const seq = this.#append(conversation, { id: `${from}-${text}`, from, device, body: { type: 'text', text } });
    this.#push();
    return seq;
  }

  /** The other one has come so far. */
  reach(conversation: string, delivered: number, blue: number): void {
    if (this.#other(conversation) === ME) return;
    const log = this.log(conversation);
    log.delivered = Math.max(log.delivered, Math.min(delivered, log.entries.length));
    log.blue = Math.max(log.blue, Math.min(blue, log.delivered));
    this.#line?.toClient(this.#receipt(conversation));
  }

  /** The person reads on another device. */
  readElsewhere(conversation: string, seq: number): void {
    const log = this.log(conversation);
    log.read = Math.max(log.read, Math.min(seq, log.entries.length));
    this.#passOwn(conversation, log);
    this.#tellOwn(conversation);
  }

  unread(conversation: string, after: number): number {
    return this.log(conversation).entries.filter(({ seq, from }) => seq > after && from !== ME).length;
  }

  say(frame: ServerFrame): void {
    this.#line?.toClient(frame);
  }

  /** Breaks what links there are; what is on its way is lost. */
  cut(code = 1006): void {
    for (const cutter of this.#cutters.splice(0)) cutter(code);
  }

  summaries(): Summary[] {
    return this.conversations.flatMap((conversation) => {
      const log = this.log(conversation);
      const last = log.entries.at(-1);
      if (last === undefined) return [];
      return [
        {
          conversation,
          head: log.entries.length,
          last: messageOf(conversation, last),
          read: log.read,
          unread: this.unread(conversation, log.read),
          receipts: this.receipts(conversation),
          updated: last.time ?? 0,
        },
      ];
    });
  }

  receipts(conversation: string): Receipt[] {
    const { delivered, blue } = this.log(conversation);
    if (this.#other(conversation) === ME) return [];
    return [{ user: this.#other(conversation), delivered, read: blue }];
  }

  messages(conversation: string): Message[] {
    return this.log(conversation).entries.map((entry) => messageOf(conversation, entry));
  }

  // --- the wire ---

  /** `isAlive`: a worker that is gone hears nothing. */
  open(isAlive: () => boolean = () => true): OpenSocket {
    return (node, events) => {
      this.sockets += 1;
      this.asked.push(node);
      let isOpen = true;
      const later = (run: () => void): void => {
        const due = Math.max(this.#clock.now() + 1 + Math.floor(this.#random() * this.delayMillis), lastAt);
        lastAt = due; // in order, as TCP
        this.#clock.after(due - this.#clock.now(), () => isOpen && run());
      };
      let lastAt = 0;
      const end = (code: number): void => {
        if (!isOpen) return;
        isOpen = false;
        if (this.#line === line) this.#line = undefined;
        if (isAlive()) events.closed(code);
      };
      const line: Line = {
        toClient: (frame) => later(() => isAlive() && events.received(printServerFrame(frame))),
        close: (code) => later(() => end(code)),
        pushedTo: new Map(),
        isGreeted: false,
        isCaughtUp: false,
        unacknowledged: [],
      };
      this.#cutters.push(end);
      if (this.isAway || this.gone.has(node)) this.#clock.after(10, () => end(1006));
      else later(() => isAlive() && events.opened());
      return {
        send: (text) => later(() => this.#receive(line, readClientFrame(text))),
        close: () => {
          isOpen = false;
          if (this.#line === line) this.#line = undefined;
        },
      };
    };
  }

  #receive(line: Line, frame: ClientFrame): void {
    this.received.push(frame);
    if (frame.type === 'hello') {
      this.#greet(line);
      return;
    }
    if (!line.isGreeted) this.complaints.push(`${frame.type} before hello`);
    if (line !== this.#line) return; // replaced: what it still says does not count
    const ref = frame.ref === undefined ? {} : { ref: frame.ref };
    switch (frame.type) {
      case 'heartbeat':
        line.toClient({ type: 'heartbeat', time: this.#now() });
        break;
      case 'send':
        this.#post(line, frame);
        break;
      case 'delivered':
      case 'read':
        this.#acknowledge(line, frame.type, frame.conversation, frame.seq);
        break;
      case 'pull':
        if (this.losesPulls > 0) this.losesPulls -= 1;
        else line.toClient({ ...this.#page(frame), ...ref });
        break;
      case 'receipts':
        for (const conversation of frame.conversations) {
          if (this.#other(conversation) !== ME) line.toClient(this.#receipt(conversation));
        }
        line.toClient({ type: 'receipts-end', ...ref });
        break;
      case 'watch':
        for (const user of frame.users) line.toClient({ type: 'presence', user, online: true });
        break;
      case 'typing':
      case 'unwatch':
        break;
    }
  }

  #greet(line: Line): void {
    this.#line?.close(4409);
    this.#line = line;
    line.isGreeted = true;
    for (const [conversation, log] of this.#logs) this.#passOwn(conversation, log);
    for (const [conversation, log] of this.#logs) line.pushedTo.set(conversation, log.cursor);
    const { window, inFlight, messagesPerSecond, burst, frameBytes } = this;
    const limits = { frameBytes, bodyBytes: 32_768, textCharacters: 4_096, pageEntries: 200, window, watch: 200 };
    line.toClient({
      type: 'welcome',
      user: ME,
      uid: 'u-alice',
      device: DEVICE,
      heartbeatSeconds: 5,
      limits: { ...limits, inFlight, messagesPerSecond, burst },
      time: this.#now(),
    });
    this.#push();
  }

  #post(line: Line, frame: Send): void {
    const { id, conversation = '', body } = frame;
    const { entries } = this.log(conversation);
    const earlier = entries.find((entry) => entry.from === ME && entry.id === id);
    const refusal = body['text'] === 'bad' ? { code: 'invalid' } : this.refusals.shift();
    if (earlier === undefined && refusal !== undefined) {
      line.toClient({ type: 'error', message: 'no', id, conversation, ...refusal });
      return;
    }
    if (frame.after !== undefined && frame.after > entries.length) this.complaints.push('after beyond the head');
    const seq = earlier?.seq ?? this.#append(conversation, { id, from: ME, device: DEVICE, body });
    if (this.breaksAfterStoring > 0) {
      this.breaksAfterStoring -= 1;
      this.cut();
      return;
    }
    const sent: ServerFrame = { type: 'sent', id, conversation, seq, time: entries[seq - 1]?.time ?? 0 };
    line.toClient(sent);
    if (this.repeats > 0) {
      this.repeats -= 1;
      line.toClient(sent);
    }
    this.#push();
  }

  #append(conversation: string, entry: Omit<Entry, 'seq' | 'time'>): number {
    const log = this.log(conversation);
    const seq = log.entries.length + 1;
    log.entries.push({ seq, time: this.#now(), ...entry });
    this.#passOwn(conversation, log);
    return seq;
  }

  #acknowledge(line: Line, type: 'delivered' | 'read', conversation: string, seq: number): void {
    const log = this.log(conversation);
    if (seq > log.entries.length) {
      this.complaints.push(`${type} beyond the head`);
      return;
    }
    if (type === 'delivered') this.onDelivered(conversation, seq);
    log.cursor = Math.max(log.cursor, seq);
    if (type === 'read') {
      log.read = Math.max(log.read, seq);
      this.#tellOwn(conversation);
    }
    this.#passOwn(conversation, log);
    line.unacknowledged = line.unacknowledged.filter(
      (pushed) => pushed.conversation !== conversation || pushed.seq > log.cursor,
    );
    line.pushedTo.set(conversation, Math.max(log.cursor, line.pushedTo.get(conversation) ?? 0));
    this.#push();
  }

  /** Both cursors pass over what they stand before and need not hear of. */
  #passOwn(conversation: string, log: Log): void {
    while (log.entries[log.cursor]?.device === DEVICE) log.cursor += 1;
    while (conversation !== `${ME}~${ME}` && log.entries[log.read]?.from === ME) log.read += 1;
  }

  #push(): void {
    const line = this.#line;
    if (line?.isGreeted !== true) return;
    let isAll = true;
    for (const [conversation, { entries }] of this.#logs) {
      let to = line.pushedTo.get(conversation) ?? 0;
      while (to < entries.length) {
        const entry = entries[to];
        if (entry === undefined) break;
        if (entry.device !== DEVICE) {
          if (line.unacknowledged.length >= this.window) {
            isAll = false;
            break;
          }
          line.unacknowledged.push({ conversation, seq: entry.seq });
          line.toClient({ type: 'message', conversation, ...entry });
          if (this.repeats > 0) {
            this.repeats -= 1;
            line.toClient({ type: 'message', conversation, ...entry });
          }
        }
        to += 1;
      }
      line.pushedTo.set(conversation, to);
    }
    if (isAll && !line.isCaughtUp) {
      line.isCaughtUp = true;
      line.toClient({ type: 'caught-up' });
    }
  }

  #page({ conversation, after, before, limit = 50 }: Extract<ClientFrame, { type: 'pull' }>): ServerFrame {
    const { entries } = this.log(conversation);
    const messages =
      after !== undefined
        ? entries.filter(({ seq }) => seq > after).slice(0, limit)
        : entries.filter(({ seq }) => seq < (before ?? Number.POSITIVE_INFINITY)).slice(-limit);
    return { type: 'page', conversation, messages, head: entries.length };
  }

  #receipt(conversation: string): ServerFrame {
    const { delivered, blue } = this.log(conversation);
    return { type: 'receipt', conversation, user: this.#other(conversation), delivered, read: blue };
  }

  #tellOwn(conversation: string): void {
    const { cursor, read } = this.log(conversation);
    this.#line?.toClient({ type: 'receipt', conversation, user: ME, delivered: Math.max(cursor, read), read });
  }

  #other(conversation: string): string {
    const [first = '', second = ''] = conversation.split('~');
    return first === ME ? second : first;
  }

  #now(): number {
    return this.#clock.now() + this.offset;
  }
}
