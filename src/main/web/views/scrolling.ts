// Measuring for the list of messages. Its scroll position counts from the end: 0 there, negative above.

/** Where somebody was before the list changed: at the end, or with a message at a height. */
export interface Mark {
  readonly end: boolean;
  readonly key: string | undefined;
  readonly top: number;
}

const END_PIXELS = 24;

/** The items are in order of height: the first that satisfies `test` is found in a few looks. */
function firstIndex(items: HTMLCollection, test: (box: DOMRect) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && test(item.getBoundingClientRect())) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Separators come and go as the list changes; messages stay. */
function messageFrom(items: HTMLCollection, from: number): HTMLElement | undefined {
  for (let at = from; at < items.length; at += 1) {
    const item = items[at];
    if (item instanceof HTMLElement && item.dataset['key'] !== undefined) return item;
  }
  return undefined;
}

export function markOf(scroller: HTMLElement, list: HTMLElement): Mark {
  const { top } = scroller.getBoundingClientRect();
  const item = messageFrom(
    list.children,
    firstIndex(list.children, (box) => box.bottom > top),
  );
  return {
    end: scroller.scrollTop > -END_PIXELS,
    key: item?.dataset['key'],
    top: item?.getBoundingClientRect().top ?? 0,
  };
}

/** Puts the marked message back at its height. */
export function restore(scroller: HTMLElement, list: HTMLElement, mark: Mark): void {
  if (mark.key === undefined) return;
  const item = [...list.children].find((child) => child instanceof HTMLElement && child.dataset['key'] === mark.key);
  if (item === undefined) return;
  const moved = item.getBoundingClientRect().top - mark.top;
  if (Math.abs(moved) >= 1) scroller.scrollTop += moved;
}

/** Brings an element to a height of the view, given as a part of it; does nothing if all is in view anyway. */
export function show(scroller: HTMLElement, element: HTMLElement | null, part: number): void {
  if (element === null) return;
  const view = scroller.getBoundingClientRect();
  scroller.scrollTop += element.getBoundingClientRect().top - view.top - view.height * part;
}

/** The first and last seq on the screen; at least half of the last line counts as seen. */
export function visibleIn(scroller: HTMLElement, list: HTMLElement): { first: number; last: number } | undefined {
  const view = scroller.getBoundingClientRect();
  if (view.height === 0) return undefined;
  const from = firstIndex(list.children, (box) => box.bottom > view.top);
  const past = firstIndex(list.children, (box) => box.bottom > view.bottom + 8);
  const seqs: number[] = [];
  // A message taller than the view is seen when its end is, or when it fills the view.
  for (let at = from; at < Math.max(past, from + 1); at += 1) {
    const item = list.children[at];
    if (item instanceof HTMLElement && item.dataset['seq'] !== undefined) seqs.push(Number(item.dataset['seq']));
  }
  const first = seqs[0];
  const last = seqs.at(-1);
  return first === undefined || last === undefined ? undefined : { first, last };
}
