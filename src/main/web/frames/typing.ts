import type { Parts } from '../parts.ts';
import type { TypingOfOthers } from '../protocol.ts';

export function typing({ conversation, user }: TypingOfOthers, parts: Parts): void {
  parts.tell({ kind: 'typing', conversation, user });
}
