import { CHANNEL, type News, type Notice, type Said, SOCKET_LOCK, type Wish } from './channel.ts';
import { HeldE2ee } from './crypto/held.ts';
import { Database } from './database.ts';
import { KeyStore } from './encryption/keyStore.ts';
import { Engine } from './engine.ts';
import { Shelf } from './media/shelf.ts';
import { uploadByTus } from './media/tus.ts';
import { Nodes } from './nodes.ts';
import { systemClock, webLocks, webSocket } from './ports.ts';
import { Rest } from './rest.ts';

// The worker of each tab. Whichever holds the lock runs the engine for all of them; when its tab closes the next one takes over.

const channel = new BroadcastChannel(CHANNEL);
const database = new Database();
const tell = (said: News | Notice): void => channel.postMessage(said);
const nodes = new Nodes({ origin: location.origin, random: Math.random, database });
const rest = new Rest({
  nodes,
  fetch: (input, init) => fetch(input, init),
  database,
  locks: webLocks,
  clock: systemClock,
  announce: tell,
  device: { name: 'web', platform: 'web' },
});

const held = new HeldE2ee();
const media = { shelf: new Shelf(), upload: uploadByTus };
const encryption = { opener: held, keyStore: new KeyStore() };

let engine: Engine | undefined;

function run(): void {
  engine?.stop();
  rest.forget();
  engine = new Engine({
    open: webSocket,
    nodes,
    clock: systemClock,
    random: Math.random,
    database,
    rest,
    encryption,
    media,
    tell,
  });
  const started = engine;
  started.start().catch(() => {
    // the database cannot be read: pages find that themselves and say so; this one looks again later
    setTimeout(() => {
      if (engine === started) run();
    }, 5_000);
  });
}

function hear(said: Said): void {
  if (engine === undefined) {
    if (said.kind === 'node') nodes.turnTo(said.node); // where it is to begin when it takes over
    return;
  }
  switch (said.kind) {
    case 'logged-in':
      run();
      break;
    case 'forget':
      run();
      void held.wipe();
      break;
    case 'look':
    case 'older':
    case 'watching':
    case 'typing':
    case 'dropped':
    case 'keys-changed':
    case 'connect':
    case 'use-here':
    case 'how-is-it':
      engine.wish(said satisfies Wish);
      break;
    default: // news, which an engine before this one told
      break;
  }
}

channel.onmessage = ({ data }: MessageEvent<Said>) => hear(data);
addEventListener('online', () => engine?.wish({ kind: 'connect' }));
addEventListener('offline', () => engine?.offline());

void webLocks.hold(SOCKET_LOCK, () => {
  run();
  database.sealOld().catch(() => {}); // the next worker goes on
  return new Promise<never>(() => {}); // until this worker ends
});
