import { chatsInOrder, showDialog, store } from '../store.ts';
import { toEnd } from './chat.ts';
import { go, replace, up, wide } from './navigate.ts';
import { searchFor } from './search.ts';

// The keys that work everywhere. Keys of lists and of the composer are theirs.

/** Where a search box can be found, without the views having to be asked. */
export const SEARCH_BOX = 'search-box';

function writes(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement)
  );
}

export function watchKeys(): void {
  window.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || store.phase.peek() !== 'ready') return;
    if (document.querySelector('dialog[open]') !== null) return; // a dialog has all keys
    if (press(event)) event.preventDefault();
  });
}

/** Says whether the key meant something. */
function press(event: KeyboardEvent): boolean {
  const { key } = event;
  const command = event.ctrlKey || event.metaKey;
  if (key === 'Escape') return leave(event.target);
  if ((command || event.altKey) && !event.shiftKey && key.toLowerCase() === 'k') return search();
  if (command && key === 'End' && !(writes(event.target) && hasText(event.target))) {
    void toEnd();
    return true;
  }
  if (event.altKey && !command && (key === 'ArrowUp' || key === 'ArrowDown')) return step(key === 'ArrowUp' ? -1 : 1);
  if (command || event.altKey || writes(event.target)) return false;
  switch (key) {
    case '/':
      return search();
    case '?':
      showDialog({ kind: 'shortcuts' });
      return true;
    case 'n':
    case 'N':
      showDialog({ kind: 'new-chat' });
      return true;
    default:
      return false;
  }
}

function hasText(target: EventTarget | null): boolean {
  return (target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement) && target.value !== '';
}

function leave(target: EventTarget | null): boolean {
  if (store.query.peek() !== '' && target instanceof HTMLElement && target.closest('[data-list]') !== null) {
    searchFor('');
    return true;
  }
  up();
  return true;
}

function search(): boolean {
  if (!wide() || store.route.peek().page === 'settings') go({ page: 'chats' });
  // On a phone the list must be drawn first.
  requestAnimationFrame(() => document.getElementById(SEARCH_BOX)?.focus());
  return true;
}

function step(by: -1 | 1): boolean {
  const chats = chatsInOrder.peek();
  const route = store.route.peek();
  const at = chats.findIndex((chat) => route.page === 'chat' && chat.conversation === route.conversation);
  const next = chats[at < 0 ? (by > 0 ? 0 : chats.length - 1) : at + by];
  if (next === undefined) return true;
  // Passing chats on the way to another one is no step to go back to.
  if (route.page === 'chat') replace({ page: 'chat', conversation: next.conversation });
  else go({ page: 'chat', conversation: next.conversation });
  return true;
}
