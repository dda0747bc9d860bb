import type { Parts } from '../parts.ts';

export function caughtUp(parts: Parts): void {
  parts.reads.caughtUp();
  void parts.history.caughtUp();
}
