import { type Bytes, fromBase64url, isEqual, toBase64url } from '../crypto/bytes.ts';
import { type DeviceName, type E2ee, E2eeError, type Failure, type Member } from '../crypto/e2ee.ts';
import { keyPackageOwner } from '../crypto/keyPackage.ts';
import { leafName } from '../crypto/leafName.ts';
import type { Body, ChatEncryption, EncryptionTrouble, Identity } from '../model.ts';
import type { Clock, Random } from '../ports.ts';
import { RestProblem } from '../rest.ts';
import { isGroupOf, newGroup, peopleOf, written } from './content.ts';
import { type KeyCalls, OtherBytes, type Standing } from './keyCalls.ts';
import type { GroupRecord, KeyStore, Trust } from './keyStore.ts';
import type { ServerTransport } from './transport.ts';
import { isOtherThanCompared } from './trust.ts';
import { Distrust, type Trusts } from './trusts.ts';

// The groups of encrypted conversations, as this device takes part in them: beginning one, coming in, tidying, writing. Whoever calls has
// the conversation's turn.

export interface GroupsPorts {
  readonly me: Identity;
  readonly clock: Clock;
  readonly random: Random;
  readonly calls: KeyCalls;
  readonly store: KeyStore;
  readonly trusts: Trusts;
  readonly transport: ServerTransport;
  readonly e2ee: E2ee;
  /** What pages are to know; `change` is given what stands there. */
  readonly note: (
    conversation: string,
    change: (before: ChatEncryption | undefined) => ChatEncryption | undefined,
  ) => Promise<void>;
  /** This device has seen that it is encrypted, whatever the server says now. */
  readonly isBegun: (conversation: string) => Promise<boolean>;
  /** Up to which entry everything that was pushed is stored on this device. */
  readonly storedUpTo: (conversation: string) => Promise<number>;
  /** A commit of this device has its place in the log: the server does not push it. */
  readonly committed: (conversation: string, entry: { id: string; seq: number; time: number }) => Promise<void>;
}

/** Why a message does not go out. */
export type Waiting =
  /** Not now: again after this. */
  { readonly kind: 'later'; readonly millis: number } | { readonly kind: 'refused'; readonly code: string };

/** What became of a message that is to go out. */
export type Prepared = { readonly kind: 'send'; readonly body: Body } | Waiting;

const SOON_MILLIS = 250;
const AGAIN_MILLIS = 2_000;
/** A person has to look first; meanwhile it is asked now and then whether it has cleared up by itself. */
const TROUBLED_MILLIS = 30_000;
/** How long the Welcome or the commits that the server has are waited for, before this device comes in by itself: where all is read... */
const PATIENCE_MILLIS = 3_000;
/**
 * ...and where the log is not read up to them yet. Whoever comes in by itself cannot read what was written for it before, so it gives
 * even a conversation that has just moved to another node the time to be told; a server that keeps entries back holds it up no longer.
 */
const LOG_PATIENCE_MILLIS = 20_000;
/** A device that was unlinked reads for so long at most what others write. */
const FRESH_MILLIS = 5 * 60_000;
/** Somebody who could not take part is asked about again then. */
const UNABLE_MILLIS = 60_000;
/** Keys are renewed between so long and twice that: whoever had stolen them is out again. */
const RENEW_MILLIS = 3 * 24 * 3600_000;
const JOIN_TRIES = 4;
/** What the server does not let this device do, it is not asked for all the time. */
const REFUSED_MILLIS = 30_000;
/** Each costs claims, of which there are few in an hour. */
const AWAITED_TIMES = 3;

type Inspected = 'sound' | EncryptionTrouble;

export class Groups {
  readonly #ports: GroupsPorts;
  /** The server has another state of these than this device, or so it says: since when. */
  readonly #doubts = new Map<string, number>();
  /** Conversations that are not encrypted, because somebody could not take part: when that was asked. */
  readonly #unable = new Map<string, number>();
  /** The epoch whose members have been looked at, and are all known. */
  readonly #sound = new Map<string, bigint>();
  readonly #tidied = new Map<string, number>();
  /** Conversations that the server does not let this device into: since when. */
  readonly #refused = new Map<string, number>();
  /** How often key packages of somebody in it were not there yet. */
  readonly #awaited = new Map<string, number>();

  constructor(ports: GroupsPorts) {
    this.#ports = ports;
  }

