import { openCoreCrypto, wipeCoreCrypto } from './coreCrypto.ts';
import { type CommitTransport, type DeviceName, type E2ee, E2eeError } from './e2ee.ts';
import { leafName } from './leafName.ts';
import { forgetStateKey, stateKey } from './stateKey.ts';

/** Opens the encryption of a device, and gives the same one again for as long as this worker lives. */
export interface E2eeOpener {
  /** `transport` takes the place of the one before. */
  open(name: DeviceName, transport: CommitTransport): Promise<E2ee>;
}

/**
 * The one of this worker: the library must not have one database open twice. What cannot be opened any more is deleted, and the device
 * begins with other keys, which shows itself by them.
 */
export class HeldE2ee implements E2eeOpener {
  #held: { readonly name: string; readonly e2ee: Promise<E2ee> } | undefined;
  #transport: CommitTransport | undefined;
  #wiping: Promise<void> = Promise.resolve();

  async open(name: DeviceName, transport: CommitTransport): Promise<E2ee> {
    await this.#wiping; // it would take away the key that is made now
    this.#transport = transport;
    const leaf = leafName(name);
    if (this.#held?.name === leaf) return this.#held.e2ee;
    void this.#held?.e2ee.then((e2ee) => e2ee.close()).catch(() => {});
    const e2ee = this.#openNow(name);
    this.#held = { name: leaf, e2ee };
    e2ee.catch(() => {
      if (this.#held?.e2ee === e2ee) this.#held = undefined; // the network was away, perhaps
    });
    return e2ee;
  }

  /** Nobody is logged in any more: nothing of what was stored can be read again. */
  wipe(): Promise<void> {
    this.#wiping = this.#wipe().catch(() => {}); // the key is gone in any case
    return this.#wiping;
  }

  async #wipe(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    await forgetStateKey();
    const e2ee = await held?.e2ee.catch(() => undefined);
    await e2ee?.wipe();
  }

  async #openNow(name: DeviceName): Promise<E2ee> {
    const transport: CommitTransport = {
      submit: (id, bundle) =>
        this.#transport === undefined ? Promise.reject(new Error('nobody')) : this.#transport.submit(id, bundle),
    };
    try {
      return await openCoreCrypto({ name, stateKey: await stateKey(), transport });
    } catch (problem) {
      if (!(problem instanceof E2eeError) || problem.failure.kind !== 'state-lost') throw problem;
      await wipeCoreCrypto(name);
      return openCoreCrypto({ name, stateKey: await stateKey(), transport });
    }
  }
}
