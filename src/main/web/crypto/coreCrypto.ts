import type {
  ClientId,
  ConversationId,
  CoreCrypto,
  CoreCryptoContext,
  WireIdentity,
} from '@wireapp/core-crypto/browser';
import { isEqual } from './bytes.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { failureOf } from './coreCryptoFailures.ts';
import { coreCryptoLibrary, type Library } from './coreCryptoLibrary.ts';
import {
  type CommitTransport,
  type DeviceName,
  type E2ee,
  E2eeError,
  type Failure,
  type GroupId,
  type Incoming,
  type Member,
  NOT_STORED,
  type Outcome,
  type Received,
  type Verdict,
} from './e2ee.ts';
import { framed, unframed, WireFormat } from './framing.ts';
import { DOMAIN, leafName, parseLeafName } from './leafName.ts';
import { LIBRARY_DATABASE, StoredWrites } from './stored.ts';

// E2ee by Wire's core-crypto (OpenMLS in WASM). Only one page or worker of a browser may have it open: two would overwrite each other's
// state without a word.

const SECRET_BYTES = 32;
const AGAIN_FIRST_MILLIS = 500;
const AGAIN_MOST_MILLIS = 30_000;
const WIPE_MILLIS = 1_000;

/**
 * Where a joiner's old leaf is the only one in the right half of the tree, and the left half is full, the library cuts the half off with the leaf,
 * lets it grow again for the new one, and the old leaf is there again (OpenMLS's `shrink_tree` and `grow_tree`). Every later commit of
 * anybody would then be refused by everybody, for ever. Such a commit shows itself by a GroupInfo that has this device's key twice, and must never leave this device.
 */
const OLD_LEAF = 'the old leaf would stay';

export interface CoreCryptoOptions {
  readonly name: DeviceName;
  /** 32 bytes; overwritten with zeros. */
  readonly stateKey: Uint8Array;
  readonly transport: CommitTransport;
  /** Between two tries to hear what became of a commit. */
  readonly wait?: (millis: number) => Promise<void>;
}

let writes: StoredWrites | undefined;

export async function openCoreCrypto(options: CoreCryptoOptions): Promise<E2ee> {
  writes ??= StoredWrites.watch();
  const library = await coreCryptoLibrary();
  return CoreCryptoE2ee.open(library, writes, options);
}

/** What is stored of this device and cannot be opened. */
export function wipeCoreCrypto(name: DeviceName): Promise<void> {
  return deletePages(leafName(name));
}

class CoreCryptoE2ee implements E2ee {
  readonly name: DeviceName;
  readonly #library: Library;
  readonly #writes: StoredWrites;
  readonly #core: CoreCrypto;
  readonly #transport: CommitTransport;
  readonly #wait: (millis: number) => Promise<void>;
  #signatureKey = new Uint8Array();
  #latest: Promise<unknown> = Promise.resolve();
  #committing: GroupId | undefined;
  #end: Failure | undefined;

  static async open(library: Library, writes: StoredWrites, options: CoreCryptoOptions): Promise<E2ee> {
    let core: CoreCrypto;
    try {
      const key = new library.DatabaseKey(options.stateKey);
      core = library.CoreCrypto.new(await library.Database.open(leafName(options.name), key));
    } catch (problem) {
      throw new E2eeError({ kind: 'state-lost', detail: String(problem) }, { cause: problem });
    } finally {
      options.stateKey.fill(0);
    }
    const opened = new CoreCryptoE2ee(library, writes, core, options);
    await opened.#begin();
    return opened;
  }

  private constructor(library: Library, writes: StoredWrites, core: CoreCrypto, options: CoreCryptoOptions) {
    this.name = options.name;
    this.#library = library;
    this.#writes = writes;
    this.#core = core;
    this.#transport = options.transport;
    this.#wait = options.wait ?? ((millis) => new Promise((resolve) => setTimeout(resolve, millis)));
  }

  get signatureKey(): Uint8Array {
    return this.#signatureKey;
  }

