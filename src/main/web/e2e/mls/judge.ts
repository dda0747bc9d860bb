import { decodeMlsMessage, encodeMlsMessage } from 'ts-mls';

/** What another implementation takes it for, read whole and written again as it was; fails if it cannot. */
export function kindOf(message: Uint8Array): string {
  const [read, length] = decodeMlsMessage(message, 0) ?? [];
  if (read === undefined || length !== message.length) throw new Error('not a whole MLSMessage');
  if (Buffer.compare(encodeMlsMessage(read), message) !== 0) throw new Error('it is written in another way');
  return read.wireformat;
}
