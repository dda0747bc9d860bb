import { StorageFailed, StorageFull } from '../archive.ts';
import { Backoff } from '../backoff.ts';
import { type E2ee, E2eeError, NOT_STORED } from '../crypto/e2ee.ts';
import type { E2eeOpener } from '../crypto/held.ts';
import type { UploadForm } from '../media/shelf.ts';
import type { KeysState, Message, Unsent } from '../model.ts';
import type { Parts } from '../parts.ts';
import type { EncryptionMode } from '../protocol.ts';
import { LoginEnded, NetworkProblem, RestProblem } from '../rest.ts';
import { peopleOf } from './content.ts';
import { canTakePart, Groups, type Prepared, type Waiting } from './groups.ts';
import { KeyCalls } from './keyCalls.ts';
import { Keyring } from './keyring.ts';
import type { KeyStore, Trust } from './keyStore.ts';
import { isFatal, Reader, withoutTurn } from './reader.ts';
import { ServerTransport } from './transport.ts';
import { Distrust, Trusts } from './trusts.ts';
import { Turns } from './turns.ts';

export interface EncryptionPorts {
  readonly opener: E2eeOpener;
  readonly keyStore: KeyStore;
}

/** So long a first message waits for the keys of a new device; then it goes unencrypted where nothing was encrypted before. */
const KEYS_MILLIS = 60_000;
const SOON_MILLIS = 250;
const AGAIN_MILLIS = 2_000;
const REFUSED_MILLIS = 30_000;
/** That a conversation is not encrypted is asked again then, while this device has no keys. */
const PLAIN_MILLIS = 60_000;
const REJECTIONS_MAX = 8;
const FULL_MILLIS = 60_000;
const TEND_MILLIS = 2_000;
/** What cannot be read for a reason of its own does not hold up the rest for longer. */
const READ_TRIES = 3;
const CHANGES_MAX = 20;

interface Opened {
  readonly e2ee: E2ee;
  readonly groups: Groups;
  readonly reader: Reader;
}

/**
 * What the engine knows of encryption. The library is loaded when the first connection stands, and nothing that goes unencrypted waits
 * for it.
 */
export class Encryption {
  readonly #parts: Parts;
  readonly #ports: EncryptionPorts;
  readonly #calls: KeyCalls;
  readonly #trusts: Trusts;
  readonly #keyring: Keyring;
  readonly #turns = new Turns();
  readonly #backoff: Backoff;
  /** How often the server has refused each message as it was. */
  readonly #rejections = new Map<string, number>();
  readonly #plainSince = new Map<string, number>();
  /** How often entries of a conversation could not be read, for a reason of their own. */
  readonly #unread = new Map<string, number>();
  #mode: EncryptionMode | undefined;
  #keys: KeysState = { state: 'preparing' };
  #startedAt = Number.POSITIVE_INFINITY;
  #opening: Promise<Opened> | undefined;
  #looking: Promise<void> | undefined;
  #isToLookAgain = false;
  #isStopped = false;
  /** Why the library cannot go on. */
  #end: E2eeError | undefined;

