// Reads what a server can read (RFC 9420, sections 6 and 12): who changes what in a commit, without any key.

export interface Header {
  readonly group: Uint8Array;
  readonly epoch: bigint;
}

export interface Commit extends Header {
  /** Undefined: a joiner's own (external) commit. */
  readonly senderLeaf: number | undefined;
  readonly added: readonly Leaf[];
  readonly removedLeaves: readonly number[];
  /** Proposals that stand there only as a hash: a server could not know what they change. */
  readonly byReference: number;
  /** The new leaf of whoever commits. */
  readonly path: Leaf | undefined;
}

export interface Leaf {
  readonly identity: string;
  readonly signatureKey: Uint8Array;
  /** Undefined for a leaf that does not come from a key package. */
  readonly secondsLeft: number | undefined;
}

const PUBLIC = 1;
const PRIVATE = 2;
const APPLICATION = 1;
const COMMIT = 3;
const MEMBER = 1;
const NEW_MEMBER_COMMIT = 4;

export function readMessage(bytes: Uint8Array): Header {
  const reader = begin(bytes, PRIVATE);
  const header = readHeader(reader);
  expect(reader.uint(1), APPLICATION, 'content type');
  return header;
}

export function readCommit(bytes: Uint8Array): Commit {
  const reader = begin(bytes, PUBLIC);
  const header = readHeader(reader);
  const senderType = reader.uint(1);
  if (senderType !== NEW_MEMBER_COMMIT) expect(senderType, MEMBER, 'sender type');
  const senderLeaf = senderType === MEMBER ? reader.uint(4) : undefined;
  reader.bytes(); // authenticated data
  expect(reader.uint(1), COMMIT, 'content type');
  const added: Leaf[] = [];
  const removedLeaves: number[] = [];
  let byReference = 0;
  const proposals = new Reader(reader.bytes());
  while (!proposals.isAtEnd()) {
    if (proposals.uint(1) === 2) {
      proposals.bytes();
      byReference++;
    } else {
      readProposal(proposals, added, removedLeaves);
    }
  }
  const path = reader.uint(1) === 1 ? readPath(reader) : undefined;
  reader.bytes(); // signature
  reader.bytes(); // confirmation tag
  if (senderLeaf !== undefined) reader.bytes(); // membership tag
  if (!reader.isAtEnd()) throw new Error('bytes behind the commit');
  return { ...header, senderLeaf, added, removedLeaves, byReference, path };
}

function readProposal(reader: Reader, added: Leaf[], removedLeaves: number[]): void {
  const type = reader.uint(2);
  switch (type) {
    case 1:
      added.push(readKeyPackage(reader));
      break;
    case 3:
      removedLeaves.push(reader.uint(4));
      break;
    case 6:
      reader.bytes(); // external init: the encapsulated key
      break;
    default:
      throw new Error(`a proposal of type ${type}`);
  }
}

export function readKeyPackage(reader: Reader): Leaf {
  expect(reader.uint(2), 1, 'version');
  expect(reader.uint(2), 1, 'cipher suite');
  reader.bytes(); // init key
  const leaf = readLeaf(reader);
  reader.bytes(); // extensions
  reader.bytes(); // signature
  return leaf;
}

function readPath(reader: Reader): Leaf {
  const leaf = readLeaf(reader);
  reader.bytes(); // nodes
  return leaf;
}

function readLeaf(reader: Reader): Leaf {
  reader.bytes(); // encryption key
  const signatureKey = reader.bytes();
  expect(reader.uint(2), 1, 'credential type');
  const identity = new TextDecoder().decode(reader.bytes());
  for (let capability = 0; capability < 5; capability++) reader.bytes();
  const source = reader.uint(1);
  let secondsLeft: number | undefined;
  if (source === 1) {
    reader.uint64(); // not before
    secondsLeft = Number(reader.uint64()) - Date.now() / 1000;
  } else if (source === 3) {
    reader.bytes(); // parent hash
  }
  reader.bytes(); // extensions
  reader.bytes(); // signature
  return { identity, signatureKey, secondsLeft };
}

function begin(bytes: Uint8Array, format: number): Reader {
  const reader = new Reader(bytes);
  expect(reader.uint(2), 1, 'version');
  expect(reader.uint(2), format, 'wire format');
  return reader;
}

function readHeader(reader: Reader): Header {
  return { group: reader.bytes(), epoch: reader.uint64() };
}

function expect(found: number, expected: number, what: string): void {
  if (found !== expected) throw new Error(`${what} is ${found}, not ${expected}`);
}

export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  uint(width: 1 | 2 | 4): number {
    const at = this.#advance(width);
    return width === 1 ? this.#view.getUint8(at) : width === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  uint64(): bigint {
    return this.#view.getBigUint64(this.#advance(8));
  }

  /** opaque<V>: the two top bits say how long its length is. */
  bytes(): Uint8Array {
    const prefix = (this.#bytes[this.#at] ?? 0) >> 6;
    if (prefix === 3) throw new Error('no such length');
    const length = prefix === 0 ? this.uint(1) : prefix === 1 ? this.uint(2) & 0x3fff : this.uint(4) & 0x3fff_ffff;
    const at = this.#advance(length);
    return this.#bytes.subarray(at, at + length);
  }

  #advance(count: number): number {
    const at = this.#at;
    if (at + count > this.#bytes.length) throw new Error('too short');
    this.#at += count;
    return at;
  }
}
