// What this device keeps, as the worker stores it and the page shows it. Not what travels on the wire: that is protocol.ts.

/** A message body as it is stored; one that this client does not know is shown as "not supported here". */
export type Body = { readonly type: string; readonly [member: string]: unknown };

/** An entry of a conversation's log that this device holds. Key: [conversation, seq]. */
export interface Message {
  readonly conversation: string;
  readonly seq: number;
  /** The sender's name for it; absent where the entry is withheld. */
  readonly id?: string;
  readonly from?: string;
  readonly device?: string;
  /** When the server stored it, in milliseconds since 1970. */
  readonly time?: number;
  readonly body: Body;
}

/** A message that the server has not confirmed. It outlives reloads and goes out again with the same id and after. */
export interface Unsent {
  readonly id: string;
  readonly conversation: string;
  readonly body: Body;
  /** The highest seq of the conversation known when it was first written. */
  readonly after: number;
  /** Place among the unsent of this device: later ones are larger, whatever the clock says. */
  readonly order: number;
  /** The clock mark: the server's time as well as this device knew it when the message was written, in milliseconds. */
  readonly written: number;
  /** What has to be uploaded before it goes, by its names on the shelf: one for each file of the body. */
  readonly uploads?: readonly string[];
  /** It is uploaded: the media ids, in the same order. */
  readonly media?: readonly string[];
  /** The person has stopped its upload for now. */
  readonly paused?: true;
  /** Why the server refused it for good; it stays until the person sends it again or deletes it. */
  readonly refused?: { readonly code: string; readonly message: string };
}

/** How far a member has come; cumulative, never falls. `not`: ranges of seq, both ends included, that stay sent. */
export interface Receipt {
  readonly user: string;
  readonly delivered: number;
  readonly read: number;
  readonly not?: readonly (readonly [number, number])[];
}

/** At `at` this device learned that somebody had come up to `upTo`. `isLate`: that may have been long before. */
export interface Mark {
  readonly upTo: number;
  /** By the server's clock, in milliseconds. */
  readonly at: number;
  readonly isLate?: true;
}

/** When a member had come how far; ascending, bounded. */
export interface Marks {
  readonly user: string;
  readonly delivered: readonly Mark[];
  readonly read: readonly Mark[];
}

/** What this device knows of a conversation. Key: conversation. */
export interface Chat {
  readonly conversation: string;
  /** The highest seq known to exist. */
  readonly head: number;
  /** Everything from here up to the last stored message is held; 0 while nothing is. Older entries are pulled. */
  readonly heldFrom: number;
  /** Up to here everything is stored on this device, so that it may be acknowledged. */
  readonly stored: number;
  /** The person's read cursor as the server confirmed it, and as the person has it: a difference is repeated. */
  readonly read: number;
  readonly readWanted: number;
  /** Messages of others after `readWanted`. */
  readonly unread: number;
  /** The newest entry known, for the list of chats. */
  readonly last?: Message;
  /** When the conversation was last active, in milliseconds; the list is ordered by it. */
  readonly updated: number;
  /** The other members' watermarks (in notes to oneself: one's own). */
  readonly receipts: readonly Receipt[];
  /** When the watermarks of `receipts` moved, as far as this device saw it; absent until it did. */
  readonly marks?: readonly Marks[];
  /** Absent where messages go as plain text. Never taken away again. */
  readonly encryption?: ChatEncryption;
}

/** An encrypted conversation, as this device knows it. */
export interface ChatEncryption {
  /** The entry that began it. */
  readonly since: number;
  /** What keeps this device from writing here until a person has looked; absent where nothing does. */
  readonly trouble?: EncryptionTrouble;
  /** When members' identity keys changed, oldest first, bounded: shown in the chat after entry `after`. */
  readonly changes?: readonly KeyChange[];
}

/**
 * `unknown-device`: a device is in the group that no member's identity key vouches for. `verified-changed`: the identity key of somebody
 * whose number was compared is another one now.
 */
