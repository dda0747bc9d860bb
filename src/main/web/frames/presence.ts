import type { Parts } from '../parts.ts';
import type { PresenceFrame } from '../protocol.ts';

export function presence({ user, online, lastSeen }: PresenceFrame, parts: Parts): void {
  parts.watches.presence({
    user,
    ...(online === undefined ? {} : { online }),
    ...(lastSeen === undefined ? {} : { lastSeen }),
  });
}
