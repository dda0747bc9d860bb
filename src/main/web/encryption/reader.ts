import { fromBase64url } from '../crypto/bytes.ts';
import {
  cureOf,
  type E2ee,
  E2eeError,
  type Incoming,
  type Member,
  type Outcome,
  type Received,
} from '../crypto/e2ee.ts';
import type { Body, Identity, Message, Undecryptable } from '../model.ts';
import { conversationOf, readBody, undecryptable } from './content.ts';
import type { Groups } from './groups.ts';
import type { GroupRecord, KeyStore } from './keyStore.ts';
import type { Trusts } from './trusts.ts';

// Entries of an encrypted conversation become what is stored of them. A message can be decrypted once only: so what came out is kept
// until it is known to be stored, and the library keeps the latest of it too, for whoever dies in between.

export interface ReaderPorts {
  readonly me: Identity;
  readonly e2ee: E2ee;
  readonly store: KeyStore;
  readonly trusts: Trusts;
  readonly groups: Groups;
}

/** As many as come out in one step and are stored in one. */
const RUN_MAX = 200;

/** A commit as it stands in the log; what it says beside its bytes is the server's word, and only tells what to look at. */
interface CommitBody {
  readonly group: string;
  readonly epoch: number;
  readonly message: string;
  readonly added: readonly { readonly user: string; readonly device: string }[];
  readonly welcome: string | undefined;
}

export class Reader {
  readonly #ports: ReaderPorts;
  /** Came out, and not known to be stored: by conversation and seq. */
  readonly #outcomes = new Map<string, Map<number, Outcome>>();

  constructor(ports: ReaderPorts) {
    this.#ports = ports;
  }

  /** What came out last, and may have got lost with the one that asked. */
  async recover(): Promise<void> {
    const last = await this.#ports.e2ee.lastReceived();
    if (last !== undefined) this.#remember(conversationOf(last.group), last.received);
  }

  /** Ascending entries of one conversation. What is given has to be stored before more is asked for. */
  async *read(conversation: string, entries: readonly Message[]): AsyncGenerator<Message[]> {
    let rest = entries;
    while (rest.length > 0) {
      const record = await this.#ports.store.group(conversation);
      const run = this.#run(rest, record);
      if (run.length === 0 || record === undefined) {
        const [entry, ...others] = rest;
        if (entry === undefined) return;
        yield [await this.#byItself(conversation, entry, record)];
        rest = others;
        continue;
      }
      yield await this.#decrypted(conversation, run, record);
      const outcomes = this.#outcomes.get(conversation);
      for (const { seq } of run) outcomes?.delete(seq);
      if (outcomes?.size === 0) this.#outcomes.delete(conversation);
      rest = rest.slice(run.length);
    }
  }

  /** Those at the beginning that the library takes in one call: of the group that this device is in. */
  #run(entries: readonly Message[], record: GroupRecord | undefined): readonly Message[] {
    if (record === undefined || record.isOut) return [];
    const end = entries.findIndex((entry) => {
      if (entry.seq <= record.joined || isBare(entry)) return true;
      const commit = commitIn(entry.body);
      if (commit !== undefined) return commit.group !== record.group || this.#isAdded(commit);
      return entry.body.type !== 'mls';
    });
    return entries.slice(0, Math.min(end < 0 ? entries.length : end, RUN_MAX));
  }

