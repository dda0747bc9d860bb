import { type Bytes, fromBase64url, joined, utf8 } from '../crypto/bytes.ts';

// The account's identity key, which says which devices are the person's, and the numbers that people compare. The private half is kept
// encrypted under a key that the browser does not give out, for it has to be given on to devices that are approved.

/** One's own, with what it takes to sign and to give it on. */
export interface OwnIdentity {
  /** Ed25519, 32 bytes. */
  readonly key: Bytes;
  readonly signing: CryptoKey;
  readonly kept: { readonly by: CryptoKey; readonly iv: Bytes; readonly bytes: ArrayBuffer };
}

/** What another device that is to be approved has published. */
export interface Candidate {
  readonly uid: string;
  readonly device: string;
  readonly signatureKey: Bytes;
  readonly sealingKey: Bytes;
}

const IV_BYTES = 12;
const KEY_BYTES = 32;
const SEALED_VERSION = 1;
/** Makes it dear to look for keys that give the same digits. */
const CODE_ROUNDS = 200_000;
const SAFETY_ROUNDS = 50_000;
const CODE_GROUPS = 4;
const SAFETY_GROUPS = 6;

export async function makeIdentity(): Promise<OwnIdentity> {
  const pair = (await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify'])) as CryptoKeyPair;
  return keep(new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey)), pair.publicKey);
}

/** `pkcs8` is overwritten with zeros. */
async function keep(pkcs8: Bytes, publicKey: CryptoKey): Promise<OwnIdentity> {
  const key = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
  const signing = await crypto.subtle.importKey('pkcs8', pkcs8, { name: 'Ed25519' }, false, ['sign']);
  const by = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const bytes = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, by, pkcs8);
  pkcs8.fill(0);
  return { key, signing, kept: { by, iv, bytes } };
}

// --- cross-signatures (docs/protocol.md, Keys for encryption)

export async function signDevice(identity: OwnIdentity, device: Omit<Candidate, 'sealingKey'>): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign({ name: 'Ed25519' }, identity.signing, signedOf(device)));
}

export async function isSigned(
  identityKey: Bytes,
  device: Omit<Candidate, 'sealingKey'>,
  signature: Bytes,
): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('raw', identityKey, { name: 'Ed25519' }, false, ['verify']);
    return await crypto.subtle.verify({ name: 'Ed25519' }, key, signature, signedOf(device));
  } catch {
    return false; // no key at all
  }
}

function signedOf({ uid, device, signatureKey }: Omit<Candidate, 'sealingKey'>): Bytes {
  return joined(utf8('parley device v1\0'), utf8(`${uid}\0`), utf8(`${device}\0`), signatureKey);
}

// --- giving the identity key to a device that is approved

export async function makeSealingKeys(): Promise<CryptoKeyPair> {
  return (await crypto.subtle.generateKey({ name: 'X25519' }, false, ['deriveBits'])) as CryptoKeyPair;
}

export async function rawKey(key: CryptoKey): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.exportKey('raw', key));
}

/** Version, a fresh X25519 key, IV, and the identity key's PKCS #8 under AES-256-GCM, whose key is HKDF-SHA-256 of what the two keys share. */
export async function sealIdentity(identity: OwnIdentity, to: Candidate): Promise<Bytes> {
  const { by, iv: keptIv, bytes } = identity.kept;
  const pkcs8 = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: keptIv }, by, bytes);
  const fresh = await makeSealingKeys();
  const sent = await rawKey(fresh.publicKey);
  const theirs = await crypto.subtle.importKey('raw', to.sealingKey, { name: 'X25519' }, false, []);
  const key = await sealingSecret(fresh.privateKey, theirs, sent, to.sealingKey);
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: boundTo(to) }, key, pkcs8);
  new Uint8Array(pkcs8).fill(0);
  return joined(Uint8Array.of(SEALED_VERSION), sent, iv, new Uint8Array(sealed));
}