  keyPackages(count: number, lifetimeSeconds: number): Promise<Uint8Array[]> {
    return this.#change(async (context) => {
      const credential = await this.#credential();
      const packages: Uint8Array[] = [];
      for (let made = 0; made < count; made++) {
        const keyPackage = await context.generateKeyPackage(credential, lifetimeSeconds * 1000);
        packages.push(framed(WireFormat.keyPackage, keyPackage.serialize()));
      }
      return packages;
    });
  }

  create(group: GroupId): Promise<void> {
    return this.#change(async (context) => context.createConversation(this.#id(group), await this.#credential()));
  }

  add(group: GroupId, keyPackages: readonly Uint8Array[]): Promise<void> {
    return this.#commit(group, (context) => {
      const packages = keyPackages.map((bytes) => {
        const body = unframed(WireFormat.keyPackage, bytes);
        if (body === undefined) throw undecryptable('not a key package');
        return new this.#library.KeyPackage(body);
      });
      return context.addClientsToConversation(this.#id(group), packages);
    });
  }

  remove(group: GroupId, devices: readonly DeviceName[]): Promise<void> {
    const clients = devices.map((device) => clientId(this.#library, device));
    return this.#commit(group, (context) => context.removeClientsFromConversation(this.#id(group), clients));
  }

  update(group: GroupId): Promise<void> {
    return this.#commit(group, (context) => context.updateKeyingMaterial(this.#id(group)));
  }

  join(welcome: Uint8Array): Promise<GroupId> {
    return this.#change(async (context) => {
      const joined = await context.processWelcomeMessage(new this.#library.Welcome(welcome));
      return joined.copyBytes();
    });
  }

  rejoin(group: GroupId, groupInfo: Uint8Array): Promise<void> {
    return this.#commit(group, async (context) => {
      const body = unframed(WireFormat.groupInfo, groupInfo);
      if (body === undefined) throw undecryptable('not a GroupInfo');
      const joined = await context.joinByExternalCommit(new this.#library.GroupInfo(body), await this.#credential());
      if (!isEqual(joined.copyBytes(), group)) throw undecryptable('the GroupInfo of another group');
    });
  }

  encrypt(group: GroupId, plaintexts: readonly Uint8Array[]): Promise<Uint8Array[]> {
    return this.#change(async (context) => {
      const messages: Uint8Array[] = [];
      for (const plaintext of plaintexts) messages.push(await context.encryptMessage(this.#id(group), plaintext));
      return messages;
    });
  }

  receive(group: GroupId, entries: readonly Incoming[]): Promise<Received[]> {
    return this.#inTurn(async () => {
      const received: Received[] = [];
      let rest = entries;
      while (rest.length > 0) {
        const { failure, at } = await this.#receiveAll(group, rest, received);
        if (failure === undefined) break;
        const failed = rest[at];
        if (failed === undefined) throw new E2eeError(failure);
        // what stood before it was undone with it, and is known to work
        if (at > 0) await this.#receiveAll(group, rest.slice(0, at), received);
        received.push({ seq: failed.seq, outcome: { kind: 'failed', failure } });
        rest = rest.slice(at + 1);
      }
      return received;
    });
  }

  /** All or nothing, in one step. Pushes to `received`, or says which one failed. */
  async #receiveAll(
    group: GroupId,
    entries: readonly Incoming[],
    received: Received[],
  ): Promise<{ readonly failure: Failure | undefined; readonly at: number }> {
    const now: Received[] = [];
    try {
      await this.#transaction(async (context) => {
        for (const { seq, message } of entries) {
          now.push({ seq, outcome: await this.#outcome(context, group, message) });
        }
        await context.setData(writeCheckpoint(group, [...received, ...now]));
      });
    } catch (problem) {
      if (!(problem instanceof E2eeError) || this.#end !== undefined) throw problem;
      return { failure: problem.failure, at: now.length };
    }
    received.push(...now);
    return { failure: undefined, at: entries.length };
  }

  async #outcome(context: CoreCryptoContext, group: GroupId, message: Uint8Array): Promise<Outcome> {
    const { DecryptedMessage } = this.#library;
    const decrypted = await context.decryptMessage(this.#id(group), message);
    if (DecryptedMessage.Text.instanceOf(decrypted)) {
      const sender = memberOf(decrypted.inner.identity);
      if (sender === undefined) throw undecryptable('the sender has no name of a device');
      return { kind: 'message', sender, plaintext: decrypted.inner.plaintext };
    }
    if (DecryptedMessage.Commit.instanceOf(decrypted)) {
      const { isActive, identity } = decrypted.inner;
      return { kind: 'commit', sender: memberOf(identity), active: isActive };
    }
    throw undecryptable('a proposal by itself'); // nobody here makes such
  }

  lastReceived(): Promise<{ readonly group: GroupId; readonly received: readonly Received[] } | undefined> {
    return this.#look(async (context) => {
      const data = await context.getData();
      return data === undefined ? undefined : readCheckpoint(data);
    });
  }

  knows(group: GroupId): Promise<boolean> {
    return this.#look((context) => context.conversationExists(this.#id(group)));
  }

  epoch(group: GroupId): Promise<bigint> {
    return this.#look((context) => context.conversationEpoch(this.#id(group)));
  }

  exportedSecret(group: GroupId): Promise<Uint8Array> {
    return this.#look(async (context) => {
      const secret = await context.exportSecretKey(this.#id(group), SECRET_BYTES);
      return secret.copyBytes();
    });
  }

  members(group: GroupId): Promise<Member[]> {
    return this.#look(async (context) => {
      const clients = await context.getClientIds(this.#id(group));
      const names = new Set<string>();
      for (const client of clients) {
        const name = nameOf(client);
        if (name === undefined) throw undecryptable('a member has no name of a device');
        if (names.has(leafName(name))) throw new E2eeError({ kind: 'name-twice', member: name }); // the library would show one of them
        names.add(leafName(name));
      }
      const identities = await this.#core.getDeviceIdentities(this.#id(group), clients);
      return identities.flatMap((identity) => memberOf(identity) ?? []);
    });
  }

  forget(group: GroupId): Promise<void> {
    return this.#change((context) => context.wipeConversation(this.#id(group)));
  }

  async wipe(): Promise<void> {
    this.#end ??= { kind: 'fatal', detail: 'wiped' };
    // a commit that waits for its answer may wait for ever: it is not waited for
    await Promise.race([this.#latest, this.#wait(WIPE_MILLIS)]);
    await this.#writes.settled().catch(() => {}); // what could not be written need not be deleted
    await deletePages(leafName(this.name));
  }

  close(): void {
    this.#end ??= { kind: 'fatal', detail: 'closed' };
  }

  async #begin(): Promise<void> {
    const { Credential, cipherSuiteFromU16 } = this.#library;
    const client = clientId(this.#library, this.name);
    await this.#change(async (context) => {
      await context.mlsInit(client, {
        sendCommitBundle: async ({ commit, welcome, groupInfo }) => {
          if (occurrences(groupInfo.payload, this.#signatureKey) > 1) {
            throw this.#library.MlsTransportError.MessageRejected.new({ reason: OLD_LEAF });
          }
          const verdict = await this.#untilDecided(commit, welcome?.serialize(), groupInfo.payload);
          if (verdict.kind === 'refused') {
            throw this.#library.MlsTransportError.MessageRejected.new({ reason: verdict.reason });
          }
        },
        prepareForTransport: () => Promise.resolve(new Uint8Array()), // histories are not shared by this
      });
      if ((await this.#core.getCredentials()).length === 0) {
        await context.addCredential(Credential.basic(cipherSuiteFromU16(CIPHER_SUITE), client));
      }
    });
    await this.#inTurn(async () => {
      this.#signatureKey = new Uint8Array(await this.#core.publicKey(await this.#credential()));
    });
  }

  /** Stays inside until it is known what the server has decided: an exception here would end the library. */
  async #untilDecided(commit: Uint8Array, welcome: Uint8Array | undefined, groupInfo: Uint8Array): Promise<Verdict> {
    const group = this.#committing;
    if (group === undefined) throw new Error('a commit that nobody asked for');
    const id = crypto.randomUUID();
    for (let millis = AGAIN_FIRST_MILLIS; ; millis = Math.min(2 * millis, AGAIN_MOST_MILLIS)) {
      try {
        return await this.#transport.submit(id, { group, commit, welcome, groupInfo });
      } catch {
        await this.#wait(millis);
      }
      if (this.#end !== undefined) return new Promise(() => {}); // closed: what is decided now is heard of at the next opening
    }
  }

  async #credential() {
    const [credential] = await this.#core.getCredentials();
    if (credential === undefined) throw new E2eeError({ kind: 'state-lost', detail: 'no credential' });
    return credential;
  }

  #id(group: GroupId): ConversationId {
    return new this.#library.ConversationId(group);
  }

  #commit(group: GroupId, work: (context: CoreCryptoContext) => Promise<void>): Promise<void> {
    return this.#change(async (context) => {
      this.#committing = group;
      try {
        await work(context);
      } finally {
        this.#committing = undefined;
      }
    });
  }

  #change<T>(work: (context: CoreCryptoContext) => Promise<T>): Promise<T> {
    return this.#inTurn(() => this.#transaction(work));
  }

  #look<T>(work: (context: CoreCryptoContext) => Promise<T>): Promise<T> {
    return this.#inTurn(() => this.#transaction(work));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#latest.then(() => {
      if (this.#end !== undefined) throw new E2eeError(this.#end);
      return work();
    });
    this.#latest = result.catch(() => {});
    return result;
  }

  /** Everything that `work` changes is stored when it resolves, or nothing of it ever happened. */
  async #transaction<T>(work: (context: CoreCryptoContext) => Promise<T>): Promise<T> {
    let result: T;
    try {
      result = await this.#core.transaction(work);
    } catch (problem) {
      throw this.#failed(problem);
    }
    try {
      await this.#writes.settled();
    } catch (problem) {
      // memory is ahead of the disk, and the library does not know
      this.#end = { kind: 'fatal', detail: `${NOT_STORED}: ${String(problem)}` };
      throw new E2eeError(this.#end, { cause: problem });
    }
    return result;
  }

  #failed(problem: unknown): E2eeError {
    if (problem instanceof E2eeError) return problem;
    const found = failureOf(this.#library, problem);
    const failure: Failure = found.kind === 'refused' && found.reason === OLD_LEAF ? { kind: 'old-leaf' } : found;
    if (failure.kind === 'fatal') this.#end = failure;
    return new E2eeError(failure, { cause: problem });
  }
}

/** MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519. */
const CIPHER_SUITE = 1;

function clientId({ Uuid, DeviceId, ClientId }: Library, { user, device }: DeviceName): ClientId {
  return new ClientId(new Uuid(user), DeviceId.fromHexString(device), DOMAIN);
}

function nameOf(client: Pick<ClientId, 'copyBytes'>): DeviceName | undefined {
  return parseLeafName(new TextDecoder().decode(client.copyBytes()));
}

function memberOf({ clientId, thumbprint }: WireIdentity): Member | undefined {
  const name = clientId && nameOf(clientId);
  return name === undefined ? undefined : { ...name, thumbprint };
}

function undecryptable(detail: string): E2eeError {
  return new E2eeError({ kind: 'undecryptable', detail });
}

function occurrences(bytes: Uint8Array, key: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(key[0] ?? 0); at >= 0; at = bytes.indexOf(key[0] ?? 0, at + 1)) {
    if (isEqual(bytes.subarray(at, at + key.length), key)) count++;
  }
  return count;
}

/** The library has no call for it. Its own connection stays open, so the pages are deleted rather than the database. */
function deletePages(file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(LIBRARY_DATABASE);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const db = opening.result;
      const tx = db.transaction('blocks', 'readwrite');
      tx.objectStore('blocks').delete(IDBKeyRange.bound([file], [file, []]));
      tx.oncomplete = () => {
        db.close();
        resolve();
      };
      tx.onabort = () => reject(tx.error);
    };
  });
}
