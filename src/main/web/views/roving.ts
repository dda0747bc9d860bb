// One item of a list can be reached with Tab, the others from there with the arrow keys. Items carry `data-item`.

export function items(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>('[data-item]')];
}

/** Moves the focus; says whether the key was one of a list's. */
export function rove(event: KeyboardEvent, list: HTMLElement, columns = 1): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const all = items(list);
  const at = all.findIndex((item) => item === event.target || item.contains(event.target as Node));
  const next = nextOf(event.key, at, all.length, columns);
  if (next === undefined) return false;
  all[Math.min(Math.max(next, 0), all.length - 1)]?.focus();
  event.preventDefault();
  return true;
}

const PAGE = 8;

function nextOf(key: string, at: number, count: number, columns: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return at + columns < count ? at + columns : columns === 1 ? at + 1 : at;
    case 'ArrowUp':
      return at - columns >= 0 ? at - columns : columns === 1 ? at - 1 : at;
    case 'ArrowRight':
      return columns === 1 ? undefined : at + 1;
    case 'ArrowLeft':
      return columns === 1 ? undefined : at - 1;
    case 'PageDown':
      return at + PAGE * columns;
    case 'PageUp':
      return at - PAGE * columns;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
