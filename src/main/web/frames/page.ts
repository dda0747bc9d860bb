import type { Parts } from '../parts.ts';
import type { Page } from '../protocol.ts';

export function page(frame: Page, parts: Parts): void {
  parts.history.page(frame);
}
