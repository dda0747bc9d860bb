import type { Body } from './model.ts';

// What travels on the WebSocket, `parley.v1`; docs/protocol.md says what each frame means. Times are milliseconds since 1970 here
// and RFC 3339 on the wire. Reading is strict about what it knows and ignores what it does not: members may be added later.

/** An entry of a conversation's log as its reader sees it. */
export interface Entry {
  readonly seq: number;
  readonly id?: string;
  readonly from?: string;
  readonly device?: string;
  readonly time?: number;
  readonly body: Body;
  /** The uploads it carries; absent where there are none. */
  readonly media?: readonly string[];
  readonly client?: unknown;
}

export interface Limits {
  readonly frameBytes: number;
  readonly bodyBytes: number;
  readonly textCharacters: number;
  readonly pageEntries: number;
  readonly window: number;
  readonly watch: number;
  readonly inFlight: number;
  readonly messagesPerSecond: number;
  readonly burst: number;
}

interface Referable {
  readonly ref?: string;
}

export interface Hello extends Referable {
  readonly type: 'hello';
  readonly token: string;
}
export interface Heartbeat extends Referable {
  readonly type: 'heartbeat';
}
export interface Send extends Referable {
  readonly type: 'send';
  readonly id: string;
  /** Exactly one of `to` and `conversation`. */
  readonly to?: string;
  readonly conversation?: string;
  readonly body: Body;
  readonly media?: readonly string[];
  readonly after?: number;
}
export interface Delivered extends Referable {
  readonly type: 'delivered';
  readonly conversation: string;
  readonly seq: number;
}
export interface Read extends Referable {
  readonly type: 'read';
  readonly conversation: string;
  readonly seq: number;
}
export interface Pull extends Referable {
  readonly type: 'pull';
  readonly conversation: string;
  /** At most one of `after` and `before`. */
  readonly after?: number;
  readonly before?: number;
  readonly limit?: number;
}
export interface Receipts extends Referable {
  readonly type: 'receipts';
  readonly conversations: readonly string[];
}
export interface Typing extends Referable {
  readonly type: 'typing';
  readonly conversation: string;
}
export interface Watch extends Referable {
  readonly type: 'watch';
  readonly users: readonly string[];
}
export interface Unwatch extends Referable {
  readonly type: 'unwatch';
  readonly users: readonly string[];
}

export type ClientFrame = Hello | Heartbeat | Send | Delivered | Read | Pull | Receipts | Typing | Watch | Unwatch;

/** What the server takes: encrypted messages only, both, or nothing that would begin to be encrypted. */
export type EncryptionMode = 'required' | 'default' | 'off';

export interface Welcome extends Referable {
  readonly type: 'welcome';
  readonly user: string;
  readonly uid: string;
  readonly device: string;
  readonly heartbeatSeconds: number;
  readonly limits: Limits;
  /** What the operator wants; absent from older servers, and where it is a word of a later one. */
  readonly encryption?: EncryptionMode;
  readonly time: number;
}
export interface MessageFrame extends Entry {
  readonly type: 'message';
  readonly conversation: string;
}
export interface CaughtUp {
  readonly type: 'caught-up';
}
export interface Sent extends Referable {
  readonly type: 'sent';
  readonly id: string;
  readonly conversation: string;
  readonly seq: number;
  readonly time: number;
}
export interface ReceiptFrame extends Referable {
  readonly type: 'receipt';
  readonly conversation: string;
  readonly user: string;
  readonly delivered: number;
  readonly read: number;
  readonly not?: readonly (readonly [number, number])[];
}
export interface ReceiptsEnd extends Referable {
  readonly type: 'receipts-end';
}
export interface Page extends Referable {
  readonly type: 'page';
  readonly conversation: string;
  readonly messages: readonly Entry[];
  readonly head: number;
}
export interface PresenceFrame extends Referable {
  readonly type: 'presence';
  readonly user: string;
  readonly online?: boolean;
  readonly lastSeen?: number;
}
export interface TypingOfOthers {
  readonly type: 'typing';
  readonly conversation: string;
  readonly user: string;
}
export interface HeartbeatAnswer extends Referable {
  readonly type: 'heartbeat';
  readonly time: number;
}
export interface ErrorFrame extends Referable {
  readonly type: 'error';
  readonly code: string;
  readonly message: string;
  readonly id?: string;
  readonly conversation?: string;
  readonly retryAfterSeconds?: number;
  /** Of a conflict with the conversation's MLS group: its epoch, if there is one, and the entry that began it (0: none). */
  readonly epoch?: number;
  readonly seq?: number;
}
/** The person's own keys have changed. */
export interface KeysFrame {
  readonly type: 'keys';
  readonly user: string;
  readonly version: number;
}
/** This device has few key packages left. */
export interface KeyPackagesFrame {
  readonly type: 'key-packages';
  readonly left: number;
}
export interface Bye {
  readonly type: 'bye';
  readonly reason: string;
  readonly reconnectAfterMillis: number;
}

