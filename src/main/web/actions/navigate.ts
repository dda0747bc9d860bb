import { printRoute, type Route } from '../routes.ts';
import { setRoute, store } from '../store.ts';

// The address and the page follow each other. Each entry of the browser's history remembers where it was come from, so that "back"
// within the page undoes a step instead of adding one.

interface Entry {
  readonly from?: string;
}

function entry(): Entry {
  const state: unknown = history.state;
  return typeof state === 'object' && state !== null ? state : {};
}

let here = '';

function arrived(): void {
  if (location.hash === here) return; // a step in the history is told twice, as popstate and as hashchange
  // A link of the page was followed, or an address typed: the browser has made an entry that does not know its past yet.
  if (history.state === null) history.replaceState({ from: here }, '');
  here = location.hash;
  setRoute(here);
}

export function watchAddress(): void {
  here = location.hash;
  setRoute(here);
  window.addEventListener('popstate', arrived);
  window.addEventListener('hashchange', arrived);
}

export function go(route: Route): void {
  const hash = printRoute(route);
  if (hash !== location.hash) history.pushState({ from: here }, '', hash);
  here = hash;
  setRoute(hash);
}

/** Goes there without a step that "back" would undo. */
export function replace(route: Route): void {
  const hash = printRoute(route);
  history.replaceState(history.state, '', hash);
  here = hash;
  setRoute(hash);
}

/** One level up: from a chat to the list, from a settings page to the settings. */
export function up(): void {
  const target = above(store.route.peek());
  if (target === undefined) return;
  const hash = printRoute(target);
  const from = entry().from;
  if (from === hash || (from === '' && hash === '#/')) history.back();
  else go(target);
}

function above(route: Route): Route | undefined {
  switch (route.page) {
    case 'chat':
      return { page: 'chats' };
    case 'settings':
      return route.section === undefined || wide() ? { page: 'chats' } : { page: 'settings' };
    default:
      return undefined;
  }
}

const WIDE = '(min-width: 720px)';

/** List and chat stand side by side. */
export function wide(): boolean {
  return matchMedia(WIDE).matches;
}