  /** The server did not take a message as it was encrypted. */
  doubt(conversation: string): void {
    if (!this.#doubts.has(conversation)) this.#doubts.set(conversation, this.#ports.clock.now());
  }

  /** Somebody's keys are others now: members are to be looked at again before the next message. */
  stale(user: string): void {
    for (const conversation of [...this.#sound.keys(), ...this.#tidied.keys(), ...this.#unable.keys()]) {
      if (peopleOf(conversation)?.includes(user) !== true) continue;
      this.#sound.delete(conversation);
      this.#tidied.delete(conversation);
      this.#unable.delete(conversation);
    }
  }

  /** A person has compared or given up a number: whether that is enough is looked at anew. */
  lookAgain(): void {
    this.#sound.clear();
    this.#refused.clear();
  }

  /** Undefined where the message may go as it is. */
  async outgoing(conversation: string, body: Body): Promise<Prepared | undefined> {
    const ready = await this.ready(conversation);
    if (ready === undefined || 'kind' in ready) return ready;
    const [message] = await this.#ports.e2ee.encrypt(fromBase64url(ready.group), [written(body)]);
    if (message === undefined) throw new Error('nothing was encrypted');
    return { kind: 'send', body: { type: 'mls', message: toBase64url(message) } };
  }

  /** The group that a message would be encrypted for, begun where it can be; undefined where it would go as it is. */
  async ready(conversation: string): Promise<GroupRecord | Waiting | undefined> {
    const people = peopleOf(conversation);
    if (people === undefined) return undefined;
    let record = await this.#ports.store.group(conversation);
    if (record === undefined) {
      const found = await this.#withoutGroup(conversation, people);
      if (found === 'plain') return undefined;
      if (found === 'later') return { kind: 'later', millis: SOON_MILLIS };
      if (found === 'patience') return { kind: 'later', millis: AGAIN_MILLIS };
      record = found;
    }
    if (this.#doubts.has(conversation) && !record.isOut) {
      if (!(await this.#isUpToDate(conversation, record))) return { kind: 'later', millis: SOON_MILLIS };
      record = await this.#record(conversation);
    }
    if (record.isOut) {
      if (!(await this.comeIn(conversation))) return { kind: 'later', millis: AGAIN_MILLIS };
      record = await this.#record(conversation);
    }
    await this.#tidy(conversation, record, people);
    if ((await this.inspect(conversation, record)) !== 'sound') return { kind: 'later', millis: TROUBLED_MILLIS };
    return record;
  }

  /** What there is to do in a conversation that nobody writes into: who is not linked any more is taken out. */
  async tend(conversation: string): Promise<void> {
    const record = await this.#ports.store.group(conversation);
    const people = peopleOf(conversation);
    if (record === undefined || people === undefined) return;
    if (record.isOut && !(await this.comeIn(conversation))) return;
    const now = await this.#record(conversation);
    await this.#tidy(conversation, now, people);
    await this.inspect(conversation, now);
  }

  // --- where there is no group that this device knows of

  async #withoutGroup(
    conversation: string,
    people: readonly string[],
  ): Promise<GroupRecord | 'plain' | 'later' | 'patience'> {
    const { clock, calls } = this.#ports;
    const asked = this.#unable.get(conversation);
    const isFresh = asked !== undefined && clock.now() - asked < UNABLE_MILLIS && !this.#doubts.has(conversation);
    if (isFresh && !(await this.#ports.isBegun(conversation))) return 'plain';
    const standing = await calls.standing(conversation);
    if (standing !== undefined) {
      if (!(await this.isPatienceOver(conversation, standing))) return 'later'; // the Welcome may be on its way
      await this.outside(conversation, standing.group, standing.seq);
      return (await this.comeIn(conversation)) ? this.#record(conversation) : 'later';
    }
    if (await this.#ports.isBegun(conversation)) return 'patience'; // an honest server knows the group
    this.#doubts.delete(conversation);
    if (!(await this.#canAllTakePart(people))) {
      this.#unable.set(conversation, clock.now());
      return 'plain';
    }
    return this.#begin(conversation, people, undefined);
  }

  /** All that is linked of everybody reads encrypted messages: nobody is to be cut off by it. */
  async #canAllTakePart(people: readonly string[]): Promise<boolean> {
    for (const user of people) {
      if (!canTakePart(await this.#ports.trusts.of(user, UNABLE_MILLIS))) return false;
    }
    return true;
  }

  /** With all devices that have keys. `ended`: the group whose place it takes. */
  async #begin(
    conversation: string,
    people: readonly string[],
    ended: Standing | undefined,
  ): Promise<GroupRecord | 'plain' | 'later' | 'patience'> {
    const { me, e2ee, transport, clock } = this.#ports;
    const packages: Uint8Array[] = [];
    for (const user of people) {
      const isAlone = user === me.user && ((await this.#ports.trusts.known(user))?.devices.length ?? 0) <= 1;
      const claimed = isAlone ? [] : await this.#claim(user); // claims are few
      if (claimed.length === 0 && user !== me.user) return this.#withoutPackages(conversation);
      packages.push(...claimed);
    }
    this.#awaited.delete(conversation);
    const group = newGroup(conversation);
    if (ended !== undefined) transport.replacing(group, ended);
    await e2ee.create(group);
    try {
      if (packages.length > 0) await e2ee.add(group, packages);
      else await e2ee.update(group); // notes on the only device
    } catch (problem) {
      await e2ee.forget(group).catch(() => {});
      if (problem instanceof E2eeError && problem.failure.kind === 'refused') {
        this.doubt(conversation); // somebody else has begun at the same moment, and adds this device
        return 'later';
      }
      throw problem;
    }
    const seq = await this.#committed(group);
    await this.#cameIn(conversation, toBase64url(group), seq);
    await this.noteBegun(conversation, seq);
    this.#tidied.set(conversation, clock.now());
    return this.#record(conversation);
  }

  /** Keys are published a moment before there are packages; for whoever never has any nobody waits for long. */
  #withoutPackages(conversation: string): 'plain' | 'patience' {
    const times = (this.#awaited.get(conversation) ?? 0) + 1;
    this.#awaited.set(conversation, times);
    if (times <= AWAITED_TIMES) return 'patience';
    this.#awaited.delete(conversation);
    this.#unable.set(conversation, this.#ports.clock.now());
    return 'plain';
  }

  /** One key package of each device of this user that is vouched for, looked at before anybody is added by it. */
  async #claim(user: string): Promise<Uint8Array[]> {
    const { me, calls, trusts } = this.#ports;
    const given = await calls.claim(crypto.randomUUID(), user);
    const trust = await trusts.take(given);
    return given.devices.flatMap(({ device, keyPackage }) => {
      const known = trust?.devices.find((one) => one.device === device);
      if (keyPackage === undefined || known === undefined || (user === me.user && device === me.device)) return [];
      const owner = keyPackageOwner(keyPackage);
      const isTheirs =
        owner !== undefined &&
        isEqual(owner.signatureKey, fromBase64url(known.signatureKey)) &&
        owner.identity === leafName({ user: given.uid, device });
      if (!isTheirs) throw new Distrust(`a key package of ${user} that is somebody else's`);
      return [keyPackage];
    });
  }

  // --- coming in

  /** By a commit of one's own. False: not now. */
  async comeIn(conversation: string): Promise<boolean> {
    const { calls, e2ee, clock } = this.#ports;
    const refused = this.#refused.get(conversation);
    if (refused !== undefined && clock.now() - refused < REFUSED_MILLIS) return false;
    for (let tries = 0; tries < JOIN_TRIES; tries++) {
      const standing = await calls.standing(conversation);
      const people = peopleOf(conversation);
      if (standing === undefined || people === undefined) return false;
      const group = fromBase64url(standing.group);
      if (!isGroupOf(conversation, group)) return false;
      const groupInfo = await calls.download(conversation, standing.groupInfo);
      try {
        await e2ee.rejoin(group, groupInfo);
      } catch (problem) {
        if (!(problem instanceof E2eeError)) throw problem;
        const { failure } = problem;
        if (failure.kind === 'refused' && failure.reason === 'conflict') continue; // somebody was faster
        this.#refused.set(conversation, clock.now());
        if (!needsNewGroup(failure)) return false;
        return typeof (await this.#begin(conversation, people, standing)) !== 'string';
      }
      const seq = await this.#committed(group);
      await this.#cameIn(conversation, standing.group, seq);
      await this.noteBegun(conversation, standing.seq);
      this.#doubts.delete(conversation);
      this.#refused.delete(conversation);
      return true;
    }
    return false;
  }

  /** Added by somebody else: `seq` is the entry that did. */
  async welcomed(conversation: string, group: string, seq: number, welcome: string): Promise<void> {
    const { calls, e2ee } = this.#ports;
    const id = fromBase64url(group);
    let isOut = false;
    try {
      const bytes = await calls.download(conversation, welcome);
      const joined = await e2ee.join(bytes);
      isOut = !isEqual(joined, id) || !isGroupOf(conversation, joined);
      if (isOut) await e2ee.forget(joined);
    } catch (problem) {
      if (!isDecided(problem)) throw problem;
      isOut = !(await e2ee.knows(id)); // it had joined, and died before it had noted that
    }
    await this.#cameIn(conversation, group, seq, isOut);
    await this.noteBegun(conversation, seq);
    this.#doubts.delete(conversation);
  }

  /** There is a group, and this device is not in it. */
  async outside(conversation: string, group: string, seq: number): Promise<void> {
    const before = await this.#ports.store.group(conversation);
    await this.#keep({ conversation, group, joined: 0, since: before?.since ?? 0, isOut: true, renewAt: 0 });
    await this.#forgetOther(before, group);
    await this.noteBegun(conversation, seq);
  }

  /** Its state of the group has been left behind. */
  async lost(conversation: string): Promise<void> {
    const record = await this.#ports.store.group(conversation);
    if (record !== undefined && !record.isOut) await this.#keep({ ...record, isOut: true });
  }

  /** Whether this device has what the server has; where that takes too long, it comes in anew. */
  async #isUpToDate(conversation: string, record: GroupRecord): Promise<boolean> {
    const { calls, e2ee } = this.#ports;
    const standing = await calls.standing(conversation);
    if (standing === undefined) return false;
    const group = fromBase64url(record.group);
    const epoch = await e2ee.epoch(group).catch(() => -1n);
    if (standing.group === record.group && BigInt(standing.epoch) === epoch) {
      this.#doubts.delete(conversation);
      return true;
    }
    if (!(await this.isPatienceOver(conversation, standing))) return false;
    await this.#keep({ ...record, isOut: true });
    return true;
  }

  /** Whether what the server has of the group has been waited for long enough. The first question begins the wait. */
  async isPatienceOver(conversation: string, { seq }: Standing): Promise<boolean> {
    const { clock, storedUpTo } = this.#ports;
    this.doubt(conversation);
    const waited = clock.now() - (this.#doubts.get(conversation) ?? clock.now());
    if (waited >= LOG_PATIENCE_MILLIS) return true;
    return waited >= PATIENCE_MILLIS && (await storedUpTo(conversation)) >= seq;
  }

  // --- who is in it

  /** Whether all members are devices that their people's identity keys vouch for; pages are told. */
  async inspect(conversation: string, record: GroupRecord): Promise<Inspected> {
    const { e2ee } = this.#ports;
    const group = fromBase64url(record.group);
    if (this.#sound.get(conversation) === (await e2ee.epoch(group))) return 'sound';
    let result = await this.#inspectNow(conversation, group);
    if (result === 'unknown-device') {
      // one that was approved under an identity key of before, say: the server lets it be taken out, unless it vouches for it
      this.#tidied.delete(conversation);
      await this.#tidy(conversation, record, peopleOf(conversation) ?? []);
      result = await this.#inspectNow(conversation, group);
    }
    if (result === 'sound') this.#sound.set(conversation, await e2ee.epoch(group));
    await this.#ports.note(conversation, (now) => now && withTrouble(now, result));
    return result;
  }

  async #inspectNow(conversation: string, group: Bytes): Promise<Inspected> {
    const { trusts } = this.#ports;
    const people = peopleOf(conversation) ?? [];
    const members = await this.#members(group);
    if (members === undefined) return 'unknown-device';
    let known = await this.#all(people, (user) => trusts.known(user));
    if (members.some((member) => !isKnown(member, known))) {
      known = await this.#all(people, (user) => trusts.of(user, 0));
    }
    if (members.some((member) => !isKnown(member, known))) return 'unknown-device';
    return known.some(isOtherThanCompared) ? 'verified-changed' : 'sound';
  }

  /** Undefined: one may hide behind another. */
  async #members(group: Bytes): Promise<Member[] | undefined> {
    try {
      return await this.#ports.e2ee.members(group);
    } catch (problem) {
      if (problem instanceof E2eeError && problem.failure.kind === 'name-twice') return undefined;
      throw problem;
    }
  }

  async #all(users: readonly string[], find: (user: string) => Promise<Trust | undefined>): Promise<Trust[]> {
    const found = await Promise.all(users.map(find));
    return found.filter((trust) => trust !== undefined);
  }

  /** Takes out devices that are not linked any more, and renews one's own keys now and then. */
  async #tidy(conversation: string, record: GroupRecord, people: readonly string[]): Promise<void> {
    const { me, clock, e2ee, trusts } = this.#ports;
    const now = clock.now();
    const before = this.#tidied.get(conversation);
    if (before !== undefined && now - before < FRESH_MILLIS && now >= before) return;
    const known = await this.#all(people, (user) => trusts.of(user, FRESH_MILLIS));
    const group = fromBase64url(record.group);
    const gone = ((await this.#members(group)) ?? []).filter(
      (member) => !(member.user === me.uid && member.device === me.device) && !isLinked(member, known),
    );
    try {
      if (gone.length > 0) await this.#remove(group, gone);
      if (now >= record.renewAt) {
        await e2ee.update(group);
        await this.#committed(group);
        await this.#keep({ ...record, renewAt: this.#renewAt() });
      }
    } catch (problem) {
      if (!(problem instanceof E2eeError) || problem.failure.kind !== 'refused') throw problem;
      if (problem.failure.reason === 'conflict') return; // what came first is read first; it is looked at again then
    }
    this.#tidied.set(conversation, now);
  }

  async #remove(group: Bytes, devices: readonly DeviceName[]): Promise<void> {
    await this.#ports.e2ee.remove(group, devices);
    await this.#committed(group);
  }

  // --- what is kept

  /** The first entry of the conversation's encryption, for pages: the first one that was ever seen. */
  async noteBegun(conversation: string, seq: number): Promise<void> {
    await this.#ports.note(conversation, (before) => {
      if (before !== undefined && before.since <= seq) return undefined;
      return { ...before, since: seq };
    });
  }

  async #committed(group: Bytes): Promise<number> {
    const accepted = this.#ports.transport.accepted(group);
    if (accepted === undefined) throw new Error('a commit that the server never had');
    await this.#ports.committed(accepted.conversation, accepted);
    return accepted.seq;
  }

  async #record(conversation: string): Promise<GroupRecord> {
    const record = await this.#ports.store.group(conversation);
    if (record === undefined) throw new Error('kept, and not there');
    return record;
  }

  /** By the entry `seq`. `isOut`: what would let it read could not be had. */
  async #cameIn(conversation: string, group: string, seq: number, isOut = false): Promise<void> {
    const before = await this.#ports.store.group(conversation);
    const since = before === undefined || before.since === 0 ? seq : before.since;
    await this.#keep({ conversation, group, joined: seq, since, isOut, renewAt: this.#renewAt() });
    await this.#forgetOther(before, group);
  }

  #renewAt(): number {
    const { clock, random } = this.#ports;
    return clock.now() + RENEW_MILLIS * (1 + random());
  }

