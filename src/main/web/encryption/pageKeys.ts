import { forgetStateKey } from '../crypto/stateKey.ts';
import type { Database } from '../database.ts';
import type { KeysState } from '../model.ts';
import type { Rest } from '../rest.ts';
import type { Encryption, Safety } from '../services.ts';
import { approvalCode, makeIdentity, safetyNumber, sealIdentity, signDevice } from './identity.ts';
import { KeyCalls } from './keyCalls.ts';
import { KeyStore } from './keyStore.ts';
import { isOtherThanCompared } from './trust.ts';

/** What a person sees and decides of keys, in the page: the worker that has the library finds it in the store. */
export class PageKeys implements Encryption {
  readonly #calls: KeyCalls;
  readonly #database: Pick<Database, 'identity'>;
  readonly #store: KeyStore;
  /** The codes that stand on the screen. */
  #codes = new Map<string, string>();

  constructor(rest: Pick<Rest, 'call'>, database: Pick<Database, 'identity'>, store = new KeyStore()) {
    this.#calls = new KeyCalls(rest);
    this.#database = database;
    this.#store = store;
  }

  shown(keys: KeysState): void {
    this.#codes = new Map(keys.state === 'ready' ? keys.waiting.map(({ device, code }) => [device, code]) : []);
  }

  async safety(user: string): Promise<Safety | undefined> {
    const me = await this.#database.identity();
    if (me === undefined) return undefined;
    const [mine, theirs] = await Promise.all([this.#store.trust(me.user), this.#store.trust(user)]);
    if (mine === undefined || theirs === undefined) return undefined;
    return {
      number: await safetyNumber(mine, theirs),
      isVerified: theirs.compared === theirs.identity,
      hasChanged: isOtherThanCompared(theirs),
    };
  }

  setVerified(user: string, isVerified: boolean): Promise<void> {
    return this.#store.keepTrust(user, (trust) => {
      if (trust === undefined) return undefined;
      const { compared: _, ...rest } = trust;
      return isVerified ? { ...rest, compared: trust.identity } : rest;
    });
  }

  /** Only the keys whose code was shown: the server could have put in others since. */
  async approve(device: string): Promise<void> {
    const me = await this.#database.identity();
    const identity = await this.#store.identity();
    if (me === undefined || identity === undefined) throw new Error('this device cannot approve others');
    const { devices } = await this.#calls.directory(me.user);
    const found = devices.find((one) => one.device === device);
    if (found?.sealingKey === undefined) throw new Error('the device does not ask any more');
    const { signatureKey, sealingKey } = found;
    const candidate = { uid: me.uid, device, signatureKey, sealingKey };
    if ((await approvalCode(identity.key, candidate)) !== this.#codes.get(device)) {
      throw new Error('the keys of the device are others than those whose code was shown');
    }
    await this.#calls.approve(device, await signDevice(identity, candidate), await sealIdentity(identity, candidate));
  }

  async startAnew(password: string): Promise<void> {
    const me = await this.#database.identity();
    const own = await this.#calls.own();
    if (me === undefined || own === undefined) throw new Error('this device has no keys yet');
    const identity = await makeIdentity();
    const { signatureKey } = own;
    const signature = await signDevice(identity, { uid: me.uid, device: me.device, signatureKey });
    await this.#calls.publish({ signatureKey, identity: { key: identity.key, signature }, password });
    await this.#store.keepIdentity(identity);
  }

  /** The worker deletes the state of the library; without its key nobody can read that. */
  async wipe(): Promise<void> {
    await forgetStateKey();
    await this.#store.wipe();
  }
}
