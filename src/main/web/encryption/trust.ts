import { toBase64url } from '../crypto/bytes.ts';
import { thumbprintOf } from '../crypto/leafName.ts';
import { isSigned } from './identity.ts';
import type { Directory } from './keyCalls.ts';
import type { KnownDevice, Trust } from './keyStore.ts';

// What the server says of somebody's keys, held against what is known. It can leave things out; it must not be able to put anything in.

/** More than one account can have linked; the oldest are forgotten, and then count as unknown. */
const PAST_MAX = 64;

export type Judgement =
  | { readonly kind: 'trusted'; readonly trust: Trust; readonly hasChanged: boolean }
  /** There is no identity key (yet). */
  | { readonly kind: 'without-keys' }
  /** What an honest server cannot say: an older version, or another account under the same name. */
  | { readonly kind: 'wrong'; readonly why: string };

export async function judge(said: Directory, before: Trust | undefined): Promise<Judgement> {
  if (before !== undefined && said.uid !== before.uid) return { kind: 'wrong', why: 'the name is another account’s' };
  if (before !== undefined && said.version < before.version) return { kind: 'wrong', why: 'it has been newer already' };
  const { identity } = said;
  if (identity === undefined) {
    return before === undefined ? { kind: 'without-keys' } : { kind: 'wrong', why: 'there was an identity key' };
  }
  const devices: KnownDevice[] = [];
  for (const { device, signatureKey, signature } of said.devices) {
    if (signature === undefined || !(await isSigned(identity, { uid: said.uid, device, signatureKey }, signature)))
      continue;
    const known = before?.devices.find((one) => one.device === device);
    const key = toBase64url(signatureKey);
    if (known !== undefined && known.signatureKey !== key) return { kind: 'wrong', why: 'a device has another key' };
    devices.push({ device, signatureKey: key, thumbprint: await thumbprintOf(signatureKey) });
  }
  const past = [...(before?.past ?? []), ...(before?.devices ?? [])].filter(
    ({ thumbprint }, at, all) =>
      !devices.some((one) => one.thumbprint === thumbprint) &&
      all.findLastIndex((one) => one.thumbprint === thumbprint) === at,
  );
  const now = toBase64url(identity);
  return {
    kind: 'trusted',
    trust: {
      user: said.user,
      uid: said.uid,
      identity: now,
      version: said.version,
      devices,
      past: past.slice(-PAST_MAX),
      withoutKeys: said.devicesWithoutKeys,
      ...(before?.compared === undefined ? {} : { compared: before.compared }),
    },
    hasChanged: before !== undefined && before.identity !== now,
  };
}

/** The person has compared the number of this identity, and it is another one now. */
export function isOtherThanCompared({ compared, identity }: Trust): boolean {
  return compared !== undefined && compared !== identity;
}
