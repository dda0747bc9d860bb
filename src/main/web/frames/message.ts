import { messageOf } from '../log.ts';
import type { Parts } from '../parts.ts';
import type { MessageFrame } from '../protocol.ts';

export function message(frame: MessageFrame, parts: Parts): void {
  parts.intake.message(messageOf(frame.conversation, frame));
}
