import type { Parts } from '../parts.ts';
import type { ReceiptsEnd } from '../protocol.ts';

export function receiptsEnd({ ref }: ReceiptsEnd, parts: Parts): void {
  parts.ticks.answered(ref);
}
