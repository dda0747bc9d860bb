import { type Bytes, isEqual, toBase64url } from '../crypto/bytes.ts';
import type { E2ee } from '../crypto/e2ee.ts';
import type { Identity, KeysState, WaitingDevice } from '../model.ts';
import { type Rest, RestProblem } from '../rest.ts';
import { approvalCode, isSigned, makeIdentity, makeSealingKeys, openIdentity, rawKey, signDevice } from './identity.ts';
import type { Directory, KeyCalls, OwnKeys } from './keyCalls.ts';
import type { KeyStore } from './keyStore.ts';
import type { Trusts } from './trusts.ts';

// The keys of this device: published, approved, and enough key packages there for others. What is done stands with the server and in the
// store, so a look begins anew each time, and what was cut off is taken up where it was.

const PACKAGES = 100;
const FEW_PACKAGES = 20;
const PACKAGE_SECONDS = 90 * 24 * 3600;
const LAST_RESORT_SECONDS = 365 * 24 * 3600;

export interface KeyringPorts {
  readonly me: Identity;
  readonly calls: KeyCalls;
  readonly store: KeyStore;
  readonly trusts: Trusts;
  readonly rest: Pick<Rest, 'devices'>;
}

export class Keyring {
  readonly #ports: KeyringPorts;

  constructor(ports: KeyringPorts) {
    this.#ports = ports;
  }

  /** Does what there is to do, and says how it stands. Fails as the calls do: then it is to be tried again. */
  async look(e2ee: E2ee): Promise<KeysState> {
    const { me, calls, store, trusts } = this.#ports;
    await store.begin(me);
    const signatureKey = new Uint8Array(e2ee.signatureKey);
    let own = await calls.own();
    if (own === undefined) {
      await this.#publish(signatureKey, await calls.directory(me.user));
      own = await calls.own();
      if (own === undefined) throw new Error('published, and not there');
    }
    if (!isEqual(own.signatureKey, signatureKey)) return { state: 'lost' };
    const directory = await calls.directory(me.user);
    const identityKey = directory.identity;
    if (identityKey === undefined) throw new Error('published without an identity key');
    if (await this.#isReplaced(identityKey)) return { state: 'lost' };
    await this.#stock(e2ee, own); // also while it waits: they are given to nobody before it is approved
    if (!(await this.#isApproved(own, identityKey))) return this.#waiting(signatureKey, identityKey);
    await trusts.take(directory);
    await this.#takeIdentity(own, identityKey);
    return { state: 'ready', waiting: await this.#candidates(directory, identityKey) };
  }

  /**
   * The account has another identity key than this device knew. Either the person began anew elsewhere, or the server would like to put in
   * devices of its own: this one cannot tell, so it does not go on by itself.
   */
  async #isReplaced(identityKey: Bytes): Promise<boolean> {
    const { me, store } = this.#ports;
    const held = await store.identity();
    if (held !== undefined) return !isEqual(held.key, identityKey);
    const pinned = await store.trust(me.user);
    return pinned !== undefined && pinned.identity !== toBase64url(identityKey);
  }

  async #publish(signatureKey: Bytes, directory: Directory): Promise<void> {
    const { me, calls, store } = this.#ports;
    const sealingKey = await this.#sealingKey(); // also of the first device: another may begin anew, and this one want approval then
    if (directory.identity !== undefined) {
      await store.dropIdentity(); // one that another device was faster than
      await calls.publish({ signatureKey, sealingKey });
      return;
    }
    let identity = await store.identity();
    if (identity === undefined) {
      identity = await makeIdentity();
      await store.keepIdentity(identity);
    }
    const signature = await signDevice(identity, { uid: me.uid, device: me.device, signatureKey });
    await calls.publish({ signatureKey, sealingKey, identity: { key: identity.key, signature } });
  }

  async #sealingKey(): Promise<Bytes> {
    const { store } = this.#ports;
    let keys = await store.sealingKeys();
    if (keys === undefined) {
      keys = await makeSealingKeys();
      await store.keepSealingKeys(keys);
    }
    return rawKey(keys.publicKey);
  }

  async #isApproved({ signatureKey, signature }: OwnKeys, identityKey: Bytes): Promise<boolean> {
    const { uid, device } = this.#ports.me;
    return signature !== undefined && (await isSigned(identityKey, { uid, device, signatureKey }, signature));
  }

  async #waiting(signatureKey: Bytes, identityKey: Bytes): Promise<KeysState> {
    const { me } = this.#ports;
    const sealingKey = await this.#sealingKey();
    const code = await approvalCode(identityKey, { uid: me.uid, device: me.device, signatureKey, sealingKey });
    return { state: 'waiting', code };
  }

  /** From the device that approved this one. Without it this device takes part, but can approve no other. */
  async #takeIdentity({ sealed }: OwnKeys, identityKey: Bytes): Promise<void> {
    const { me, store } = this.#ports;
    const held = await store.identity();
    if (held !== undefined && isEqual(held.key, identityKey)) return;
    const keys = await store.sealingKeys();
    if (sealed === undefined || keys === undefined) return;
    const identity = await openIdentity(sealed, keys, me, identityKey).catch(() => undefined);
    if (identity !== undefined) await store.keepIdentity(identity);
  }

  async #stock(e2ee: E2ee, { left, hasLastResort }: OwnKeys): Promise<void> {
    if (left > FEW_PACKAGES && hasLastResort) return;
    const packages = left > FEW_PACKAGES ? [] : await e2ee.keyPackages(PACKAGES - left, PACKAGE_SECONDS);
    const [lastResort] = hasLastResort ? [] : await e2ee.keyPackages(1, LAST_RESORT_SECONDS);
    try {
      await this.#ports.calls.addPackages(packages, lastResort);
    } catch (problem) {
      // Made by a clock that is wrong by days, they are of another time. Without them nobody can add this device, but it comes in by itself.
      if (!(problem instanceof RestProblem) || problem.code !== 'invalid') throw problem;
    }
  }

  async #candidates({ devices }: Directory, identityKey: Bytes): Promise<WaitingDevice[]> {
    const { me, store, rest } = this.#ports;
    const asking = devices.flatMap(({ device, signatureKey, signature, sealingKey }) =>
      signature === undefined && sealingKey !== undefined && device !== me.device
        ? [{ uid: me.uid, device, signatureKey, sealingKey }]
        : [],
    );
    const identity = asking.length === 0 ? undefined : await store.identity();
    if (identity === undefined || !isEqual(identity.key, identityKey)) return [];
    const names = new Map((await rest.devices()).map(({ device, name }) => [device, name]));
    return Promise.all(
      asking.map(async (candidate) => ({
        device: candidate.device,
        name: names.get(candidate.device) ?? candidate.device,
        code: await approvalCode(identity.key, candidate),
      })),
    );
  }
}
