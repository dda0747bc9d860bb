import type { Parts } from '../parts.ts';
import type { Welcome } from '../protocol.ts';

/** A new connection: everything that the one before may have lost is said again. */
export function welcome({ time, limits, encryption }: Welcome, parts: Parts): void {
  parts.timeIs(time);
  parts.encryption.welcome(encryption);
  parts.pace.restart();
  parts.intake.welcome();
  parts.outbox.welcome(limits);
  parts.uploads.welcome();
  parts.ticks.welcome();
  parts.reads.welcome();
  parts.history.welcome();
  parts.watches.welcome();
  void parts.list.welcome();
  void parts.names.welcome();
}
