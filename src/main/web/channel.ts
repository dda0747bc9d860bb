import type { Transfer } from './media/uploads.ts';
import type { Chat, KeysState, Link, Message, Person, Presence, Unsent } from './model.ts';

// What pages and workers of this browser say to each other over one BroadcastChannel. The database is the truth; these are news
// of it, so that a lost one costs nothing but time: a page reads the database when it starts, a worker when it takes the lock.

export const CHANNEL = 'parley';
/** Web Lock of the worker that owns the socket. */
export const SOCKET_LOCK = 'parley-socket';
/** Web Lock around each use of the refresh token, which works only once. */
export const TOKEN_LOCK = 'parley-token';

/** From the worker that owns the socket to every page. Changes of one transaction come in one. */
export interface Changes {
  readonly kind: 'changes';
  readonly messages?: readonly Message[];
  readonly chats?: readonly Chat[];
  /** New, or refused. */
  readonly unsent?: readonly Unsent[];
  /** Ids that are no longer unsent: they stand in `messages`, or were deleted. */
  readonly settled?: readonly string[];
  readonly people?: readonly Person[];
}

export type News =
  | Changes
  | { readonly kind: 'link'; readonly link: Link }
  | { readonly kind: 'presence'; readonly presence: Presence }
  | { readonly kind: 'typing'; readonly conversation: string; readonly user: string }
  /** The server's clock minus this device's, in milliseconds: times are shown by the server's. */
  | { readonly kind: 'clock'; readonly offset: number }
  /** The answer to `older`: the page reads them from the database. */
  | { readonly kind: 'older-stored'; readonly conversation: string; readonly heldFrom: number }
  | { readonly kind: 'older-failed'; readonly conversation: string; readonly message: string }
  /** The node that this browser is connected to: calls begin there too. */
  | { readonly kind: 'node'; readonly node: string }
  | { readonly kind: 'keys'; readonly keys: KeysState }
  /** How far the upload of an unsent message has come; without `transfer`, there is none under way. */
  | { readonly kind: 'transfer'; readonly id: string; readonly transfer?: Transfer }
  /** The worker that owns the socket cannot go on: each page starts its own anew. */
  | { readonly kind: 'broken' }
  /** A worker took over the socket: pages say again what they watch. */
  | { readonly kind: 'owner' };

/** From pages to the worker that owns the socket. What must not get lost stands in the database before it is said here. */
export type Wish =
  /** Something was written to the outbox, or a `readWanted` moved. */
  | { readonly kind: 'look'; readonly conversation: string }
  /** Entries below `heldFrom` of a chat are wanted. */
  | { readonly kind: 'older'; readonly conversation: string }
  /** The people this page shows the presence of; replaces what it said before. Empty when it closes. */
  | { readonly kind: 'watching'; readonly page: string; readonly users: readonly string[] }
  | { readonly kind: 'typing'; readonly conversation: string }
  /** Files on the shelf whose message was taken back. */
  | { readonly kind: 'dropped'; readonly uploads: readonly string[] }
  /** The browser says it is online, or the person asks: connect now. */
  | { readonly kind: 'connect' }
  /** After 4409: this is where the person is now. */
  | { readonly kind: 'use-here' }
  /** A page has approved a device, started anew with keys, or compared a number: look at what it has stored. */
  | { readonly kind: 'keys-changed' }
  /** Tell the page the link, keys, clock and presence as they are. */
  | { readonly kind: 'how-is-it' };

/** To every worker and page of this browser. */
export type Notice =
  | { readonly kind: 'logged-in' }
  /** The person logged out or another account logs in: the database has been emptied, forget everything. */
  | { readonly kind: 'forget' };

export type Said = News | Wish | Notice;
