import { render } from 'preact';
import { readTheme, start } from './actions/account.ts';
import { watchAttention, watchTitle, watchViewport } from './actions/attention.ts';
import { watchPeer, watchSeen } from './actions/chat.ts';
import { watchKeys } from './actions/keys.ts';
import { watchAddress } from './actions/navigate.ts';
import { listen } from './actions/news.ts';
import { watchTabs } from './actions/notify.ts';
import { provide, type Services } from './services.ts';
import { cannotStart } from './store.ts';
import { text } from './strings.ts';
import { App } from './views/App.tsx';
import './style/index.css';

/** Brings the page to life with what it needs from elsewhere, which may not be possible in this browser. */
export function begin(connect: () => Services, root: Element): void {
  readTheme();
  render(<App />, root);
  try {
    if (!isSecureContext) throw new Error(text.insecure);
    provide(connect());
  } catch (problem) {
    cannotStart(problem instanceof Error ? problem.message : text.broken);
    return;
  }
  watchAddress();
  watchAttention();
  watchViewport();
  watchTitle();
  watchKeys();
  watchTabs();
  watchSeen();
  watchPeer();
  listen();
  void start();
}
