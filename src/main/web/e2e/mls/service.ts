import type { CommitBundle, Verdict } from '../../crypto/e2ee.ts';
import { type Commit, readCommit, readMessage } from './messages.ts';

// What a server does for one group, in memory: one order, one commit an epoch. It has no keys; who is a member it reads in the commits.

export type Item =
  | { readonly kind: 'welcome'; readonly seq: number; readonly welcome: Uint8Array }
  | {
      readonly kind: 'commit';
      readonly seq: number;
      readonly from: string;
      readonly message: Uint8Array;
      readonly epoch: bigint;
    }
  | {
      readonly kind: 'message';
      readonly seq: number;
      readonly from: string;
      readonly message: Uint8Array;
      readonly epoch: bigint;
      readonly text: string;
    }
  | { readonly kind: 'removed'; readonly seq: number };

const PAST_EPOCHS = 2n;

export class OrderingService {
  epoch = 0n;
  groupInfo: Uint8Array | undefined;
  readonly accepted = { adds: 0, removes: 0, updates: 0, joins: 0 };
  refused = 0;
  /** A fault to be found: the next refusal of a second commit of an epoch is an acceptance. */
  forksOnce = false;
  readonly #leaves: (string | undefined)[];
  /** The first epoch that each member has keys of. */
  readonly #since = new Map<string, bigint>();
  readonly #feeds = new Map<string, Item[]>();
  readonly #answers = new Map<string, Verdict>();
  #seq = 0;

  constructor(creator: string) {
    this.#leaves = [creator];
    this.#since.set(creator, 0n);
  }

  get members(): string[] {
    return this.#leaves.filter((leaf) => leaf !== undefined);
  }

  /** What a device is to be told, in order. */
  feed(device: string): Item[] {
    const feed = this.#feeds.get(device) ?? [];
    this.#feeds.set(device, feed);
    return feed;
  }

  submit(from: string, id: string, bundle: CommitBundle): Verdict {
    const earlier = this.#answers.get(id);
    if (earlier !== undefined) return earlier;
    const answer = this.#decide(from, bundle);
    this.#answers.set(id, answer);
    return answer;
  }

  /**
   * False: encrypt it again. Its epoch is too old, or of before its sender joined anew: the others look for senders in the tree of today,
   * where the leaf that sent it is empty or somebody else's.
   */
  post(from: string, message: Uint8Array, text: string): boolean {
    const { epoch } = readMessage(message);
    const since = this.#since.get(from);
    if (since === undefined || epoch < since || epoch > this.epoch || epoch < this.epoch - PAST_EPOCHS) return false;
    const item: Item = { kind: 'message', seq: ++this.#seq, from, message, epoch, text };
    for (const member of this.members) if (member !== from) this.feed(member).push(item);
    return true;
  }

  /**
   * Whether an external commit that takes this leaf away brings it back: then the left half of the tree is full, and the leaf was the only one
   * in the right half, though not in its first place. Nobody could commit any more.
   */
  spoils(device: string): boolean {
    const leaf = this.#leaves.indexOf(device);
    const others = this.#leaves.flatMap((other, at) => (other === undefined || at === leaf ? [] : [at]));
    let size = 1;
    while (size <= Math.max(...others)) size *= 2;
    return others.length === size && size < leaf && leaf < 2 * size;
  }

  #decide(from: string, { commit: bytes, welcome, groupInfo }: CommitBundle): Verdict {
    const commit = readCommit(bytes);
    if (commit.byReference > 0) throw new Error('a commit that hides what it changes');
    if (commit.epoch !== this.epoch) {
      if (!this.forksOnce || commit.epoch !== this.epoch - 1n) {
        this.refused++;
        return { kind: 'refused', reason: `conflict: the epoch is ${this.epoch}` };
      }
      this.forksOnce = false;
      return { kind: 'accepted' };
    }
    this.#apply(from, bytes, commit, welcome);
    this.groupInfo = groupInfo;
    this.epoch++;
    return { kind: 'accepted' };
  }

  #apply(from: string, message: Uint8Array, commit: Commit, welcome: Uint8Array | undefined): void {
    const seq = ++this.#seq;
    if (commit.senderLeaf === undefined && this.spoils(from)) throw new Error(`${from} spoils the group`);
    const removed = commit.removedLeaves.map((leaf) => this.#vacate(leaf));
    if (commit.senderLeaf === undefined) {
      // what is called a rejoin may take nobody else's leaf away
      if (removed.some((device) => device !== from)) throw new Error(`${from} removes ${removed} as it joins`);
      if (commit.path?.identity !== from) throw new Error(`${from} joins as ${commit.path?.identity}`);
      this.#occupy(from);
      this.accepted.joins++;
    } else if (this.#leaves[commit.senderLeaf] !== from) {
      throw new Error(`${from} commits as ${this.#leaves[commit.senderLeaf]}`);
    }
    const item: Item = { kind: 'commit', seq, from, message, epoch: commit.epoch };
    for (const member of this.members) this.feed(member).push(item);
    for (const device of removed) if (device !== from) this.feed(device).push({ kind: 'removed', seq });
    for (const { identity } of commit.added) {
      this.#occupy(identity);
      if (welcome === undefined) throw new Error('no welcome for those who are added');
      this.feed(identity).push({ kind: 'welcome', seq, welcome });
    }
    if (commit.senderLeaf === undefined) return;
    this.accepted.adds += commit.added.length;
    this.accepted.removes += removed.length;
    if (commit.added.length + removed.length === 0) this.accepted.updates++;
  }

  #vacate(leaf: number): string {
    const device = this.#leaves[leaf];
    if (device === undefined) throw new Error(`nobody at leaf ${leaf}`);
    this.#leaves[leaf] = undefined;
    this.#since.delete(device);
    return device;
  }

  #occupy(device: string): void {
    if (this.#leaves.includes(device)) throw new Error(`${device} is a member already`);
    this.#since.set(device, this.epoch + 1n);
    const free = this.#leaves.indexOf(undefined);
    if (free < 0) this.#leaves.push(device);
    else this.#leaves[free] = device;
  }
}
