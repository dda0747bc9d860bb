import type { Message } from './model.ts';
import { begin, type Range, trimmed, withNewer, withOlder } from './reducers/range.ts';
import { nextTurn, type OpenChat, type Place, state } from './state.ts';

// How the open chat changes: which messages the page holds, and where to be among them.

export function openRange(range: Range, place: Place, dividerAfter: number | undefined): void {
  state.open.value = {
    range: begin(range.conversation, range.messages, range.atEnd),
    dividerAfter,
    place: { ...place, turn: nextTurn() },
    below: 0,
    loading: undefined,
    olderProblem: undefined,
  };
}

export function closeRange(): void {
  state.open.value = undefined;
}

/** Changes the open chat, if it is still the one that was meant: what is loaded may come after it was left. */
function changeOpen(conversation: string, change: (open: OpenChat) => OpenChat): void {
  const open = state.open.peek();
  if (open !== undefined && open.range.conversation === conversation) state.open.value = change(open);
}

export function setLoading(conversation: string, loading: OpenChat['loading']): void {
  changeOpen(conversation, (open) => ({ ...open, loading, olderProblem: undefined }));
}

export function setOlderProblem(conversation: string, olderProblem: string): void {
  changeOpen(conversation, (open) => ({ ...open, loading: undefined, olderProblem }));
}

export function addOlder(conversation: string, older: readonly Message[]): void {
  changeOpen(conversation, (open) => ({ ...open, loading: undefined, range: withOlder(open.range, older) }));
}

export function addNewer(conversation: string, newer: readonly Message[], atEnd: boolean): void {
  changeOpen(conversation, (open) => ({ ...open, loading: undefined, range: withNewer(open.range, newer, atEnd) }));
}

export function trimRange(conversation: string, first: number, last: number): void {
  changeOpen(conversation, (open) => {
    const range = trimmed(open.range, first, last);
    return range === open.range ? open : { ...open, range };
  });
}

/** The newest messages are in view: nothing is below any more. */
export function atTheEnd(conversation: string): void {
  changeOpen(conversation, (open) => (open.below === 0 ? open : { ...open, below: 0 }));
}

/** To a place in what is held already. */
export function goTo(conversation: string, place: Place): void {
  changeOpen(conversation, (open) => ({ ...open, place: { ...place, turn: nextTurn() } }));
}

export function dropDivider(conversation: string): void {
  changeOpen(conversation, (open) => (open.dividerAfter === undefined ? open : { ...open, dividerAfter: undefined }));
}
