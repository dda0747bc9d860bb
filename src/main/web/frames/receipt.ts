import type { Parts } from '../parts.ts';
import type { ReceiptFrame } from '../protocol.ts';

export function receipt(frame: ReceiptFrame, parts: Parts): void {
  parts.intake.receipt(frame);
}