export type ServerFrame =
  | Welcome
  | MessageFrame
  | CaughtUp
  | Sent
  | ReceiptFrame
  | ReceiptsEnd
  | Page
  | PresenceFrame
  | TypingOfOthers
  | HeartbeatAnswer
  | ErrorFrame
  | KeysFrame
  | KeyPackagesFrame
  | Bye;

/** A frame of a later protocol: ignored, never fatal. */
export interface UnknownFrame {
  readonly type: 'unknown';
  readonly name: string;
}

/** The text is not a frame. The message says where, never what stood there. */
export class DamagedFrame extends Error {
  override readonly name = 'DamagedFrame';
}

export function readServerFrame(text: string): ServerFrame | UnknownFrame {
  const object = parse(text);
  const type = typeOf(object);
  return isKey(serverFrames, type)
    ? ({ type, ...readMembers(serverFrames[type], object, type) } as unknown as ServerFrame)
    : { type: 'unknown', name: type };
}

export function readClientFrame(text: string): ClientFrame {
  const object = parse(text);
  const type = typeOf(object);
  if (!isKey(clientFrames, type)) throw new DamagedFrame('type: not a client frame');
  const frame = { type, ...readMembers(clientFrames[type], object, type) } as unknown as ClientFrame;
  if (frame.type === 'send' && (frame.to === undefined) === (frame.conversation === undefined)) {
    throw new DamagedFrame('send: exactly one of to and conversation');
  }
  if (frame.type === 'pull' && frame.after !== undefined && frame.before !== undefined) {
    throw new DamagedFrame('pull: after and before together');
  }
  return frame;
}

/** The frame as it is written on the wire: compact, `type` first. */
export function printFrame(frame: ClientFrame): string {
  return print(clientFrames[frame.type], frame);
}

export function printServerFrame(frame: ServerFrame): string {
  return print(serverFrames[frame.type], frame);
}

export function readEntry(value: unknown): Entry {
  return entry.read(value, 'entry');
}

/** RFC 3339 in UTC with milliseconds, as milliseconds. */
export function readTime(value: unknown): number {
  return time.read(value, 'time');
}

export function isUserId(text: string): boolean {
  return USER.test(text);
}

export function isMessageId(text: string): boolean {
  return MESSAGE.test(text);
}

const USER_ID = '[a-z0-9][a-z0-9._-]{1,31}';
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const USER = new RegExp(`^${USER_ID}$`);
const DIRECT = new RegExp(`^(${USER_ID})~(${USER_ID})$`);
const GROUP = new RegExp(`^g\\.${UUID}$`);
const MESSAGE = /^[A-Za-z0-9_-]{1,64}$/;
const DEVICE = /^[0-9a-f]{16}$/;
const MEDIA = /^[0-9a-f]{32}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** Of a text, in Unicode code points. */
export const TEXT_CHARACTERS = 4_096;
const REF_CHARACTERS = 64;
const RECEIPTS_CONVERSATIONS = 100;
const WATCH_USERS = 200;
const PAGE_ENTRIES = 200;
const MEDIA_IDS = 32;

/** How one member is read and printed. */
interface Kind<T> {
  readonly read: (value: unknown, where: string) => T;
  readonly print: (value: T) => unknown;
}
interface Member {
  readonly kind: Kind<unknown>;
  readonly optional: boolean;
}
type Members = Readonly<Record<string, Member>>;
type Json = Readonly<Record<string, unknown>>;

