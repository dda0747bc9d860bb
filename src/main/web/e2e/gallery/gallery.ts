import { searchFor } from '../../actions/search.ts';
import type { News, Notice, Wish } from '../../channel.ts';
import type { ChatEncryption, KeysState, Link, Message } from '../../model.ts';
import { begin } from '../../page.tsx';
import type { Account, Encryption, Failure, Files, LinkedDevice, Services } from '../../services.ts';
import { cannotStart, dropHint, dropTyping, putApprovedAway, showDialog, showHint } from '../../store.ts';
import { text } from '../../strings.ts';
import { EncryptedDatabase, numberOf, type Outcome } from './encryption.ts';
import { CHATS, LONG, people, WORDS } from './people.ts';

// The page with the real database, a made-up person in it, and nobody at the other end: for pictures, and for measuring.

const ME = { user: 'mira', uid: '0b6f3c52-9d1e-4a77-8c35-5e2f9a1b7d40', device: '00a1b2c3d4e5f607' };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const kind = new URLSearchParams(location.search).get('as') ?? 'full';
const listeners: ((said: News | Notice) => void)[] = [];
const tell = (news: News | Notice): void => {
  for (const listener of listeners) listener(news);
};
const database = new EncryptedDatabase(`gallery-${kind}`);

/** `?`: one that this client does not know; `!`: encryption begins; `!` and a reason: one that cannot be read. */
function bodyOf(content: string): Message['body'] {
  if (content === '?') return { type: 'poll' };
  if (content === '!') return { type: 'commit' };
  if (content.startsWith('!')) return { type: 'undecryptable', why: content.slice(1) };
  return { type: 'text', text: content };
}

async function chatsOf(): Promise<void> {
  const now = Date.now();
  for (const chat of CHATS.filter(({ lines }) => lines.length > 0)) {
    let seq = 0;
    let time = now - chat.ago * MINUTE - chat.lines.length * 40_000;
    const messages = chat.lines.map((line): Message => {
      seq += 1;
      time += line.startsWith('+') ? 5_000 : 70_000;
      const [who, ...rest] = line.replace(/^\+/u, '').split('|');
      const from = who === '>' ? ME.user : chat.peer;
      const content = rest.join('|');
      const body = bodyOf(content);
      return { conversation: chat.conversation, seq, id: `m${seq}`, from, device: 'ffff000011112222', time, body };
    });
    await database.arrived(ME, messages);
    if (chat.peer !== ME.user) {
      const frame = { type: 'receipt', conversation: chat.conversation, user: chat.peer } as const;
      const steps = [
        { delivered: chat.delivered - 5, read: chat.read - 5, learned: { at: now - 120 * MINUTE, isLate: true } },
        { delivered: chat.delivered, read: chat.read, learned: { at: now - MINUTE, isLate: false } },
      ];
      await database.receipts(
        ME,
        steps.filter(({ read }) => read >= 0).map((step) => ({ ...frame, ...step })),
      );
    }
    await database.wantRead(chat.conversation, seq - chat.unread);
  }
}

async function longChat(): Promise<void> {
  const now = Date.now();
  for (let from = 1; from <= LONG.count; from += 1_000) {
    const messages = Array.from({ length: 1_000 }, (_, at): Message => {
      const seq = from + at;
      const mine = (seq * 7) % 5 < 2;
      const words = WORDS.slice((seq * 13) % 40, ((seq * 13) % 40) + 3 + ((seq * 31) % 25));
      const body = { type: 'text', text: `${seq}: ${words.join(' ')}` };
      const time = now - 30 * 24 * HOUR + seq * 200_000;
      const from_ = mine ? ME.user : LONG.peer;
      return {
        conversation: LONG.conversation,
        seq,
        id: `l${seq}`,
        from: from_,
        device: 'ffff000011112222',
        time,
        body,
      };
    });
    await database.arrived(ME, messages);
  }
  await database.wantRead(LONG.conversation, LONG.count);
}

