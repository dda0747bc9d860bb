import { sha256, toBase64url, utf8 } from './bytes.ts';
import type { DeviceName } from './e2ee.ts';

// What stands in a leaf's basic credential: `<user>:<device>@parley`. The device is a number in hex there, without leading zeros.

export const DOMAIN = 'parley';
const DEVICE_DIGITS = 16;
const FORM = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):(0|[1-9a-f][0-9a-f]{0,15})@parley$/;

export function leafName({ user, device }: DeviceName): string {
  return `${user}:${device.replace(/^0+(?=.)/, '')}@${DOMAIN}`;
}

/** Undefined if it is not of the form above, letter by letter. */
export function parseLeafName(name: string): DeviceName | undefined {
  const [, user, device] = FORM.exec(name) ?? [];
  return user === undefined || device === undefined ? undefined : { user, device: device.padStart(DEVICE_DIGITS, '0') };
}

/** As a `Member` has it. */
export async function thumbprintOf(signatureKey: Uint8Array): Promise<string> {
  const jwk = `{"crv":"Ed25519","kty":"OKP","x":"${toBase64url(signatureKey)}"}`;
  return toBase64url(await sha256(utf8(jwk)));
}