function parse(text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DamagedFrame('not JSON');
  }
  if (!isObject(value)) throw new DamagedFrame('not an object');
  return value;
}

function typeOf(object: Json): string {
  const type = object['type'];
  if (typeof type !== 'string') throw new DamagedFrame('type: not a string');
  return type;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isKey<T extends object>(table: T, key: string): key is keyof T & string {
  return Object.hasOwn(table, key);
}

function readMembers(members: Members, object: Json, where: string): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const [name, { kind, optional }] of Object.entries(members)) {
    const value = object[name];
    if (value !== undefined && value !== null) read[name] = kind.read(value, `${where}.${name}`);
    else if (!optional) throw new DamagedFrame(`${where}.${name}: missing`);
  }
  return read;
}

function print(members: Members, frame: { readonly type: string }): string {
  return JSON.stringify({ type: frame.type, ...printMembers(members, frame as unknown as Json) });
}

function printMembers(members: Members, object: Json): Record<string, unknown> {
  const printed: Record<string, unknown> = {};
  for (const [name, { kind }] of Object.entries(members)) {
    const value = object[name];
    if (value !== undefined) printed[name] = kind.print(value);
  }
  return printed;
}

function kind<T>(read: (value: unknown, where: string) => T): Kind<T> {
  return { read, print: (value) => value };
}

function must<T>(of: Kind<T>): Member {
  return { kind: of as Kind<unknown>, optional: false };
}

function may<T>(of: Kind<T>): Member {
  return { kind: of as Kind<unknown>, optional: true };
}

const string = kind((value, where) => {
  if (typeof value !== 'string' || !value.isWellFormed()) throw new DamagedFrame(`${where}: not a string`);
  return value;
});

const boolean = kind((value, where) => {
  if (typeof value !== 'boolean') throw new DamagedFrame(`${where}: not true or false`);
  return value;
});

function matching(...forms: readonly RegExp[]): Kind<string> {
  return kind((value, where) => {
    const text = string.read(value, where);
    if (!forms.some((form) => form.test(text))) throw new DamagedFrame(`${where}: not of its form`);
    return text;
  });
}

function integer(least: number, most = Number.MAX_SAFE_INTEGER): Kind<number> {
  return kind((value, where) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > most) {
      throw new DamagedFrame(`${where}: not a whole number from ${least} on`);
    }
    return value;
  });
}

function list<T>(of: Kind<T>, most = Number.POSITIVE_INFINITY): Kind<readonly T[]> {
  return {
    read: (value, where) => {
      if (!Array.isArray(value) || value.length > most) throw new DamagedFrame(`${where}: not a list of its size`);
      return value.map((item, at) => of.read(item, `${where}[${at}]`));
    },
    print: (items) => items.map(of.print),
  };
}

const time: Kind<number> = {
  read: (value, where) => {
    const text = matching(TIME).read(value, where);
    const millis = Date.parse(text);
    // Date.parse may roll over what is no date, such as 30 February
    if (Number.isNaN(millis) || new Date(millis).toISOString() !== text)
      throw new DamagedFrame(`${where}: no such time`);
    return millis;
  },
  print: (millis) => new Date(millis).toISOString(),
};

const ref = kind((value, where) => {
  const text = string.read(value, where);
  if ([...text].length > REF_CHARACTERS) throw new DamagedFrame(`${where}: too long`);
  return text;
});

const conversation = kind((value, where) => {
  const text = matching(DIRECT, GROUP).read(value, where);
  const [, first, second] = DIRECT.exec(text) ?? [];
  if (first !== undefined && second !== undefined && first > second) throw new DamagedFrame(`${where}: out of order`);
  return text;
});

const body = kind((value, where) => {
  if (!isObject(value) || typeof value['type'] !== 'string') throw new DamagedFrame(`${where}: no body`);
  return value as Body;
});

const range = kind((value, where) => {
  const [first, last, ...more] = list(integer(1)).read(value, where);
  if (first === undefined || last === undefined || more.length > 0 || first > last) {
    throw new DamagedFrame(`${where}: no range`);
  }
  return [first, last] as const;
});

const encryption = kind((value, where) => {
  const word = string.read(value, where);
  return word === 'required' || word === 'default' || word === 'off' ? word : undefined;
});