  constructor(parts: Parts, ports: EncryptionPorts) {
    this.#parts = parts;
    this.#ports = ports;
    this.#calls = new KeyCalls(parts.rest);
    this.#trusts = new Trusts(parts.me.user, this.#calls, ports.keyStore, parts.clock, (trust) =>
      this.#identityChanged(trust),
    );
    this.#keyring = new Keyring({
      me: parts.me,
      calls: this.#calls,
      store: ports.keyStore,
      trusts: this.#trusts,
      rest: parts.rest,
    });
    this.#backoff = new Backoff(parts.random, AGAIN_MILLIS, 60_000);
  }

  /** A new connection. `mode`: undefined where the server knows nothing of encryption. */
  welcome(mode: EncryptionMode | undefined): void {
    this.#mode = mode;
    if (mode === undefined) return;
    this.#startedAt = Math.min(this.#startedAt, this.#parts.clock.now());
    this.look();
  }

  /** The server says that somebody's keys are others. */
  keysOf(user: string): void {
    this.#trusts.stale(user);
    void this.#opening?.then(({ groups }) => this.#tendAll(groups, user)).catch(() => {});
    if (user === this.#parts.me.user) this.look();
  }

  /** Soon, and not at the same moment as all the others who hear of it. */
  #tendAll(groups: Groups, user: string): void {
    groups.stale(user);
    const { clock, random } = this.#parts;
    clock.after(TEND_MILLIS * (1 + random()), () => {
      void this.#ports.keyStore.groups().then((records) => {
        for (const { conversation } of records) {
          if (peopleOf(conversation)?.includes(user) === true) this.#tend(conversation);
        }
      });
    });
  }

  #tend(conversation: string): void {
    if (this.#keys.state !== 'ready' || !this.#parts.isLive()) return;
    void this.#turns
      .take(conversation, async () => (await this.#open()).groups.tend(conversation))
      .catch((problem: unknown) => {
        if (isFatal(problem)) this.#broken(problem);
      });
  }

  /** A page has changed what is kept of keys, or unlinked a device: what waited for that may go now. */
  changed(): void {
    void this.#opening?.then(({ groups }) => groups.lookAgain()).catch(() => {});
    this.#parts.outbox.awake();
    this.keysOf(this.#parts.me.user);
  }

  look(): void {
    if (this.#mode === undefined || this.#isStopped) return;
    if (this.#looking !== undefined) {
      this.#isToLookAgain = true;
      return;
    }
    this.#looking = this.#look().finally(() => {
      this.#looking = undefined;
      if (!this.#isToLookAgain) return;
      this.#isToLookAgain = false;
      this.look();
    });
  }

  tell(): void {
    if (this.#mode !== undefined) this.#parts.tell({ kind: 'keys', keys: this.#keys });
  }

  stop(): void {
    this.#isStopped = true;
  }

  // --- what goes out

  /** Undefined: as it is. What is known to be encrypted never goes so, whatever the server says now. */
  outgoing({ conversation, body }: Unsent): Promise<Prepared | undefined> {
    return this.#mayBegin(conversation)
      ? this.#prepared(conversation, (groups) => groups.outgoing(conversation, body))
      : this.#unlessBegun(conversation);
  }

  /** How a message of this conversation would go, so that what it carries is uploaded in that form. */
  async formOf(conversation: string): Promise<UploadForm | Waiting> {
    const ready = this.#mayBegin(conversation)
      ? await this.#prepared(conversation, (groups) => groups.ready(conversation))
      : await this.#unlessBegun(conversation);
    if (ready === undefined) return 'plain';
    return 'kind' in ready ? ready : 'encrypted';
  }

  #mayBegin(conversation: string): boolean {
    return this.#mode !== undefined && peopleOf(conversation) !== undefined;
  }

  async #unlessBegun(conversation: string): Promise<Waiting | undefined> {
    try {
      return (await this.#isBegun(conversation)) ? { kind: 'later', millis: REFUSED_MILLIS } : undefined;
    } catch (problem) {
      this.#parts.storageFailed(problem);
      return { kind: 'later', millis: AGAIN_MILLIS };
    }
  }

  /** Whether a message that the server refused may yet go, in another form. */
  rejected({ id, conversation }: { readonly id: string; readonly conversation: string }, code: string): boolean {
    if (this.#mode === undefined || (code !== 'conflict' && code !== 'forbidden')) return false;
    const times = (this.#rejections.get(id) ?? 0) + 1;
    this.#rejections.set(id, times);
    if (times > REJECTIONS_MAX) {
      this.#rejections.delete(id);
      return false;
    }
    this.#plainSince.delete(conversation);
    void this.#opening?.then(({ groups }) => groups.doubt(conversation)).catch(() => {});
    return true;
  }

  /** It is stored: no more is to be counted of it. */
  settled(ids: readonly string[]): void {
    for (const id of ids) this.#rejections.delete(id);
  }

  async #prepared<T extends object>(
    conversation: string,
    prepare: (groups: Groups) => Promise<T | undefined>,
  ): Promise<T | Waiting | undefined> {
    try {
      if (this.#keys.state !== 'ready') return await this.#withoutKeys(conversation);
      const { groups } = await this.#open();
      const prepared = await this.#turns.take(conversation, () => prepare(groups));
      if (prepared !== undefined || this.#mode !== 'required') return prepared;
      return { kind: 'refused', code: 'no-keys' };
    } catch (problem) {
      return this.#failed(problem);
    }
  }

  /** Whether this device has seen that it is encrypted. Then nothing goes there unencrypted, whatever the server says. */
  async #isBegun(conversation: string): Promise<boolean> {
    const chat = await this.#parts.database.chat(conversation);
    if (chat?.encryption !== undefined || isSeenEncrypted(chat?.last)) return true;
    return (await this.#ports.keyStore.group(conversation)) !== undefined;
  }

  /** What was not encrypted before goes as it is, where the server takes that. */
  async #withoutKeys(conversation: string): Promise<Waiting | undefined> {
    const { clock } = this.#parts;
    const now = clock.now();
    if (this.#mode === 'required') return { kind: 'later', millis: AGAIN_MILLIS };
    if (this.#keys.state === 'preparing' && this.#mode !== 'off' && now - this.#startedAt < KEYS_MILLIS) {
      return { kind: 'later', millis: SOON_MILLIS };
    }
    if (await this.#isBegun(conversation)) return { kind: 'later', millis: AGAIN_MILLIS };
    const since = this.#plainSince.get(conversation);
    if (since !== undefined && now - since < PLAIN_MILLIS) return undefined;
    const isEncrypted = (await this.#calls.standing(conversation)) !== undefined;
    if (isEncrypted || (await this.#isToBe(conversation))) return { kind: 'later', millis: AGAIN_MILLIS };
    this.#plainSince.set(conversation, now);
    return undefined;
  }

  /** It would begin to be encrypted, were this device approved: that is waited for. */
  async #isToBe(conversation: string): Promise<boolean> {
    if (this.#keys.state !== 'waiting') return false;
    for (const user of peopleOf(conversation) ?? []) {
      if (!canTakePart(await this.#trusts.of(user, PLAIN_MILLIS))) return false;
    }
    return true;
  }

  #failed(problem: unknown): Waiting {
    if (isFatal(problem)) {
      this.#broken(problem);
      return { kind: 'later', millis: AGAIN_MILLIS };
    }
    if (problem instanceof RestProblem && problem.retryAfterSeconds !== undefined) {
      return { kind: 'later', millis: problem.retryAfterSeconds * 1000 };
    }
    if (problem instanceof Distrust) return { kind: 'refused', code: 'distrust' };
    if (problem instanceof E2eeError) return { kind: 'later', millis: REFUSED_MILLIS };
    if (problem instanceof RestProblem && problem.status === 404) return { kind: 'refused', code: problem.code };
    return { kind: 'later', millis: AGAIN_MILLIS };
  }

  // --- what comes in

  /**
   * Ascending entries of one encrypted conversation, read and given to `store` in the steps in which they have to be stored. False: not
   * now, and all of them have to come again.
   */
  async arrived(
    conversation: string,
    entries: readonly Message[],
    store: (read: readonly Message[]) => Promise<boolean>,
  ): Promise<boolean> {
    let isStored = false;
    try {
      const { reader } = await this.#open();
      isStored = await this.#turns.take(conversation, async () => {
        for await (const read of reader.read(conversation, entries)) if (!(await store(read))) return false;
        return true;
      });
      this.#unread.delete(conversation);
      return isStored;
    } catch (problem) {
      if (isFatal(problem)) this.#broken(problem);
      if (isFatal(problem) || mayPass(problem)) return false;
      const times = (this.#unread.get(conversation) ?? 0) + 1;
      this.#unread.set(conversation, times);
      if (times < READ_TRIES) return false;
      console.error('entries that cannot be read', problem);
      await (await this.#open()).groups.lost(conversation);
      return store(entries.map((entry) => withoutTurn(entry, this.#parts.me)));
    } finally {
      if (isStored) this.#findItself(conversation);
      else this.#comeInto(conversation); // a Welcome may be among what comes again
    }
  }

  /** Where this device is left out it comes in by itself, so that it misses as little as can be. */
  #comeInto(conversation: string): void {
    if (this.#keys.state !== 'ready') return;
    void this.#ports.keyStore.group(conversation).then((record) => {
      if (record?.isOut === true) this.#tend(conversation);
    });
  }

  /** Also where it was told nothing of the group: what has come says that there is one. */
  #findItself(conversation: string): void {
    if (this.#keys.state !== 'ready') return;
    void this.#foundOutside(conversation)
      .catch(() => {}) // it is found again when something comes or goes there
      .then(() => this.#comeInto(conversation));
  }

  // --- keys

  async #look(): Promise<void> {
    try {
      const keys = await this.#keysNow();
      this.#backoff.reset();
      const before = this.#keys.state;
      this.#keys = keys;
      this.tell();
      if (keys.state === 'ready' && before !== 'ready') void this.#comeIntoAll(before === 'waiting');
      this.#parts.outbox.look();
    } catch (problem) {
      if (isFatal(problem)) this.#broken(problem);
      if (problem instanceof LoginEnded || this.#isStopped) return;
      this.#parts.clock.after(this.#backoff.next(), () => {
        if (this.#parts.isLive()) this.look(); // else after the next welcome
      });
    }
  }

  /** A server that takes no encryption is told no keys, unless there is something from before. */
  async #keysNow(): Promise<KeysState> {
    if (this.#mode === 'off' && (await this.#ports.keyStore.groups()).length === 0) return { state: 'off' };
    const { e2ee } = await this.#open();
    return this.#keyring.look(e2ee);
  }

  /**
   * Into every encrypted conversation that this device is not in yet: those that were there before it, or that it has lost. `isNew`: it
   * has just been approved, so that there is no Welcome to wait for.
   */
  async #comeIntoAll(isNew: boolean): Promise<void> {
    const chats = (await this.#parts.reading((database) => database.chats())) ?? [];
    const unread = chats.filter(({ last }) => isSeenEncrypted(last));
    for (const { conversation } of unread.sort((one, other) => other.updated - one.updated)) {
      if (isNew)
        await this.#foundOutside(conversation).catch(() => {}); // it is found again when something comes or goes there
      else this.#comeIntoLater(conversation);
    }
    for (const { conversation, isOut } of await this.#ports.keyStore.groups()) if (isOut) this.#comeInto(conversation);
  }

  /** Where this device has been told nothing of the group: unless it is told in time. */
  #comeIntoLater(conversation: string): void {
    void this.#turns
      .take(conversation, async () => {
        if ((await this.#ports.keyStore.group(conversation)) !== undefined) return true;
        const standing = await this.#calls.standing(conversation);
        if (standing === undefined) return true;
        const { groups } = await this.#open();
        if (!(await groups.isPatienceOver(conversation, standing))) return false;
        await groups.outside(conversation, standing.group, standing.seq);
        return true;
      })
      .catch(() => true) // it is found again when something comes or goes there
      .then((isSettled) => {
        if (isSettled) this.#comeInto(conversation);
        else if (this.#parts.isLive()) this.#parts.clock.after(AGAIN_MILLIS, () => this.#comeIntoLater(conversation));
      });
  }

  /** A group that this device has not heard of is kept as one that it is not in. */
  #foundOutside(conversation: string): Promise<void> {
    return this.#turns.take(conversation, async () => {
      if ((await this.#ports.keyStore.group(conversation)) !== undefined) return;
      const standing = await this.#calls.standing(conversation);
      if (standing !== undefined) await (await this.#open()).groups.outside(conversation, standing.group, standing.seq);
    });
  }

  /** One's own is in every number: a server that puts in another could put in devices under it. */
  async #identityChanged(trust: Trust): Promise<void> {
    const { me, database } = this.#parts;
    const { user } = trust;
    void this.#opening?.then(({ groups }) => groups.stale(user)).catch(() => {});
    if (user !== me.user) return this.#noteChange([user, me.user].sort().join('~'), trust);
    for (const { conversation, encryption } of await database.chats()) {
      if (encryption !== undefined) await this.#noteChange(conversation, trust);
    }
  }

  async #noteChange(conversation: string, { user, compared }: Trust): Promise<void> {
    const head = (await this.#parts.database.chat(conversation))?.head ?? 0;
    const change = { user, after: head, at: this.#parts.serverNow() };
    await this.#note(conversation, (before) => {
      if (before === undefined) return undefined;
      const changes = (before.changes ?? []).filter((one) => one.user !== user || one.after !== change.after); // shown once at one place
      return {
        ...before,
        changes: [...changes, change].slice(-CHANGES_MAX),
        ...(compared === undefined ? {} : { trouble: 'verified-changed' as const }),
      };
    });
  }

  /** Fails where the library cannot be had, as where calls fail. */
  #open(): Promise<Opened> {
    if (this.#end !== undefined) return Promise.reject(this.#end); // it must not be opened twice in one worker
    this.#opening ??= this.#openNow().catch((problem: unknown) => {
      this.#opening = undefined; // the network was away, perhaps
      throw problem;
    });
    return this.#opening;
  }

  async #openNow(): Promise<Opened> {
    const { me, clock, random } = this.#parts;
    const { keyStore: store, opener } = this.#ports;
    const transport = new ServerTransport(this.#calls);
    const e2ee = await opener.open({ user: me.uid, device: me.device }, transport).catch((problem: unknown) => {
      throw problem instanceof E2eeError
        ? problem
        : new NetworkProblem('the library could not be had', { cause: problem });
    });
    const groups = new Groups({
      me,
      clock,
      random,
      calls: this.#calls,
      store,
      trusts: this.#trusts,
      transport,
      e2ee,
      note: (conversation, change) => this.#note(conversation, change),
      isBegun: (conversation) => this.#isBegun(conversation),
      storedUpTo: async (conversation) => (await this.#parts.database.chat(conversation))?.stored ?? 0,
      committed: (conversation, entry) => this.#committed(conversation, entry),
    });
    const reader = new Reader({ me, e2ee, store, trusts: this.#trusts, groups });
    await store.begin(me);
    await reader.recover();
    return { e2ee, groups, reader };
  }

  // --- what is kept and told

  async #note(conversation: string, change: Parameters<Parts['database']['encrypted']>[2]): Promise<void> {
    const stored = await this.#parts.writing((database, me) => database.encrypted(me, conversation, change));
    if (stored !== undefined) this.#parts.tellStored(stored);
  }

  async #committed(conversation: string, entry: { id: string; seq: number; time: number }): Promise<void> {
    const stored = await this.#parts.writing((database, me) => database.committed(me, conversation, entry));
    if (stored !== undefined) this.#parts.tellStored(stored);
  }

  /** The library cannot go on in this worker: pages start another. Where there was no space, not before some may have been made. */
  #broken(problem: E2eeError): void {
    const isFull = 'detail' in problem.failure && problem.failure.detail.startsWith(NOT_STORED);
    if (isFull) this.#parts.storageFailed(new StorageFull('There is no space left for messages on this device.'));
    if (this.#end !== undefined) return;
    this.#end = problem;
    this.#parts.clock.after(isFull ? FULL_MILLIS : AGAIN_MILLIS, () => this.#startAnother());
  }

  /** The person has made space, perhaps. */
  retry(): void {
    if (this.#end !== undefined) this.#startAnother();
  }

  #startAnother(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#parts.tell({ kind: 'broken' });
  }
}

/** Also what the server or the disk cannot do now, or not for this login: it may pass. */
function mayPass(problem: unknown): boolean {
  return [NetworkProblem, RestProblem, LoginEnded, StorageFull, StorageFailed, DOMException].some(
    (kind) => problem instanceof kind,
  );
}

const OF_ENCRYPTION: ReadonlySet<string> = new Set(['mls', 'commit', 'undecryptable']);

/** Entries that there are in encrypted conversations only, but for what this browser itself cannot open any more. */
function isSeenEncrypted(last: Message | undefined): boolean {
  return last !== undefined && OF_ENCRYPTION.has(last.body.type) && last.body['why'] !== 'lost';
}
