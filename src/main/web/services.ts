import type { Archive } from './archive.ts';
import type { News, Notice, Wish } from './channel.ts';
import type { Watching } from './media/fetching.ts';
import type { MediaFile } from './media/files.ts';
import type { FileStream } from './media/streaming.ts';
import type { Person } from './model.ts';

// What the page needs from elsewhere, given to it once when it starts: so a test or a gallery can give something else.

export interface LinkedDevice {
  readonly device: string;
  readonly name: string;
  readonly platform: string;
  readonly linked: number;
  readonly lastSeen?: number;
  readonly current: boolean;
}

export type LastSeen = 'everyone' | 'written-to' | 'nobody';

export interface Privacy {
  readonly lastSeen: LastSeen;
  readonly readReceipts: boolean;
}

/** Which calls the page makes to the server itself; each fails with a RestProblem or a NetworkProblem. */
export interface Account {
  register(user: string, password: string, name: string): Promise<void>;
  /** `replace`: the device that makes room for this one. */
  login(user: string, password: string, replace?: string): Promise<void>;
  logout(): Promise<void>;
  changePassword(old: string, fresh: string): Promise<void>;
  user(id: string): Promise<Person>;
  devices(): Promise<readonly LinkedDevice[]>;
  unlink(device: string): Promise<void>;
  settings(): Promise<Privacy>;
  changeSettings(change: Partial<Privacy>): Promise<Privacy>;
  rename(name: string): Promise<void>;
}

/** What two people can compare to know that nobody is between them. */
export interface Safety {
  /** 60 digits; the same for both. */
  readonly number: string;
  /** The person has said that it was the same. */
  readonly isVerified: boolean;
  /** The other's identity key is another than it was when the number was compared. */
  readonly hasChanged: boolean;
}

/** The keys of this account and what is known of those of others; each fails as the calls of `Account` do. */
export interface Encryption {
  /** Undefined where the other has no keys yet, or this device none. */
  safety(user: string): Promise<Safety | undefined>;
  /** Also ends a `verified-changed`. */
  setVerified(user: string, isVerified: boolean): Promise<void>;
  /** The person has compared the codes. */
  approve(device: string): Promise<void>;
  /** All devices are lost: new keys for the account, which wants its password. Everybody else's devices are warned. */
  startAnew(password: string): Promise<void>;
}

/** Files that messages carry. Each call fails as those of `Account` do, with a DamagedFile, or because of the signal. */
export interface Files {
  /** Puts one that is to be sent where the worker finds it. */
  keep(
    conversation: string,
    blob: Blob,
    watching: { readonly signal: AbortSignal; onProgress(bytes: number): void },
  ): Promise<OutgoingFile>;
  /** One that came with a message, or went with one; `type` as it is to be shown. */
  fetch(conversation: string, file: MediaFile, type: string, watching: Watching): Promise<Blob>;
  /**
   * What a player can begin with while it loads; where the browser cannot do that, all of it, and only then `onProgress` is called. Must be
   * ended.
   */
  stream(conversation: string, file: MediaFile, type: string, watching: Watching): Promise<FileStream>;
  /** Whether all of it is on this device. */
  isHere(file: MediaFile): Promise<boolean>;
  /** How much space the files of each conversation take on this device, in bytes. */
  usage(): Promise<ReadonlyMap<string, number>>;
  /** Removes the fetched ones of a conversation from this device; they can be fetched again. */
  clear(conversation: string): Promise<void>;
}

export interface OutgoingFile {
  /** What the worker finds it by. */
  readonly name: string;
  /** base64url; travels with the message. */
  readonly key: string;
}

/** Why a call failed, in a form that every view can tell. */
export interface Failure {
  /** As in docs/protocol.md; `network` where no answer came. */
  readonly code: string;
  readonly detail: string;
  readonly retryAfterSeconds?: number;
  /** At a login refused because too many devices are linked: which ones. */
  readonly devices?: readonly LinkedDevice[];
}

export interface Services {
  readonly archive: Archive;
  readonly account: Account;
  readonly encryption: Encryption;
  readonly files: Files;
  say(wish: Wish): void;
  hear(listener: (said: News | Notice) => void): void;
  failureOf(problem: unknown): Failure;
}

let given: Services | undefined;

export function provide(services: Services): void {
  given = services;
}

export function services(): Services {
  if (given === undefined) throw new Error('services() before provide()');
  return given;
}
