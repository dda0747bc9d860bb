import { randomUUID } from 'node:crypto';
import type { Browser } from '@playwright/test';
import { cureOf, type Failure, type Received } from '../../crypto/e2ee.ts';
import { leafName, thumbprintOf } from '../../crypto/leafName.ts';
import { CallFailed, Device, type Fate, TabDied } from './device.ts';
import { Random } from './random.ts';
import { type Item, OrderingService } from './service.ts';

// Devices that change one group at random and die at random, and after each step the question whether they still agree about everything.

export interface SoakOptions {
  readonly browser: Browser;
  readonly origin: string;
  readonly seed: number;
  readonly epochs: number;
  readonly devices: number;
  /** Called after each step, before everybody is asked. */
  readonly log?: (line: string) => void;
}

/** What went wrong, and how to see it again. */
export class Disagreement extends Error {
  override readonly name = 'Disagreement';
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const FATES: readonly Fate[] = ['lost-request', 'lost-answer', 'dies-before', 'dies-after'];
const PACKAGE_SECONDS = 80 * 24 * 3600;
const RECEIVED_AT_ONCE = 20;
const TRIES = 50;
/** Within this after a call began a tab dies, if it is to. */
const DEATH_MILLIS = 60;
const READING_MILLIS = 15;

/** A device, and what its client would keep of it beside the library: how far it has read, and what. */
class Participant {
  cursor = 0;
  /** It has the keys of this epoch and later ones. */
  since = 0n;
  needsRejoin = false;
  readonly inbox = new Map<number, string>();
  thumbprint = '';

  constructor(readonly device: Device) {}

  get key(): string {
    return this.device.key;
  }
}

export class Soak {
  readonly counts = {
    steps: 0,
    messages: 0,
    lateMessages: 0,
    deaths: 0,
    reloads: 0,
    rejoins: 0,
    races: 0,
    recovered: 0,
    unreadable: 0,
    failures: {} as Record<string, number>,
  };
  readonly service: OrderingService;
  readonly all: readonly Participant[];
  readonly #options: SoakOptions;
  readonly #random: Random;
  readonly #group = encoder.encode(randomUUID());
  readonly #packages = new Map<string, Uint8Array[]>();
  /** Encrypted, and not posted yet. */
  #late: { readonly from: Participant; readonly message: Uint8Array; readonly text: string }[] = [];
  #texts = 0;

  static async start(options: SoakOptions): Promise<Soak> {
    const all: Participant[] = [];
    const soak = new Soak(options, all);
    for (let made = 0; made < options.devices; made++) {
      const device = await Device.start(options.browser, options.origin, soak.#name(made), (from, request, bundle) =>
        soak.service.submit(from, request, bundle),
      );
      all.push(new Participant(device));
      await soak.#open(soak.#at(made));
    }
    await soak.#at(0).device.call('create', soak.#group);
    return soak;
  }