async function seed(): Promise<void> {
  await database.wipe();
  if (kind === 'stranger') return;
  await database.logIn({ ...ME, refreshToken: 'none' });
  await database.keepPeople(
    ME,
    people.map((person) => ({ ...person, uid: ME.uid, asked: Date.now() })),
  );
  if (kind === 'empty') return;
  await chatsOf();
  if (kind === 'long') await longChat();
  await database.keepDraft('mira~noor', 'I think we should take the earlier train, because');
  await database.addUnsent({
    id: 'waiting-1',
    conversation: 'jonas~mira',
    body: { type: 'text', text: 'On my way, ten minutes!' },
    written: Date.now() - 4_000,
  });
}

/** What the server would do with what stands in the outbox. */
async function deliver(conversation: string): Promise<void> {
  for (const unsent of await database.unsent()) {
    if (unsent.conversation !== conversation || unsent.id.startsWith('waiting') || unsent.refused !== undefined)
      continue;
    const chat = await database.chat(conversation);
    const seq = Math.max(chat?.head ?? 0, 0) + 1;
    const message: Message = {
      conversation,
      seq,
      id: unsent.id,
      from: ME.user,
      device: ME.device,
      time: Date.now(),
      body: unsent.body,
    };
    await arrive([message]);
  }
}

async function arrive(messages: readonly Message[]): Promise<void> {
  const { messages: stored, chats, settled } = await database.arrived(ME, messages);
  tell({ kind: 'changes', messages: stored, chats, settled });
}

const devices: LinkedDevice[] = [
  { device: ME.device, name: 'Firefox on Linux', platform: 'web', linked: Date.now() - 90 * HOUR, current: true },
  {
    device: '1111222233334444',
    name: 'Chrome on Android',
    platform: 'web',
    linked: Date.now() - 900 * HOUR,
    lastSeen: Date.now() - 3 * HOUR,
    current: false,
  },
  {
    device: '5555666677778888',
    name: 'Safari on macOS',
    platform: 'web',
    linked: Date.now() - 2_200 * HOUR,
    lastSeen: Date.now() - 200 * HOUR,
    current: false,
  },
];

class Refused extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.detail);
    this.failure = failure;
  }
}

const account: Account = {
  register: async (user) => {
    if (user === 'taken') throw new Refused({ code: 'conflict', detail: 'taken' });
  },
  login: async (user) => {
    if (user === 'many') throw new Refused({ code: 'conflict', detail: 'too many devices', devices });
    throw new Refused({ code: 'unauthenticated', detail: 'wrong' });
  },
  logout: () => database.wipe(),
  changePassword: async () => {
    throw new Refused({ code: 'forbidden', detail: 'wrong' });
  },
  user: async (id) => {
    const person = people.find((known) => known.user === id);
    if (person === undefined) throw new Refused({ code: 'unknown-user', detail: 'no such user' });
    return { ...person, uid: ME.uid };
  },
  devices: async () => (only ? devices.filter(({ current }) => current) : devices),
  unlink: async () => undefined,
  settings: async () => ({ lastSeen: 'written-to', readReceipts: true }),
  changeSettings: async (change) => ({ lastSeen: 'everyone', readReceipts: true, ...change }),
  rename: async () => undefined,
};

/** What the keys are asked, and what they answer: as the scene wants it. */
let number: Outcome = 'unverified';
let only = false;
const encryption: Encryption = {
  safety: async () => {
    if (number === 'slow') return new Promise<never>(() => undefined);
    if (number === 'failing') throw new Refused({ code: 'network', detail: '' });
    return numberOf(number);
  },
  setVerified: async (_, isVerified) => {
    number = isVerified ? 'verified' : 'unverified';
  },
  approve: async () => undefined,
  startAnew: async () => {
    throw new Refused({ code: 'forbidden', detail: 'wrong' });
  },
};

