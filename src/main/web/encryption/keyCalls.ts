import { type Bytes, fromBase64url, sha256, toBase64url } from '../crypto/bytes.ts';
import { type Json, type Rest, RestProblem } from '../rest.ts';

// The calls of docs/protocol.md's "Keys for encryption" and "Encrypted conversations". Each fails as `Rest.call` does.

/** A device as the server's directory has it. Nothing of it is believed without the signature. */
export interface ListedDevice {
  readonly device: string;
  readonly signatureKey: Bytes;
  readonly signature?: Bytes;
  readonly sealingKey?: Bytes;
  readonly keyPackage?: Bytes;
}

export interface Directory {
  readonly user: string;
  readonly uid: string;
  readonly version: number;
  readonly identity?: Bytes;
  readonly devices: readonly ListedDevice[];
  readonly devicesWithoutKeys: number;
}

/** What the server has of this device. */
export interface OwnKeys {
  readonly signatureKey: Bytes;
  readonly signature?: Bytes;
  readonly sealed?: Bytes;
  readonly left: number;
  readonly hasLastResort: boolean;
}

/** How the server has the group of a conversation. */
export interface Standing {
  readonly group: string;
  readonly epoch: number;
  readonly seq: number;
  readonly groupInfo: string;
}

export interface Publication {
  readonly signatureKey: Bytes;
  readonly identity?: { readonly key: Bytes; readonly signature: Bytes };
  readonly password?: string;
  readonly sealingKey?: Bytes;
}

export interface CommitCall {
  readonly id: string;
  readonly commit: Uint8Array;
  readonly welcome?: string;
  readonly groupInfo: string;
  readonly replaces?: { readonly group: string; readonly epoch: number };
}

/** The server gave something else than was asked for. */
export class OtherBytes extends Error {
  override readonly name = 'OtherBytes';
}

export class KeyCalls {
  readonly #rest: Pick<Rest, 'call'>;

  constructor(rest: Pick<Rest, 'call'>) {
    this.#rest = rest;
  }

  /** Undefined: this device has published nothing. */
  async own(): Promise<OwnKeys | undefined> {
    const answer = await this.#unlessMissing(this.#get('/v1/keys/device'));
    if (answer === undefined) return undefined;
    return {
      signatureKey: bytesIn(answer, 'signatureKey'),
      ...optional('signature', answer),
      ...optional('sealed', answer),
      left: numberIn(answer, 'left'),
      hasLastResort: answer['lastResort'] === true,
    };
  }

