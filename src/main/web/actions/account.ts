import { services } from '../services.ts';
import { cannotStart, forgetAll, setTheme, showHeld, store, type Theme } from '../store.ts';
import { text } from '../strings.ts';
import { keepDraftsNow, sendWhatWasLeft } from './compose.ts';
import { forgetSent } from './files.ts';
import { go, replace } from './navigate.ts';
import { forgetShown } from './received.ts';
import { browserShelf, forgetNotes } from './sending.ts';

/** Reads what this browser holds; nobody may be logged in. */
export async function start(): Promise<void> {
  const { archive } = services();
  try {
    const identity = await archive.identity();
    if (identity === undefined) return forget();
    await sendWhatWasLeft(identity.user).catch(() => undefined); // no space: they wait for the next start
    const [chats, people, unsent, drafts] = await Promise.all([
      archive.chats(),
      archive.people(),
      archive.unsent(),
      archive.drafts(),
    ]);
    showHeld({ identity, chats, people, unsent, drafts });
    services().say({ kind: 'how-is-it' });
    const page = store.route.peek().page;
    if ((page === 'login' || page === 'register') && store.link.peek().state !== 'logged-out')
      replace({ page: 'chats' });
  } catch (problem) {
    cannotStart(problem instanceof Error ? problem.message : text.broken);
  }
}

/** Nobody is logged in on this browser any more. */
export function forget(): void {
  forgetAll();
  forgetSent();
  forgetShown();
  if (store.route.peek().page !== 'register') replace({ page: 'login' });
}

export async function logIn(user: string, password: string, replaced?: string): Promise<void> {
  await services().account.login(user, password, replaced);
  await start();
  go({ page: 'chats' });
}

export async function register(user: string, password: string, name: string): Promise<void> {
  await services().account.register(user, password, name);
  await logIn(user, password);
}

export async function logOut(): Promise<void> {
  keepDraftsNow();
  await services().account.logout();
  forgetNotes(browserShelf());
  forget();
}

const THEME = 'parley.theme';

/** theme.js has set it before the first paint; from here on it follows the person's choice. */
export function chooseTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(THEME);
  else localStorage.setItem(THEME, theme);
  applyTheme(theme);
}

export function readTheme(): void {
  const kept = localStorage.getItem(THEME);
  applyTheme(kept === 'light' || kept === 'dark' ? kept : 'system');
  // Another tab may change it.
  window.addEventListener('storage', (event) => {
    if (event.key === THEME) readThemeAgain();
  });
}

function readThemeAgain(): void {
  const kept = localStorage.getItem(THEME);
  applyTheme(kept === 'light' || kept === 'dark' ? kept : 'system');
}

const BAR_COLOURS = { light: '#f4f0f6', dark: '#1c1721' };

function applyTheme(theme: Theme): void {
  setTheme(theme);
  for (const bar of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const own = bar.media.includes('dark') ? 'dark' : 'light';
    bar.content = BAR_COLOURS[theme === 'system' ? own : theme];
  }
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}
