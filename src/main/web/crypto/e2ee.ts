// What a messenger needs of end-to-end encryption (MLS, RFC 9420), in our own words: which library does it is known to one file only.
// Everything that travels is a whole MLSMessage with its header, as the server reads it.

/** The bytes of a conversation's name: the group has the same. */
export type GroupId = Uint8Array;

/** One leaf of a group: a device of a user. */
export interface DeviceName {
  /** A UUID, lower case. */
  readonly user: string;
  /** 16 lower-case hex digits. */
  readonly device: string;
}

export interface Member extends DeviceName {
  /** Of its leaf's signature key (RFC 7638, base64url): compare it with `thumbprintOf` a key that is known. */
  readonly thumbprint: string;
}

/** What a commit brings to the server: all of it is one change, or none. */
export interface CommitBundle {
  readonly group: GroupId;
  readonly commit: Uint8Array;
  /** For those who are added. */
  readonly welcome: Uint8Array | undefined;
  /** Of the epoch that the commit begins. */
  readonly groupInfo: Uint8Array;
}

export type Verdict = { readonly kind: 'accepted' } | { readonly kind: 'refused'; readonly reason: string };

/** Takes commits to the server, which puts them into one order. */
export interface CommitTransport {
  /** May fail: then it is asked again with the same `id`, for as long as it takes, and must be told what was decided the first time. */
  submit(id: string, bundle: CommitBundle): Promise<Verdict>;
}

export interface Incoming {
  /** Its place in the conversation's log, to be known by again. */
  readonly seq: number;
  readonly message: Uint8Array;
}

export type Outcome =
  | { readonly kind: 'message'; readonly sender: Member; readonly plaintext: Uint8Array }
  /** `active`: false if it removed this device; the group is forgotten then. */
  | { readonly kind: 'commit'; readonly sender: Member | undefined; readonly active: boolean }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface Received {
  readonly seq: number;
  readonly outcome: Outcome;
}

export type Failure =
  /** Processed before. If it was a message, its text is gone unless it was kept then. */
  | { readonly kind: 'duplicate' }
  /** A commit or proposal of an epoch that has passed. */
  | { readonly kind: 'stale' }
  /** A commit of this device, accepted, whose new state this device never stored: it stays behind for good. */
  | { readonly kind: 'own-commit' }
  /** Of an epoch that has not come yet here: what begins it is missing. */
  | { readonly kind: 'future' }
  /** Of an epoch whose keys are gone, or in which this device was not a member. */
  | { readonly kind: 'too-old' }
  /** A Welcome for a key package that is used up or deleted. */
  | { readonly kind: 'orphan-welcome' }
  /** A Welcome for, or a creation of, a group that is there. */
  | { readonly kind: 'known-group' }
  | { readonly kind: 'unknown-group' }
  /** This device's old leaf cannot be replaced as the tree stands; nothing was sent. Another member has to remove it first. */
  | { readonly kind: 'old-leaf' }
  /** Two leaves have one name: at most one of them is that device's. Nothing may be sent to this group. */
  | { readonly kind: 'name-twice'; readonly member: DeviceName }
  /** The server did not take the commit: nothing has changed. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Cannot be read: broken, forged, or encrypted for a state that is not this one. */
  | { readonly kind: 'undecryptable'; readonly detail: string }
  /** What is stored on this device cannot be opened: this device begins anew. */
  | { readonly kind: 'state-lost'; readonly detail: string }
  /** This instance must not be used any more. What is stored is sound: open it anew. */
  | { readonly kind: 'fatal'; readonly detail: string };

/** How the detail of a `fatal` begins where the disk was full, or failed. */
export const NOT_STORED = 'not stored';

export class E2eeError extends Error {
  override readonly name = 'E2eeError';
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super('detail' in failure ? `${failure.kind}: ${failure.detail}` : failure.kind, options);
    this.failure = failure;
  }
}

/** What helps after a failure that came out of a conversation's log. */
export type Cure = 'nothing' | 'earlier-entries' | 'rejoin' | 'be-removed' | 'reopen' | 'start-anew';

export function cureOf(failure: Failure): Cure {
  switch (failure.kind) {
    case 'duplicate':
    case 'stale':
    case 'too-old':
    case 'known-group':
    case 'refused':
    case 'name-twice': // a person has to be told
    case 'undecryptable': // one message; a commit of this kind shows itself by the epoch that does not move, and needs `rejoin`
      return 'nothing';
    case 'future':
      return 'earlier-entries';
    case 'own-commit':
    case 'orphan-welcome':
    case 'unknown-group':
      return 'rejoin';
    case 'old-leaf':
      return 'be-removed'; // by another member, and then `rejoin`
    case 'fatal':
      return 'reopen';
    case 'state-lost':
      return 'start-anew';
  }
}

/**
 * The encryption of one device. Calls are carried out one after the other. Each has stored what it changed when it resolves, so what
 * it gives may be sent or shown, and what it was given may be acknowledged. All of them fail with an E2eeError; after `fatal`, every
 * one does.
 *
 * A call that commits (add, remove, update, rejoin) resolves when the server has accepted the commit and the new epoch is stored. All other
 * calls wait for it meanwhile.
 */
export interface E2ee {
  readonly name: DeviceName;
  /** Ed25519, 32 bytes; there before the first group is. */
  readonly signatureKey: Uint8Array;

  /** New ones, stored. */
  keyPackages(count: number, lifetimeSeconds: number): Promise<Uint8Array[]>;

  create(group: GroupId): Promise<void>;
  add(group: GroupId, keyPackages: readonly Uint8Array[]): Promise<void>;
  remove(group: GroupId, devices: readonly DeviceName[]): Promise<void>;
  /** New keys for this device's own leaf. */
  update(group: GroupId): Promise<void>;
  /** By a Welcome; `future` entries of the log come after it. */
  join(welcome: Uint8Array): Promise<GroupId>;
  /** By a commit of one's own, with the GroupInfo of the current epoch; takes the place of a state that is there, and of the old leaf. */
  rejoin(group: GroupId, groupInfo: Uint8Array): Promise<void>;

  encrypt(group: GroupId, plaintexts: readonly Uint8Array[]): Promise<Uint8Array[]>;
  /** In the order of the log. One outcome for each; a failed one changes nothing. */
  receive(group: GroupId, entries: readonly Incoming[]): Promise<Received[]>;
  /**
   * What the latest `receive` gave, stored in one step with the state: whoever died before keeping it finds it here, where the log would
   * only say `duplicate`.
   */
  lastReceived(): Promise<{ readonly group: GroupId; readonly received: readonly Received[] } | undefined>;

  knows(group: GroupId): Promise<boolean>;
  epoch(group: GroupId): Promise<bigint>;
  /** The same for all members of an epoch that have not been led apart, and for nobody else. */
  exportedSecret(group: GroupId): Promise<Uint8Array>;
  /** Fails with `name-twice` where a leaf could hide behind another. */
  members(group: GroupId): Promise<Member[]>;
  forget(group: GroupId): Promise<void>;

  /** Everything of this device; it is closed then. */
  wipe(): Promise<void>;
  close(): void;
}