  async publish({ signatureKey, identity, password, sealingKey }: Publication): Promise<void> {
    await this.#rest.call({
      method: 'PUT',
      path: '/v1/keys/device',
      body: {
        signatureKey: toBase64url(signatureKey),
        ...(identity === undefined
          ? {}
          : { identity: { key: toBase64url(identity.key), signature: toBase64url(identity.signature) } }),
        ...(password === undefined ? {} : { password }),
        ...(sealingKey === undefined ? {} : { sealingKey: toBase64url(sealingKey) }),
      },
      repeat: 'always',
    });
  }

  async approve(device: string, signature: Bytes, sealed: Bytes): Promise<void> {
    await this.#rest.call({
      method: 'PUT',
      path: `/v1/keys/devices/${device}`,
      body: { signature: toBase64url(signature), sealed: toBase64url(sealed) },
      repeat: 'always',
    });
  }

  async addPackages(packages: readonly Uint8Array[], lastResort: Uint8Array | undefined): Promise<void> {
    await this.#rest.call({
      method: 'PUT',
      path: '/v1/keys/packages',
      body: {
        packages: packages.map(toBase64url),
        ...(lastResort === undefined ? {} : { lastResort: toBase64url(lastResort) }),
      },
      repeat: 'unless-lost',
    });
  }

  async claim(id: string, user: string): Promise<Directory> {
    return directoryOf(
      await this.#rest.call({ method: 'POST', path: '/v1/keys/claims', body: { id, user }, repeat: 'always' }),
    );
  }

  async directory(user: string): Promise<Directory> {
    return directoryOf(await this.#get(`/v1/users/${encodeURIComponent(user)}/keys`));
  }

  /** Undefined: the conversation is not encrypted. */
  async standing(conversation: string): Promise<Standing | undefined> {
    const answer = await this.#unlessMissing(this.#get(`${path(conversation)}/group`));
    if (answer === undefined) return undefined;
    return {
      group: textIn(answer, 'group'),
      epoch: numberIn(answer, 'epoch'),
      seq: numberIn(answer, 'seq'),
      groupInfo: textIn(answer, 'groupInfo'),
    };
  }

  /** What it is called from now on. */
  async upload(conversation: string, bytes: Uint8Array): Promise<string> {
    const hash = toBase64url(await sha256(bytes));
    await this.#rest.call({
      method: 'PUT',
      path: `${path(conversation)}/blobs/${hash}`,
      body: bytes as Bytes,
      repeat: 'always',
    });
    return hash;
  }

  /** Fails where the bytes are not what the name says. */
  async download(conversation: string, hash: string): Promise<Bytes> {
    const { bytes } = await this.#rest.call({
      method: 'GET',
      path: `${path(conversation)}/blobs/${encodeURIComponent(hash)}`,
      isForBytes: true,
      repeat: 'always',
    });
    if (!(bytes instanceof Uint8Array)) throw new Error('no bytes');
    const whole = new Uint8Array(bytes);
    if (toBase64url(await sha256(whole)) !== hash) throw new OtherBytes('other bytes than were named');
    return whole;
  }

  async commit(conversation: string, { commit, ...rest }: CommitCall): Promise<{ seq: number; time: number }> {
    const answer = await this.#rest.call({
      method: 'POST',
      path: `${path(conversation)}/commits`,
      body: { ...rest, commit: toBase64url(commit) },
      repeat: 'always',
    });
    return { seq: numberIn(answer, 'seq'), time: Date.parse(textIn(answer, 'time')) };
  }

  #get(at: string): Promise<Json> {
    return this.#rest.call({ method: 'GET', path: at, repeat: 'always' });
  }

  async #unlessMissing(answer: Promise<Json>): Promise<Json | undefined> {
    try {
      return await answer;
    } catch (problem) {
      if (problem instanceof RestProblem && problem.status === 404) return undefined;
      throw problem;
    }
  }
}

function path(conversation: string): string {
  return `/v1/conversations/${encodeURIComponent(conversation)}`;
}

function directoryOf(answer: Json): Directory {
  const devices = Array.isArray(answer['devices']) ? (answer['devices'] as Json[]) : [];
  const { devicesWithoutKeys } = answer;
  return {
    user: textIn(answer, 'user'),
    uid: textIn(answer, 'uid'),
    version: numberIn(answer, 'version'),
    ...optional('identity', answer),
    devices: devices.map((device) => ({
      device: textIn(device, 'device'),
      signatureKey: bytesIn(device, 'signatureKey'),
      ...optional('signature', device),
      ...optional('sealingKey', device),
      ...optional('keyPackage', device),
    })),
    devicesWithoutKeys: typeof devicesWithoutKeys === 'number' ? devicesWithoutKeys : 0,
  };
}

function optional<N extends string>(name: N, of: Json): { readonly [K in N]?: Bytes } {
  return typeof of[name] === 'string' ? ({ [name]: bytesIn(of, name) } as { readonly [K in N]: Bytes }) : {};
}

function bytesIn(of: Json, name: string): Bytes {
  return fromBase64url(textIn(of, name));
}

function textIn(of: Json, name: string): string {
  const value = of[name];
  if (typeof value !== 'string') throw new Error(`the answer lacks ${name}`);
  return value;
}

function numberIn(of: Json, name: string): number {
  const value = of[name];
  if (typeof value !== 'number') throw new Error(`the answer lacks ${name}`);
  return value;
}