  private constructor(options: SoakOptions, all: readonly Participant[]) {
    this.#options = options;
    this.#random = new Random(options.seed);
    this.all = all;
    this.service = new OrderingService(leafName(this.#name(0)));
  }

  async run(): Promise<void> {
    await this.#everyone(this.#at(0), () => this.#add(this.#at(0), [this.#at(1), this.#at(2)]), []);
    await this.settle();
    while (this.service.epoch < this.#options.epochs) await this.step();
  }

  async end(): Promise<void> {
    for (const { device } of this.all) await device.end();
  }

  async step(): Promise<void> {
    this.counts.steps++;
    const what = await this.#doSomething();
    this.#options.log?.(`${this.service.epoch} ${what}`);
    await this.settle();
  }

  /** Everybody reads what there is, and is asked. */
  async settle(): Promise<void> {
    const silent = this.#random.some(this.all, this.all.length / 3);
    this.#postLate((from) => !silent.includes(from));
    for (let round = 0; ; round++) {
      const before = this.service.epoch;
      for (const member of this.all) await this.#catchUpPerhapsDying(member);
      if (this.service.epoch === before) break; // a rejoin is a commit, which the others have to read
      if (round === TRIES) this.#fail('it does not come to rest');
    }
    await this.#compare();
    await this.#everyoneSpeaks();
  }

  /** A member whose stored state is put back to what it was before it wrote. */
  async restoreOldState(): Promise<void> {
    const member = this.#random.one(this.#members());
    const saved = await member.device.call('saveState');
    for (let said = 0; said < 3; said++) await this.#say(member);
    await this.settle();
    await member.device.call('restoreState', saved);
    await member.device.die();
    await this.#say(member);
    await this.settle();
  }

  async #doSomething(): Promise<string> {
    const random = this.#random;
    const members = this.#members();
    const outside = this.all.filter((participant) => !members.includes(participant));
    const actor = random.one(members);
    for (const speaker of random.some(members, random.below(4))) await this.#say(speaker);
    if (random.happens(0.4)) await this.#prepareLate(random.one(members));
    const fates = random.happens(0.35) ? random.some(FATES, 1 + random.below(2)) : [];

    const action = random.fraction();
    if (action < 0.2 && outside.length > 0) {
      const added = random.some(outside, 1 + random.below(2));
      await this.#everyone(actor, () => this.#add(actor, added), fates);
      return `add ${added.length} ${fates}`;
    }
    if (action < 0.4 && members.length > 3) {
      const removed = random.some(
        members.filter((member) => member !== actor),
        1 + random.below(2),
      );
      await this.#everyone(actor, () => this.#remove(actor, removed), fates);
      return `remove ${removed.length} ${fates}`;
    }
    if (action < 0.5 && outside.length > 0) {
      const joiner = random.one(outside);
      await this.#everyone(joiner, () => this.#rejoin(joiner), fates);
      return `join ${fates}`;
    }
    if (action < 0.7) {
      this.counts.races++;
      const racers = random.some(members, 2 + random.below(2));
      for (const [at, fate] of fates.entries()) racers[at]?.device.fates.push(fate);
      await Promise.all(racers.map((racer) => this.#surviving(() => this.#commit(racer, 'update'))));
      return `race of ${racers.length} ${fates}`;
    }
    if (action < 0.8) {
      this.counts.reloads++;
      await this.#reload(actor);
      return 'reload';
    }
    await this.#everyone(actor, () => this.#commit(actor, 'update'), fates);
    return `update ${fates}`;
  }

  /** Repeats what a person wanted for as long as others come first, or the tab dies in the middle. */
  async #everyone(actor: Participant, work: () => Promise<boolean>, fates: readonly Fate[]): Promise<void> {
    actor.device.fates.push(...fates);
    for (let tries = 0; tries < TRIES; tries++) {
      const done = await this.#surviving(async () => {
        await this.#catchUp(actor);
        return this.#random.happens(0.1) ? this.#dyingWithin(actor, work) : work();
      });
      if (done) return;
    }
    this.#fail(`${actor.key} cannot do what it wants`);
  }

  /** False if the tab died of it. */
  async #surviving(work: () => Promise<boolean>): Promise<boolean> {
    try {
      return await work();
    } catch (problem) {
      if (problem instanceof TabDied) return false;
      throw problem;
    }
  }

  async #dyingWithin(participant: Participant, work: () => Promise<boolean>): Promise<boolean> {
    const millis = this.#random.below(DEATH_MILLIS);
    const [outcome] = await Promise.allSettled([work(), this.#dieAfter(participant, millis)]);
    if (outcome.status === 'fulfilled') return outcome.value;
    throw outcome.reason;
  }

  async #dieAfter({ device }: Participant, millis: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, millis));
    await device.die();
  }

  async #add(actor: Participant, added: readonly Participant[]): Promise<boolean> {
    const wanted = added.filter(({ key }) => !this.service.members.includes(key));
    if (wanted.length === 0) return true;
    const packages: Uint8Array[] = [];
    for (const participant of wanted) packages.push(await this.#package(participant));
    return this.#commit(actor, 'add', packages);
  }