export type EncryptionTrouble = 'unknown-device' | 'verified-changed';

export interface KeyChange {
  readonly user: string;
  readonly after: number;
  /** By the server's clock, in milliseconds. */
  readonly at: number;
}

/** Where an entry could not be read, its body as it is stored is `{type: 'undecryptable', why}`. */
export type Undecryptable =
  /** Encrypted before this device was there. */
  | 'before-joining'
  /** Of this device itself, which has not kept what it said. */
  | 'own'
  /** Not by the one whose message the server says it is. */
  | 'wrong-sender'
  /** The keys do not fit: it cannot be had again, but from who sent it. */
  | 'lost';

/** How it stands with the keys of this device. */
export type KeysState =
  /** Being made, loaded or published. */
  | { readonly state: 'preparing' }
  /** The server takes no encrypted conversations, and there is none. */
  | { readonly state: 'off' }
  /** Another device of the person has to approve this one. `code` is to be compared on both. */
  | { readonly state: 'waiting'; readonly code: string }
  /** What the browser had stored is gone: this device can never read again, a login as a new one can. */
  | { readonly state: 'lost' }
  /** `waiting`: devices of the same person that ask to be approved here. */
  | { readonly state: 'ready'; readonly waiting: readonly WaitingDevice[] };

export interface WaitingDevice {
  readonly device: string;
  /** What it is called in the list of devices. */
  readonly name: string;
  readonly code: string;
}

export interface Person {
  readonly user: string;
  readonly name: string;
  readonly uid: string;
}

export interface Presence {
  readonly user: string;
  /** Both absent where the person does not show it. */
  readonly online?: boolean;
  readonly lastSeen?: number;
}

/** Who is logged in on this device. The refresh token lives in the database, the access token only in memory. */
export interface Identity {
  /** Counts the logins on this browser with a password: what was stored before one may be an old copy. */
  readonly login?: number;
  readonly user: string;
  readonly uid: string;
  readonly device: string;
}

/** How the connection stands, for the person. */
export type Link =
  | { readonly state: 'connecting' }
  /** Connected, and what was missed is still coming. */
  | { readonly state: 'catching-up' }
  | { readonly state: 'up-to-date' }
  /** No network, or the server does not answer; the next attempt is at `retryAt` (milliseconds, this device's clock). */
  | { readonly state: 'offline'; readonly retryAt?: number }
  /** The same device is connected elsewhere (4409): nothing happens until the person says "use here". */
  | { readonly state: 'elsewhere' }
  /** What arrives cannot be stored (the disk or the browser's quota is full): nothing is acknowledged, so nothing is lost. */
  | { readonly state: 'storage-full' }
  /** The login has ended (4401, or the refresh token was refused). What is stored and unsent stays. */
  | { readonly state: 'logged-out'; readonly why: string };

export function ticksOf(message: Message, chat: Chat): 'sent' | 'delivered' | 'read' {
  const others = chat.receipts;
  if (others.length === 0) return 'sent';
  const stays = (receipt: Receipt): boolean =>
    receipt.not?.some(([first, last]) => first <= message.seq && message.seq <= last) ?? false;
  const passed = (mark: 'delivered' | 'read'): boolean =>
    others.every((receipt) => receipt[mark] >= message.seq && !stays(receipt));
  return passed('read') ? 'read' : passed('delivered') ? 'delivered' : 'sent';
}

/** The other person of a direct conversation (oneself in notes); empty for a group. */
export function peerOf(conversation: string, me: string): string {
  const [first, second] = conversation.split('~');
  if (first === undefined || second === undefined) return '';
  return first === me ? second : first;
}

/** The id of the direct conversation of two people: the two ids in ASCII order. */
export function directConversation(me: string, other: string): string {
  return me < other ? `${me}~${other}` : `${other}~${me}`;
}
