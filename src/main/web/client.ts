import { CHANNEL, type Changes, type News, type Notice, type Said, type Wish } from './channel.ts';
import { Database } from './database.ts';
import { PageKeys } from './encryption/pageKeys.ts';
import { PageFiles } from './media/pageFiles.ts';
import { Shelf } from './media/shelf.ts';
import { ServiceDoor } from './media/streaming.ts';
import streamWorkerUrl from './media/streamWorker.ts?worker&url';
import type { Chat } from './model.ts';
import { Nodes } from './nodes.ts';
import { systemClock, webLocks } from './ports.ts';
import { failureOf, Rest } from './rest.ts';
import type { Account, Services } from './services.ts';
import workerUrl from './worker.ts?worker&url';

/** A page repeats what it watches, so that whoever owns the socket may forget those that are gone. */
const REPEAT_MILLIS = 30_000;
/** An answer to `older` that has not come by then was lost, or its worker was. */
const OLDER_MILLIS = 10_000;
/** Chats whose newest messages are read again after news may have been lost; of the others the list is enough. */
const REREAD_CHATS = 20;
const REREAD_MESSAGES = 50;

type Listener = (said: News | Notice) => void;

/** The page's side: starts the worker of this tab and gives the views everything that is not theirs. */
export function startClient(): Services {
  const database = new Database();
  const line = new Line(database);
  const announce = (notice: Notice): void => line.announce(notice);
  const nodes = new Nodes({ origin: location.origin, random: Math.random, database });
  const rest = new Rest({
    nodes,
    fetch: (input, init) => fetch(input, init),
    database,
    locks: webLocks,
    clock: systemClock,
    announce,
    device: { name: browserName(navigator.userAgent), platform: 'web' },
  });
  const keys = new PageKeys(rest, database);
  const shelf = new Shelf();
  const files = new PageFiles(shelf, rest, database, serviceDoor());
  line.hear((said) => {
    if (said.kind === 'keys') keys.shown(said.keys);
    if (said.kind === 'forget') void files.forget();
    if (said.kind === 'logged-in' || said.kind === 'forget') rest.forget();
    else if (said.kind === 'node') nodes.turnTo(said.node);
  });
  return {
    archive: database,
    account: keepingStorage(rest, { keys, shelf }, () => line.say({ kind: 'keys-changed' })),
    encryption: keys,
    files,
    say: (wish) => line.say(wish),
    hear: (listener) => line.hear(listener),
    failureOf,
  };
}

/** What pages and workers say to each other, as one page takes part in it: whatever gets lost on the way is made up for. */
class Line {
  readonly #database: Database;
  readonly #page = pageId();
  readonly #listeners: Listener[] = [];
  readonly #known = new Map<string, Chat>();
  readonly #unsent = new Set<string>();
  readonly #older = new Map<string, ReturnType<typeof setTimeout>>();
  #watching: readonly string[] = [];
  #channel: BroadcastChannel | undefined;
  #worker: Worker | undefined;

  constructor(database: Database) {
    this.#database = database;
    this.#begin();
    // A page that is put aside must not keep the socket's lock, or no other tab could take over.
    window.addEventListener('pagehide', () => this.#end());
    window.addEventListener('pageshow', ({ persisted }) => {
      if (!persisted) return;
      this.#begin();
      void this.#readAgain();
    });
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') void this.#readAgain();
    });
    setInterval(() => this.#sayWatching(), REPEAT_MILLIS);
  }

  hear(listener: Listener): void {
    this.#listeners.push(listener);
  }

  say(wish: Wish): void {
    if (wish.kind === 'watching') {
      this.#watching = wish.users;
      this.#sayWatching();
      return;
    }
    if (wish.kind === 'older') this.#awaitOlder(wish.conversation);
    if (wish.kind === 'look') void this.#noteUnsent();
    this.#channel?.postMessage(wish);
  }

  /** To the other pages and all workers, and to this page too: the channel does not give back what was said into it. */
  announce(notice: Notice): void {
    this.#channel?.postMessage(notice);
    this.#tell(notice);
  }

