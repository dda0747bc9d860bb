import { effect } from '@preact/signals';
import { setAttention, unreadCount } from '../store.ts';
import { title } from '../strings.ts';
import { keepDraftsNow } from './compose.ts';

/** The page has the person's attention while it is visible and has the keyboard. */
export function watchAttention(): void {
  const look = (): void => setAttention(document.visibilityState === 'visible' && document.hasFocus());
  look();
  window.addEventListener('focus', look);
  window.addEventListener('blur', look);
  document.addEventListener('visibilitychange', () => {
    look();
    if (document.visibilityState === 'hidden') keepDraftsNow();
  });
  window.addEventListener('pagehide', keepDraftsNow);
}

/** At once, not after a drawing: a hidden page is not drawn, and its title is what is seen of it. */
export function watchTitle(): void {
  effect(() => {
    document.title = title(unreadCount.value);
  });
}

/** Less is a bar of the browser, not a keyboard. */
const KEYBOARD_PIXELS = 120;

/** Where a keyboard on the screen covers the page instead of making it smaller, the page makes itself smaller. */
export function watchViewport(): void {
  const view = window.visualViewport;
  if (view === null) return;
  const fit = (): void => {
    const { style } = document.documentElement;
    const covered = view.scale < 1.01 && innerHeight - view.height > KEYBOARD_PIXELS;
    if (covered) style.setProperty('--view-height', `${Math.round(view.height)}px`);
    else style.removeProperty('--view-height');
    if (covered) scrollTo(0, 0); // the browser has pushed the page up to show the input
  };
  view.addEventListener('resize', fit);
}