function heard(wish: Wish): void {
  if (wish.kind === 'look') setTimeout(() => void deliver(wish.conversation), 120);
  if (wish.kind === 'keys-changed') void putRight();
  if (wish.kind === 'how-is-it') {
    tell({ kind: 'link', link: { state: 'up-to-date' } });
    tell({ kind: 'keys', keys: { state: 'ready', waiting: [] } });
  }
  if (wish.kind === 'watching') {
    for (const user of wish.users) {
      const online = user === 'jonas';
      const lastSeen = Date.now() - 47 * MINUTE;
      tell({ kind: 'presence', presence: online ? { user, online } : { user, online, lastSeen } });
    }
  }
}

const NO_FILES: Files = {
  keep: () => Promise.reject(new Refused({ code: 'network', detail: '' })),
  fetch: () => Promise.reject(new Refused({ code: 'network', detail: '' })),
  stream: () => Promise.reject(new Refused({ code: 'network', detail: '' })),
  isHere: async () => false,
  usage: async () => new Map(),
  clear: async () => undefined,
};

const services: Services = {
  archive: database,
  account,
  encryption,
  files: NO_FILES,
  say: heard,
  hear: (listener) => listeners.push(listener),
  failureOf: (problem) => (problem instanceof Refused ? problem.failure : { code: 'network', detail: '' }),
};

async function encrypt(conversation: string, change: Partial<ChatEncryption>): Promise<void> {
  database.encrypt(conversation, change);
  const chat = await database.chat(conversation);
  if (chat !== undefined) tell({ kind: 'changes', chats: [chat] });
}

/** Nobody asks any more, nothing is wrong any more: what the worker would tell after a page has put it right. */
async function putRight(): Promise<void> {
  tell({ kind: 'keys', keys: { state: 'ready', waiting: [] } });
  for (const conversation of database.calm()) {
    const chat = await database.chat(conversation);
    if (chat !== undefined) tell({ kind: 'changes', chats: [chat] });
  }
}

/** As it is where a scene says nothing. */
async function calm(): Promise<void> {
  number = 'unverified';
  only = false;
  await putRight();
  putApprovedAway();
}

/** For the one who takes the pictures. */
const gallery = {
  link: (link: Link) => tell({ kind: 'link', link }),
  keys: (keys: KeysState) => tell({ kind: 'keys', keys }),
  number: (wanted: Outcome) => {
    number = wanted;
  },
  onlyDevice: () => {
    only = true;
  },
  encrypt,
  typing: (conversation: string, user: string) => tell({ kind: 'typing', conversation, user }),
  hint: (words: keyof typeof text & ('storageFullSending' | 'copied')) => showHint(text[words]),
  breaks: () => cannotStart('The messages on this device cannot be read or written: reload, or restart the browser.'),
  /** As after a reload, but without one: at a page, nothing open, nothing searched for. */
  goTo: async (hash: string) => {
    location.hash = '#/';
    dropHint();
    dropTyping(Number.POSITIVE_INFINITY);
    showDialog(undefined);
    searchFor('');
    tell({ kind: 'link', link: { state: 'up-to-date' } });
    await calm();
    await new Promise((resolve) => setTimeout(resolve, 0)); // the address tells of its change a moment later
    location.hash = hash;
    window.focus();
  },
  refuse: (conversation: string, id: string, content: string) =>
    tell({
      kind: 'changes',
      unsent: [
        {
          id,
          conversation,
          body: { type: 'text', text: content },
          after: 0,
          order: 900,
          written: Date.now(),
          refused: { code: 'forbidden', message: 'no' },
        },
      ],
    }),
  /** So many messages from the other one, at once. */
  arrive: async (conversation: string, peer: string, contents: readonly string[]) => {
    const head = (await database.chat(conversation))?.head ?? 0;
    await arrive(
      contents.map((content, at) => ({
        conversation,
        seq: head + at + 1,
        id: `n${head + at + 1}`,
        from: peer,
        device: 'ffff000011112222',
        time: Date.now(),
        body: bodyOf(content),
      })),
    );
  },
};
declare global {
  interface Window {
    gallery: typeof gallery;
  }
}

await seed();
const root = document.getElementById('root');
if (root !== null) begin(() => services, root);
window.gallery = gallery;
document.documentElement.dataset['gallery'] = kind; // ready