  async #byItself(conversation: string, entry: Message, record: GroupRecord | undefined): Promise<Message> {
    const { groups } = this.#ports;
    if (isBare(entry) && record !== undefined && !record.isOut && entry.seq > record.joined) {
      await groups.lost(conversation); // the server does not count it among the group's
    }
    if (entry.body.type === 'mls') {
      if (record === undefined) await groups.noteBegun(conversation, entry.seq); // what began it was kept from this device
      return { ...entry, body: undecryptable(this.#whyNot(entry, record)) };
    }
    const commit = commitIn(entry.body);
    if (commit === undefined) return entry;
    const isOld = record !== undefined && record.group === commit.group && entry.seq <= record.joined;
    if (!isOld) {
      if (this.#isAdded(commit) && commit.welcome !== undefined) {
        await groups.welcomed(conversation, commit.group, entry.seq, commit.welcome);
      } else if (record?.group !== commit.group) await groups.outside(conversation, commit.group, entry.seq);
    }
    return { ...entry, body: storedCommit(commit) };
  }

  #whyNot({ device, seq, from }: Message, record: GroupRecord | undefined): Undecryptable {
    if (from === this.#ports.me.user && device === this.#ports.me.device) return 'own';
    return record !== undefined && record.since > 0 && seq > record.since ? 'lost' : 'before-joining';
  }

  async #decrypted(conversation: string, run: readonly Message[], record: GroupRecord): Promise<Message[]> {
    const { e2ee, groups } = this.#ports;
    const group = fromBase64url(record.group);
    const incoming: Incoming[] = run.flatMap(({ seq, body }) => {
      const message = bytesOf(body);
      return message === undefined || this.#outcomes.get(conversation)?.has(seq) === true ? [] : [{ seq, message }];
    });
    this.#remember(conversation, await e2ee.receive(group, incoming));
    const outcomes = this.#outcomes.get(conversation);
    let isLeftBehind = false;
    let hasChanged = false;
    const read: Message[] = [];
    for (const entry of run) {
      const outcome = outcomes?.get(entry.seq);
      const commit = commitIn(entry.body);
      if (commit === undefined) read.push({ ...entry, body: await this.#bodyOf(entry, outcome) });
      else {
        hasChanged = true;
        read.push({ ...entry, body: storedCommit(commit) });
      }
      isLeftBehind ||= this.#isLeftBehind(outcome, commit !== undefined);
    }
    if (isLeftBehind) await groups.lost(conversation);
    else if (hasChanged) await this.#inspect(conversation, record);
    return read;
  }

  /** What could not be asked now is asked before the next message goes out. */
  async #inspect(conversation: string, record: GroupRecord): Promise<void> {
    await this.#ports.groups.inspect(conversation, record).catch(() => 'sound');
  }

  /** It was removed, or has not got the state in which others go on. */
  #isLeftBehind(outcome: Outcome | undefined, isCommit: boolean): boolean {
    if (outcome?.kind === 'commit') return !outcome.active;
    if (outcome?.kind !== 'failed') return false;
    const { failure } = outcome;
    const cure = cureOf(failure);
    return cure === 'rejoin' || cure === 'earlier-entries' || (isCommit && failure.kind === 'undecryptable');
  }

  async #bodyOf(entry: Message, outcome: Outcome | undefined): Promise<Body> {
    if (outcome?.kind !== 'message') return undecryptable('lost');
    if (!(await this.#isBy(entry, outcome.sender))) return undecryptable('wrong-sender');
    return readBody(outcome.plaintext) ?? { type: 'unsupported' };
  }

  /** The server says whose message it is, the library whose it really is. */
  async #isBy({ from, device }: Message, sender: Member): Promise<boolean> {
    if (from === undefined || device !== sender.device) return false;
    const { me, trusts } = this.#ports;
    if (from === me.user) return sender.user === me.uid;
    const trust = (await trusts.known(from)) ?? (await trusts.of(from, 0));
    return trust?.uid === sender.user;
  }

  #isAdded({ added }: CommitBody): boolean {
    const { user, device } = this.#ports.me;
    return added.some((one) => one.user === user && one.device === device);
  }

  #remember(conversation: string, received: readonly Received[]): void {
    if (received.length === 0) return;
    const outcomes = this.#outcomes.get(conversation) ?? new Map<number, Outcome>();
    for (const { seq, outcome } of received) outcomes.set(seq, outcome);
    this.#outcomes.set(conversation, outcomes);
  }
}

/** An entry that was not pushed in its turn but looked up: it cannot be decrypted out of turn. */
export function withoutTurn<E extends Pick<Message, 'from' | 'device' | 'body'>>(entry: E, me: Identity): E {
  const commit = commitIn(entry.body);
  if (commit !== undefined) return { ...entry, body: storedCommit(commit) };
  if (entry.body.type !== 'mls') return entry;
  const isOwn = entry.from === me.user && entry.device === me.device;
  return { ...entry, body: undecryptable(isOwn ? 'own' : 'before-joining') };
}

export function isEncrypted({ body }: Message): boolean {
  return body.type === 'mls' || body.type === 'commit';
}

/** Without what only devices of the group are given. */
function isBare(entry: Message): boolean {
  return isEncrypted(entry) && entry.body['message'] === undefined;
}

export function isFatal(problem: unknown): problem is E2eeError {
  return problem instanceof E2eeError && problem.failure.kind === 'fatal';
}

/** Its bytes are of no more use. */
function storedCommit({ epoch, added }: CommitBody): Body {
  return { type: 'commit', epoch, added };
}

function bytesOf(body: Body): Uint8Array | undefined {
  const message = body['message'];
  if (typeof message !== 'string') return undefined;
  try {
    return fromBase64url(message);
  } catch {
    return undefined;
  }
}

function commitIn(body: Body): CommitBody | undefined {
  const { type, group, epoch, message, added, welcome } = body;
  if (type !== 'commit' || typeof group !== 'string' || typeof epoch !== 'number' || typeof message !== 'string') {
    return undefined;
  }
  const named = Array.isArray(added) ? (added as unknown[]) : [];
  return {
    group,
    epoch,
    message,
    added: named.flatMap((one) => {
      if (typeof one !== 'object' || one === null || !('user' in one) || !('device' in one)) return [];
      return typeof one.user === 'string' && typeof one.device === 'string'
        ? [{ user: one.user, device: one.device }]
        : [];
    }),
    welcome: typeof welcome === 'string' ? welcome : undefined,
  };
}
