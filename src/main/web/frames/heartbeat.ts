import type { Parts } from '../parts.ts';
import type { HeartbeatAnswer } from '../protocol.ts';

/** Also the moment to look for what no news has told. */
export function heartbeat({ time }: HeartbeatAnswer, parts: Parts): void {
  parts.timeIs(time);
  parts.outbox.tick();
  parts.reads.tick();
  parts.watches.tick();
}
