import type { Parts } from '../parts.ts';

export function caughtUp(parts: Parts): void {
  parts.ticks.caughtUp();
  parts.reads.caughtUp();
  void parts.history.caughtUp();
}