  async #remove(actor: Participant, removed: readonly Participant[]): Promise<boolean> {
    const wanted = removed.filter(({ key }) => this.service.members.includes(key));
    if (wanted.length === 0 || !this.service.members.includes(actor.key)) return true;
    return this.#commit(
      actor,
      'remove',
      wanted.map(({ device }) => device.name),
    );
  }

  async #commit(
    actor: Participant,
    ...[method, changes]: ['update', undefined?] | ['add', Uint8Array[]] | ['remove', Device['name'][]]
  ): Promise<boolean> {
    if (!this.service.members.includes(actor.key)) return true;
    try {
      if (method === 'update') await actor.device.call('update', this.#group);
      else if (method === 'add') await actor.device.call('add', this.#group, changes);
      else await actor.device.call('remove', this.#group, changes);
      return true;
    } catch (problem) {
      if (problem instanceof CallFailed && problem.failure.kind === 'refused') return false;
      throw problem;
    }
  }

  async #rejoin(participant: Participant): Promise<boolean> {
    const { groupInfo, epoch } = this.service;
    if (groupInfo === undefined) this.#fail('no GroupInfo');
    try {
      await participant.device.call('rejoin', this.#group, groupInfo);
    } catch (problem) {
      if (!(problem instanceof CallFailed)) throw problem;
      this.#note(problem.failure);
      if (problem.failure.kind === 'refused') return false;
      const isHeldBack = cureOf(problem.failure) === 'be-removed';
      if (isHeldBack !== this.service.spoils(participant.key)) this.#fail(`${participant.key} should know better`);
      if (isHeldBack) return this.#rejoinOnceRemoved(participant);
      throw problem;
    }
    this.counts.rejoins++;
    participant.needsRejoin = false;
    participant.since = epoch + 1n;
    const feed = this.service.feed(participant.key);
    const own = feed.findLastIndex((item) => item.kind === 'commit' && item.epoch === epoch);
    participant.cursor = own + 1; // what stands before it cannot be read any more
    return true;
  }

  async #rejoinOnceRemoved(participant: Participant): Promise<boolean> {
    const other = this.#random.one(this.#members().filter((member) => member !== participant));
    await this.#everyone(other, () => this.#remove(other, [participant]), []);
    return this.#rejoin(participant);
  }

  async #package(participant: Participant): Promise<Uint8Array> {
    for (let tries = 0; tries < TRIES; tries++) {
      const taken = this.#packages.get(participant.key)?.pop();
      if (taken !== undefined) return taken;
      await this.#surviving(async () => {
        await this.#alive(participant);
        this.#packages.set(participant.key, await participant.device.call('keyPackages', 2, PACKAGE_SECONDS));
        return true;
      });
    }
    return this.#fail('no key packages');
  }

  /** Reads to the end, coming back and joining anew as often as it must. */
  async #catchUp(participant: Participant): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      const done = await this.#surviving(async () => {
        await this.#alive(participant);
        await this.#readFeed(participant);
        if (!this.service.members.includes(participant.key)) {
          await this.#leave(participant);
          return true;
        }
        if (!participant.needsRejoin && (await participant.device.call('knows', this.#group))) return true;
        await this.#rejoin(participant);
        return false; // and what came meanwhile
      });
      if (done) return;
    }
    this.#fail(`${participant.key} does not catch up`);
  }

  async #catchUpPerhapsDying(participant: Participant): Promise<void> {
    const millis = this.#random.below(READING_MILLIS);
    if (!this.#random.happens(0.1)) return this.#catchUp(participant);
    const [outcome] = await Promise.allSettled([this.#catchUp(participant), this.#dieAfter(participant, millis)]);
    if (outcome.status === 'rejected') throw outcome.reason;
    await this.#catchUp(participant);
  }

  async #readFeed(participant: Participant): Promise<void> {
    const feed = this.service.feed(participant.key);
    while (participant.cursor < feed.length && !participant.needsRejoin) {
      const item = feed[participant.cursor];
      if (item === undefined) return;
      if (item.kind === 'welcome') await this.#readWelcome(participant, item);
      else if (item.kind === 'removed') await this.#readRemoval(participant);
      else await this.#readEntries(participant, feed);
    }
  }

  async #readWelcome(participant: Participant, { seq, welcome }: Item & { kind: 'welcome' }): Promise<void> {
    const { device } = participant;
    try {
      await device.call('join', welcome);
    } catch (problem) {
      if (!(problem instanceof CallFailed)) throw problem;
      this.#note(problem.failure);
      // it joined, and died before it had noted that it did; else its key package is gone
      if (problem.failure.kind !== 'known-group' && problem.failure.kind !== 'orphan-welcome') {
        this.#fail(`${participant.key} cannot read the Welcome ${seq}: ${problem.message}`);
      }
      if (!(await device.call('knows', this.#group))) participant.needsRejoin = true;
    }
    participant.since = await this.#epochOf(participant);
    participant.cursor++;
  }

  async #epochOf({ device, needsRejoin, since }: Participant): Promise<bigint> {
    return needsRejoin ? since : device.call('epoch', this.#group);
  }

  async #readRemoval(participant: Participant): Promise<void> {
    if (await participant.device.call('knows', this.#group)) await participant.device.call('forget', this.#group);
    participant.cursor++;
  }

  /** Out for now: what it could not read before it was removed, it never will. */
  async #leave(participant: Participant): Promise<void> {
    if (await participant.device.call('knows', this.#group)) await participant.device.call('forget', this.#group);
    participant.needsRejoin = false;
    participant.cursor = this.service.feed(participant.key).length;
  }

  async #readEntries(participant: Participant, feed: readonly Item[]): Promise<void> {
    const entries: (Item & { message: Uint8Array })[] = [];
    const most = 1 + this.#random.below(RECEIVED_AT_ONCE);
    for (const item of feed.slice(participant.cursor, participant.cursor + most)) {
      if (!('message' in item)) break;
      entries.push(item);
    }
    const list = entries.map(({ seq, message }) => ({ seq, message }));
    for (const { seq, outcome } of await participant.device.call('receive', this.#group, list)) {
      const item = entries.find((entry) => entry.seq === seq);
      if (item === undefined) this.#fail(`an outcome of nothing: ${seq}`);
      if (outcome.kind === 'failed') this.#judge(participant, item, outcome.failure);
      else this.#keep(participant, item, { seq, outcome });
      if (participant.needsRejoin) return;
      participant.cursor++;
    }
  }

  #keep(participant: Participant, item: Item, { seq, outcome }: Received): void {
    if (outcome.kind === 'failed' || outcome.kind !== item.kind) {
      this.#fail(`${participant.key} takes ${item.kind} ${seq} for ${outcome.kind}`);
    }
    if (outcome.kind !== 'message' || item.kind !== 'message') return;
    const text = decoder.decode(outcome.plaintext);
    if (text !== item.text) this.#fail(`${participant.key} reads '${text}' for '${item.text}'`);
    if (leafName(outcome.sender) !== item.from) this.#fail(`'${text}' is by somebody else`);
    participant.inbox.set(seq, text);
  }

  /** Not every failure is one: a device is told of its own commits, and of what it cannot have keys for. */
  #judge(participant: Participant, item: Item, failure: Failure): void {
    this.#note(failure);
    if (item.kind === 'commit') {
      const isOwn = item.from === participant.key;
      if (isOwn && (failure.kind === 'duplicate' || failure.kind === 'stale')) return;
      if (isOwn && cureOf(failure) === 'rejoin') {
        participant.needsRejoin = true;
        return;
      }
      // of before its own join, which it read of only now
      if (failure.kind === 'stale' && item.epoch < participant.since) return;
    } else if (item.kind === 'message') {
      if (participant.inbox.has(item.seq) && failure.kind === 'duplicate') return;
      if (item.epoch < participant.since) {
        this.counts.unreadable++;
        return;
      }
    }
    this.#fail(
      `${participant.key} (since ${participant.since}) fails at ${item.kind} ${item.seq}: ${JSON.stringify(failure)}`,
    );
  }

  #note({ kind }: Failure): void {
    this.counts.failures[kind] = (this.counts.failures[kind] ?? 0) + 1;
  }

  async #say(speaker: Participant): Promise<void> {
    const text = `${++this.#texts}`;
    for (let tries = 0; tries < TRIES; tries++) {
      const done = await this.#surviving(async () => {
        await this.#catchUp(speaker);
        this.#postLate((from) => from === speaker);
        const message = await this.#encrypt(speaker, text);
        return this.service.post(speaker.key, message, text);
      });
      if (done) {
        this.counts.messages++;
        return;
      }
    }
    this.#fail(`${speaker.key} cannot say anything`);
  }

  async #encrypt({ device }: Participant, text: string): Promise<Uint8Array> {
    const [message] = await device.call('encrypt', this.#group, [encoder.encode(text)]);
    return message ?? this.#fail('nothing was encrypted');
  }

  async #prepareLate(speaker: Participant): Promise<void> {
    const text = `${++this.#texts}, late`;
    await this.#surviving(async () => {
      await this.#catchUp(speaker);
      if (!this.service.members.includes(speaker.key)) return true;
      this.#late.push({ from: speaker, message: await this.#encrypt(speaker, text), text });
      return true;
    });
  }

  /** No device overtakes itself: that would lose messages for good. */
  #postLate(isDue: (from: Participant) => boolean): void {
    const waiting = this.#late;
    this.#late = [];
    for (const held of waiting) {
      if (!isDue(held.from)) this.#late.push(held);
      else if (this.service.post(held.from.key, held.message, held.text)) this.counts.lateMessages++;
    }
  }

  async #everyoneSpeaks(): Promise<void> {
    const members = this.#members();
    for (const member of members) await this.#say(member);
    const texts = members.map((_member, at) => `${this.#texts - members.length + 1 + at}`);
    for (const member of this.all) await this.#catchUp(member);
    for (const [at, member] of members.entries()) {
      const heard = new Set(member.inbox.values());
      const missing = texts.filter((text, from) => from !== at && !heard.has(text));
      if (missing.length > 0) this.#fail(`${member.key} has not heard ${missing}`);
    }
  }

  async #compare(): Promise<void> {
    const members = this.#members();
    const roster = members.map(({ key, thumbprint }) => `${key} ${thumbprint}`).sort();
    let secret: string | undefined;
    for (const { key, device } of members) {
      const epoch = await device.call('epoch', this.#group);
      if (epoch !== this.service.epoch) this.#fail(`${key} is at epoch ${epoch}`);
      const own = Buffer.from(await device.call('exportedSecret', this.#group)).toString('hex');
      secret ??= own;
      if (own !== secret) this.#fail(`${key} has another secret`);
      const seen = await device.call('members', this.#group);
      const names = seen.map((member) => `${leafName(member)} ${member.thumbprint}`);
      if (names.sort().join() !== roster.join()) this.#fail(`${key} sees ${names} for ${roster}`);
    }
  }

  async #alive(participant: Participant): Promise<void> {
    if (!participant.device.isAlive) await this.#open(participant);
  }

  async #open(participant: Participant): Promise<void> {
    await this.#began(participant, await participant.device.open());
  }

  async #reload(participant: Participant): Promise<void> {
    await this.#surviving(async () => {
      await this.#alive(participant);
      await this.#began(participant, await participant.device.reload());
      return true;
    });
  }

  /** What it was given before it died, and had no time to note. */
  async #began(participant: Participant, signatureKey: Uint8Array): Promise<void> {
    participant.thumbprint = await thumbprintOf(signatureKey);
    const last = await participant.device.call('lastReceived');
    const feed = this.service.feed(participant.key);
    for (const received of last?.received ?? []) {
      const at = feed.findIndex(
        (item) => item.kind !== 'welcome' && item.kind !== 'removed' && item.seq === received.seq,
      );
      const item = feed[at];
      if (item === undefined || at < participant.cursor) continue;
      this.#keep(participant, item, received);
      participant.cursor = at + 1;
      this.counts.recovered++;
    }
  }

  #members(): Participant[] {
    return this.all.filter(({ key }) => this.service.members.includes(key));
  }

  /** Two devices a user; one number begins with zeros. */
  #name(at: number): Device['name'] {
    const hex = (at + 1).toString(16);
    return {
      user: `00000000-0000-4000-8000-${String(Math.floor(at / 2)).padStart(12, '0')}`,
      device: at % 2 === 0 ? hex.padEnd(16, 'a') : hex.padStart(16, '0'),
    };
  }

  #at(index: number): Participant {
    return this.all[index] ?? this.#fail(`no device ${index}`);
  }

  #fail(words: string): never {
    throw new Disagreement(
      `seed ${this.#options.seed}, step ${this.counts.steps}, epoch ${this.service.epoch}: ${words}`,
    );
  }
}
