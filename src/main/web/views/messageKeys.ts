import type { MessageRow, Row } from '../rows.ts';
import type { MenuAt } from './Bubble.tsx';

// The keyboard in the list of messages: one message has the focus, and the keys go from there.

export interface KeyedList {
  readonly scroller: HTMLElement;
  readonly list: HTMLElement;
  readonly rows: readonly Row[];
  onCopy(row: MessageRow): void;
  onMenu(at: MenuAt): void;
  onStart(): void;
  onEnd(): void;
}

export function pressed(event: KeyboardEvent, keyed: KeyedList): void {
  const { target } = event;
  if (!(target instanceof HTMLElement) || !target.matches('article')) return;
  if (press(event, target, keyed)) event.preventDefault();
}

/** Says whether the key meant something. */
function press(event: KeyboardEvent, article: HTMLElement, keyed: KeyedList): boolean {
  const row = rowOf(article, keyed.rows);
  const isCommand = event.ctrlKey || event.metaKey;
  if (isCommand && event.key.toLowerCase() === 'c' && row !== undefined) {
    if (window.getSelection()?.isCollapsed === false) return false; // the browser copies what is marked
    keyed.onCopy(row);
    return true;
  }
  if (isCommand || event.altKey) return false;
  switch (event.key) {
    case 'ArrowUp':
      move(article, keyed, -1);
      return true;
    case 'ArrowDown':
      move(article, keyed, 1);
      return true;
    case 'PageUp':
      turnPage(keyed, -1);
      return true;
    case 'PageDown':
      turnPage(keyed, 1);
      return true;
    case 'Home':
      keyed.onStart();
      return true;
    case 'End':
      keyed.onEnd();
      focusSoon(keyed, 'last');
      return true;
    case 'Enter':
    case ' ': {
      const box = article.getBoundingClientRect();
      if (row !== undefined) keyed.onMenu({ row, x: box.left + 16, y: Math.max(box.top + 16, 80) });
      return true;
    }
    default:
      return false;
  }
}

function articles({ list }: KeyedList): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>('article')];
}

function rowOf(article: HTMLElement, rows: readonly Row[]): MessageRow | undefined {
  const key = article.parentElement?.dataset['key'];
  return rows.find((row): row is MessageRow => row.kind === 'message' && row.key === key);
}

function move(from: HTMLElement, keyed: KeyedList, by: -1 | 1): void {
  const all = articles(keyed);
  const next = all[all.indexOf(from) + by];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: 'nearest' });
}

function turnPage(keyed: KeyedList, by: -1 | 1): void {
  keyed.scroller.scrollBy({ top: by * keyed.scroller.clientHeight * 0.85 });
  focusSoon(keyed, by < 0 ? 'first' : 'last');
}

/** After the next drawing: the first or last message in view. */
function focusSoon(keyed: KeyedList, which: 'first' | 'last'): void {
  requestAnimationFrame(() => {
    const box = keyed.scroller.getBoundingClientRect();
    const seen = articles(keyed).filter((article) => {
      const { top, bottom } = article.getBoundingClientRect();
      return bottom > box.top && top < box.bottom;
    });
    (which === 'first' ? seen[0] : seen.at(-1))?.focus({ preventScroll: true });
  });
}