/** Fails where it is not for this device, or not the key that is published as the account's. */
export async function openIdentity(
  sealed: Bytes,
  own: CryptoKeyPair,
  bound: Pick<Candidate, 'uid' | 'device'>,
  identityKey: Bytes,
): Promise<OwnIdentity> {
  if (sealed[0] !== SEALED_VERSION) throw new Error('sealed in a way of another version');
  const sent = sealed.slice(1, 1 + KEY_BYTES);
  const iv = sealed.slice(1 + KEY_BYTES, 1 + KEY_BYTES + IV_BYTES);
  const theirs = await crypto.subtle.importKey('raw', sent, { name: 'X25519' }, false, []);
  const key = await sealingSecret(own.privateKey, theirs, sent, await rawKey(own.publicKey));
  const bytes = sealed.slice(1 + KEY_BYTES + IV_BYTES);
  const pkcs8 = await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: boundTo(bound) }, key, bytes);
  const signing = await crypto.subtle.importKey('pkcs8', pkcs8, { name: 'Ed25519' }, false, ['sign']);
  const proof = utf8('parley identity v1');
  const signature = await crypto.subtle.sign({ name: 'Ed25519' }, signing, proof);
  const published = await crypto.subtle.importKey('raw', identityKey, { name: 'Ed25519' }, true, ['verify']);
  if (!(await crypto.subtle.verify({ name: 'Ed25519' }, published, signature, proof))) {
    throw new Error('the identity key that was given on is not the published one');
  }
  return keep(new Uint8Array(pkcs8), published);
}

async function sealingSecret(own: CryptoKey, theirs: CryptoKey, sent: Bytes, to: Bytes): Promise<CryptoKey> {
  const shared = await crypto.subtle.deriveBits({ name: 'X25519', public: theirs }, own, 256);
  const material = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
  const info = joined(utf8('parley identity v1\0'), sent, to);
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}

function boundTo({ uid, device }: Pick<Candidate, 'uid' | 'device'>): Bytes {
  return utf8(`${uid}\0${device}`);
}

// --- what people compare

/** 20 digits in four groups of five: all keys that are about to be believed, on the device that waits and on the one that approves. */
export async function approvalCode(identityKey: Bytes, candidate: Candidate): Promise<string> {
  const { uid, device, signatureKey, sealingKey } = candidate;
  const keys = joined(identityKey, signatureKey, sealingKey);
  return (await digits(keys, utf8(`parley approval v1\0${uid}\0${device}`), CODE_ROUNDS, CODE_GROUPS)).join(' ');
}

/**
 * 60 digits, the same for both: 30 for each person, the smaller first, as Signal's numeric fingerprint has it (there by repeated
 * SHA-512, here by PBKDF2).
 */
export async function safetyNumber(
  one: { readonly uid: string; readonly identity: string },
  other: { readonly uid: string; readonly identity: string },
): Promise<string> {
  const halves = await Promise.all(
    [one, other].map(async ({ uid, identity }) =>
      (
        await digits(fromBase64url(identity), utf8(`parley safety number v1\0${uid}`), SAFETY_ROUNDS, SAFETY_GROUPS)
      ).join(''),
    ),
  );
  return halves.sort().join('');
}

async function digits(secret: Bytes, salt: Bytes, iterations: number, groups: number): Promise<string[]> {
  const material = await crypto.subtle.importKey('raw', secret, 'PBKDF2', false, ['deriveBits']);
  const bits = await crypto.subtle.deriveBits(
    { name: 'PBKDF2', hash: 'SHA-512', salt, iterations },
    material,
    groups * 40,
  );
  const bytes = new Uint8Array(bits);
  return Array.from({ length: groups }, (_, at) => {
    let number = 0;
    for (const byte of bytes.subarray(at * 5, at * 5 + 5)) number = number * 256 + byte;
    return `${number % 100_000}`.padStart(5, '0');
  });
}
