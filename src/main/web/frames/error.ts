import type { Parts } from '../parts.ts';
import type { ErrorFrame } from '../protocol.ts';

/** Finds whose frame was refused. What is cumulative is said again where the refusal may pass. */
export function error(frame: ErrorFrame, parts: Parts): void {
  const { code, ref, conversation, retryAfterSeconds = 1 } = frame;
  if (parts.outbox.refused(frame) || parts.history.refused(frame)) return;
  if (parts.ticks.refused(ref, code) || parts.watches.refused(ref, code)) return;
  if (code === 'rate-limited') parts.pace.pause(retryAfterSeconds * 1000);
  if (conversation === undefined || (code !== 'rate-limited' && code !== 'unavailable')) return;
  if (ref === 'delivered') parts.intake.again(conversation);
  if (ref === 'read') parts.reads.again(conversation);
}