  #keep(record: GroupRecord): Promise<void> {
    this.#sound.delete(record.conversation);
    return this.#ports.store.keepGroup(record);
  }

  async #forgetOther(before: GroupRecord | undefined, group: string): Promise<void> {
    if (before === undefined || before.group === group) return;
    await this.#ports.e2ee.forget(fromBase64url(before.group)).catch(() => {}); // it may never have been in it
  }
}

export function canTakePart(trust: Trust | undefined): boolean {
  return trust !== undefined && trust.withoutKeys === 0 && trust.devices.length > 0;
}

/** Nobody can go on with this group, or this device never will. */
function needsNewGroup(failure: Failure): boolean {
  return failure.kind === 'old-leaf' || failure.kind === 'undecryptable';
}

/** Trying again would end in the same. */
function isDecided(problem: unknown): boolean {
  if (problem instanceof E2eeError) return problem.failure.kind !== 'fatal';
  return problem instanceof OtherBytes || (problem instanceof RestProblem && problem.status === 404);
}

function isKnown(member: Member, known: readonly Trust[]): boolean {
  return isAmong(member, known, (trust) => [...trust.devices, ...trust.past]);
}

function isLinked(member: Member, known: readonly Trust[]): boolean {
  return isAmong(member, known, (trust) => trust.devices);
}

function isAmong(
  { user, device, thumbprint }: Member,
  known: readonly Trust[],
  devicesOf: (trust: Trust) => readonly { readonly device: string; readonly thumbprint: string }[],
): boolean {
  return known.some(
    (trust) =>
      trust.uid === user && devicesOf(trust).some((one) => one.device === device && one.thumbprint === thumbprint),
  );
}

function withTrouble({ trouble: _, ...rest }: ChatEncryption, result: Inspected): ChatEncryption {
  return result === 'sound' ? rest : { ...rest, trouble: result };
}
