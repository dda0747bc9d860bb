import { unframed, WireFormat } from './framing.ts';

// The beginning of a KeyPackage (RFC 9420, sections 7.2 and 10): whose it says it is. Read before anybody is added by it, since afterwards
// it stands in the group.

const MLS_1_0 = 1;
const BASIC = 1;

export interface KeyPackageOwner {
  readonly cipherSuite: number;
  readonly signatureKey: Uint8Array;
  /** Of its basic credential. */
  readonly identity: string;
}

/** Undefined if it is not a KeyPackage with a basic credential, in a whole MLSMessage. */
export function keyPackageOwner(message: Uint8Array): KeyPackageOwner | undefined {
  const body = unframed(WireFormat.keyPackage, message);
  if (body === undefined) return undefined;
  try {
    const reader = new Reader(body);
    if (reader.u16() !== MLS_1_0) return undefined;
    const cipherSuite = reader.u16();
    reader.vector(); // init_key
    reader.vector(); // encryption_key
    const signatureKey = reader.vector();
    if (reader.u16() !== BASIC) return undefined;
    return { cipherSuite, signatureKey, identity: new TextDecoder('utf-8', { fatal: true }).decode(reader.vector()) };
  } catch {
    return undefined;
  }
}

class Reader {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u16(): number {
    const value = this.#view.getUint16(this.#at);
    this.#at += 2;
    return value;
  }

  /** Its length first, in one, two or four bytes as its two top bits say (section 2.1.2). */
  vector(): Uint8Array {
    const first = this.#view.getUint8(this.#at);
    const bytes = first < 0x40 ? 1 : first < 0x80 ? 2 : 4;
    if (first >= 0xc0) throw new RangeError('no such length');
    let length = first & 0x3f;
    for (let more = 1; more < bytes; more++) length = length * 256 + this.#view.getUint8(this.#at + more);
    const from = this.#at + bytes;
    if (from + length > this.#bytes.length) throw new RangeError('it ends too soon');
    this.#at = from + length;
    return this.#bytes.subarray(from, this.#at);
  }
}
