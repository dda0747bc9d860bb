import type { Parts } from '../parts.ts';
import type { Sent } from '../protocol.ts';

export function sent(frame: Sent, parts: Parts): void {
  parts.intake.sent(frame);
  parts.outbox.sent(frame.id);
}