const seq = integer(1);
const watermark = integer(0);
const user = matching(USER);
const media = list(matching(MEDIA), MEDIA_IDS);

const entryMembers = {
  seq: must(seq),
  id: may(matching(MESSAGE)),
  from: may(user),
  device: may(matching(DEVICE)),
  time: may(time),
  body: must(body),
  media: may(media),
  client: may(kind((value) => value)),
};

const entry: Kind<Entry> = {
  read: (value, where) => {
    if (!isObject(value)) throw new DamagedFrame(`${where}: not an object`);
    return readMembers(entryMembers, value, where) as unknown as Entry;
  },
  print: (value) => printMembers(entryMembers, value as unknown as Json),
};

const limitMembers = {
  frameBytes: must(integer(1)),
  bodyBytes: must(integer(1)),
  textCharacters: must(integer(1)),
  pageEntries: must(integer(1)),
  window: must(integer(1)),
  watch: must(integer(0)),
  inFlight: must(integer(1)),
  messagesPerSecond: must(integer(1)),
  burst: must(integer(1)),
};

const limits: Kind<Limits> = {
  read: (value, where) => {
    if (!isObject(value)) throw new DamagedFrame(`${where}: not an object`);
    return readMembers(limitMembers, value, where) as unknown as Limits;
  },
  print: (value) => printMembers(limitMembers, value as unknown as Json),
};

/** The members of a frame in the order in which they are printed; the compiler finds one that is forgotten or misspelt. */
type MembersOf<F> = Readonly<Record<Exclude<keyof F, 'type'>, Member>>;
type Table<F extends { readonly type: string }> = { readonly [T in F['type']]: MembersOf<Extract<F, { type: T }>> };

const clientFrames: Table<ClientFrame> = {
  hello: { token: must(string), ref: may(ref) },
  heartbeat: { ref: may(ref) },
  send: {
    id: must(matching(MESSAGE)),
    to: may(user),
    conversation: may(conversation),
    body: must(body),
    media: may(media),
    after: may(watermark),
    ref: may(ref),
  },
  delivered: { conversation: must(conversation), seq: must(seq), ref: may(ref) },
  read: { conversation: must(conversation), seq: must(seq), ref: may(ref) },
  pull: {
    conversation: must(conversation),
    after: may(watermark),
    before: may(seq),
    limit: may(integer(1, PAGE_ENTRIES)),
    ref: may(ref),
  },
  receipts: { conversations: must(list(conversation, RECEIPTS_CONVERSATIONS)), ref: may(ref) },
  typing: { conversation: must(conversation), ref: may(ref) },
  watch: { users: must(list(user, WATCH_USERS)), ref: may(ref) },
  unwatch: { users: must(list(user, WATCH_USERS)), ref: may(ref) },
};

const serverFrames: Table<ServerFrame> = {
  welcome: {
    user: must(user),
    uid: must(string),
    device: must(matching(DEVICE)),
    heartbeatSeconds: must(integer(1)),
    limits: must(limits),
    encryption: may(encryption),
    time: must(time),
    ref: may(ref),
  },
  message: { conversation: must(conversation), ...entryMembers },
  'caught-up': {},
  sent: {
    id: must(matching(MESSAGE)),
    conversation: must(conversation),
    seq: must(seq),
    time: must(time),
    ref: may(ref),
  },
  receipt: {
    conversation: must(conversation),
    user: must(user),
    delivered: must(watermark),
    read: must(watermark),
    not: may(list(range)),
    ref: may(ref),
  },
  'receipts-end': { ref: may(ref) },
  page: { conversation: must(conversation), messages: must(list(entry)), head: must(watermark), ref: may(ref) },
  presence: { user: must(user), online: may(boolean), lastSeen: may(time), ref: may(ref) },
  typing: { conversation: must(conversation), user: must(user) },
  heartbeat: { time: must(time), ref: may(ref) },
  error: {
    code: must(string),
    message: must(string),
    id: may(string),
    conversation: may(string),
    retryAfterSeconds: may(watermark),
    epoch: may(watermark),
    seq: may(watermark),
    ref: may(string),
  },
  keys: { user: must(user), version: must(watermark) },
  'key-packages': { left: must(watermark) },
  bye: { reason: must(string), reconnectAfterMillis: must(watermark) },
};