  #begin(): void {
    this.#channel = new BroadcastChannel(CHANNEL);
    this.#channel.onmessage = ({ data }: MessageEvent<Said>) => this.#heard(data);
    this.#worker = new Worker(trusted(workerUrl), { type: 'module', name: 'parley' });
    this.say({ kind: 'how-is-it' });
    void this.#noteUnsent();
  }

  #end(): void {
    this.#channel?.postMessage({ kind: 'watching', page: this.#page, users: [] } satisfies Wish);
    this.#channel?.close();
    this.#worker?.terminate();
    this.#channel = undefined;
    this.#worker = undefined;
  }

  #heard(said: Said): void {
    switch (said.kind) {
      case 'changes':
        this.#note(said);
        this.#tell(said);
        break;
      case 'owner':
        this.#tell(said);
        this.#sayWatching();
        for (const conversation of this.#older.keys()) this.#channel?.postMessage({ kind: 'older', conversation });
        break;
      case 'older-stored':
      case 'older-failed':
        this.#olderAnswered(said.conversation);
        this.#tell(said);
        break;
      case 'logged-in':
      case 'forget':
        this.#known.clear();
        this.#unsent.clear();
        this.#tell(said);
        break;
      case 'broken':
        this.#end();
        this.#begin();
        break;
      case 'link':
      case 'presence':
      case 'typing':
      case 'clock':
      case 'keys':
      case 'node':
      case 'transfer':
        if ('conversation' in said && !('user' in said)) return; // another page's wish to tell that its person types
        this.#tell(said as News);
        break;
      default: // wishes of other pages
        break;
    }
  }

  #tell(said: News | Notice): void {
    for (const listener of this.#listeners) listener(said);
  }

  #note({ chats = [], unsent = [], settled = [] }: Changes): void {
    for (const chat of chats) this.#known.set(chat.conversation, chat);
    for (const { id } of unsent) this.#unsent.add(id);
    for (const id of settled) this.#unsent.delete(id);
  }

  async #noteUnsent(): Promise<void> {
    const unsent = await this.#database.unsent().catch(() => []);
    for (const { id } of unsent) this.#unsent.add(id);
  }

  #sayWatching(): void {
    this.#channel?.postMessage({ kind: 'watching', page: this.#page, users: this.#watching } satisfies Wish);
  }

  #awaitOlder(conversation: string): void {
    this.#olderAnswered(conversation);
    const late = (): void => {
      this.#older.delete(conversation);
      this.#tell({ kind: 'older-failed', conversation, message: 'There was no answer.' });
    };
    this.#older.set(conversation, setTimeout(late, OLDER_MILLIS));
  }

  #olderAnswered(conversation: string): void {
    clearTimeout(this.#older.get(conversation));
    this.#older.delete(conversation);
  }

  /** News may have been lost while the page was hidden: tells what differs from what was heard, as if it came now. */
  async #readAgain(): Promise<void> {
    this.say({ kind: 'how-is-it' });
    this.say({ kind: 'connect' });
    this.#sayWatching();
    try {
      const [chats, unsent, people] = await Promise.all([
        this.#database.chats(),
        this.#database.unsent(),
        this.#database.people(),
      ]);
      const moved = chats.filter((chat) => {
        const known = this.#known.get(chat.conversation);
        return known === undefined || JSON.stringify(known) !== JSON.stringify(chat);
      });
      const newest = await Promise.all(
        moved
          .sort((one, other) => other.updated - one.updated)
          .slice(0, REREAD_CHATS)
          .map(({ conversation }) => this.#database.newest(conversation, REREAD_MESSAGES)),
      );
      const waiting = new Set(unsent.map(({ id }) => id));
      const settled = [...this.#unsent].filter((id) => !waiting.has(id));
      const changes: Changes = { kind: 'changes', messages: newest.flat(), chats: moved, unsent, settled, people };
      this.#note(changes);
      this.#tell(changes);
    } catch {
      // the views find out when they read, and tell the person
    }
  }
}

/** What is stored is the person's history: the browser is asked to keep it when space gets short. */
function keepingStorage(
  rest: Rest,
  { keys, shelf }: { readonly keys: PageKeys; readonly shelf: Shelf },
  keysChanged: () => void,
): Account {
  const persist = (): void => void navigator.storage?.persist?.().catch(() => false);
  return {
    register: (user, password, name) => rest.register(user, password, name),
    login: async (user, password, replace) => {
      await rest.login(user, password, replace);
      persist();
    },
    logout: async () => {
      await rest.logout();
      await Promise.all([keys.wipe(), shelf.wipe()]);
    },
    changePassword: (old, fresh) => rest.changePassword(old, fresh),
    user: (id) => rest.user(id),
    devices: () => rest.devices(),
    unlink: async (device) => {
      await rest.unlink(device);
      keysChanged(); // it is to be taken out of conversations
    },
    settings: () => rest.settings(),
    changeSettings: (change) => rest.changeSettings(change),
    rename: (name) => rest.rename(name),
  };
}

/** Registered when the first video is to be played. */
function serviceDoor(): ServiceDoor {
  const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  return new ServiceDoor(new URL('./', location.href).href, container, async () =>
    container?.register(trusted(streamWorkerUrl), { updateViaCache: 'none' }),
  );
}

interface ScriptUrlPolicy {
  createScriptURL(url: string): unknown;
}
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): ScriptUrlPolicy;
}

let policy: ScriptUrlPolicy | undefined;

const STARTED: readonly string[] = [workerUrl, streamWorkerUrl];

/** The only scripts that are ever started by their address are the workers: the policy lets nothing else pass. */
function trusted(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  if (trustedTypes === undefined) return url;
  policy ??= trustedTypes.createPolicy('parley', {
    createScriptURL: (asked) => {
      if (!STARTED.includes(asked)) throw new TypeError('not a worker');
      return asked;
    },
  });
  return policy.createScriptURL(url) as string; // a TrustedScriptURL, which the types of Worker do not know yet
}

/** Not a UUID of the browser's: those exist only where the page came over a safe way. */
function pageId(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(3)), (part) => part.toString(36)).join('');
}

/** What the person finds in the list of devices. */
export function browserName(agent: string): string {
  const browsers: readonly [RegExp, string][] = [
    [/Edg\//, 'Edge'],
    [/OPR\//, 'Opera'],
    [/Firefox\//, 'Firefox'],
    [/Chrome\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ];
  const systems: readonly [RegExp, string][] = [
    [/Android/, 'Android'],
    [/iPhone|iPad/, 'iOS'],
    [/Windows/, 'Windows'],
    [/Mac OS X/, 'macOS'],
    [/Linux/, 'Linux'],
  ];
  const of = (names: readonly [RegExp, string][]): string | undefined => names.find(([form]) => form.test(agent))?.[1];
  const browser = of(browsers) ?? 'Browser';
  const system = of(systems);
  return system === undefined ? browser : `${browser} on ${system}`;
}
