// The header of an MLSMessage (RFC 9420, section 6): what travels has it, some of what the library takes and gives has not.

const MLS_1_0 = 1;
const HEADER_BYTES = 4;

export const WireFormat = { publicMessage: 1, privateMessage: 2, welcome: 3, groupInfo: 4, keyPackage: 5 } as const;
export type WireFormat = (typeof WireFormat)[keyof typeof WireFormat];

export function framed(format: WireFormat, body: Uint8Array): Uint8Array {
  const message = new Uint8Array(HEADER_BYTES + body.length);
  const view = new DataView(message.buffer);
  view.setUint16(0, MLS_1_0);
  view.setUint16(2, format);
  message.set(body, HEADER_BYTES);
  return message;
}

/** Undefined if it is something else. */
export function unframed(format: WireFormat, message: Uint8Array): Uint8Array | undefined {
  return isFramed(format, message) ? message.subarray(HEADER_BYTES) : undefined;
}

export function isFramed(format: WireFormat, message: Uint8Array): boolean {
  if (message.length < HEADER_BYTES) return false;
  const view = new DataView(message.buffer, message.byteOffset, HEADER_BYTES);
  return view.getUint16(0) === MLS_1_0 && view.getUint16(2) === format;
}
