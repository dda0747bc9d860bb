import { useEffect, useState } from 'preact/hooks';
import { go } from '../actions/navigate.ts';
import { services } from '../services.ts';
import { store } from '../store.ts';
import { offlineUntil, text } from '../strings.ts';
import { KeysBanner } from './KeysBanner.tsx';

/** How the connection and the keys stand, when it is worth a word. The region itself is always there: only then is what comes into it read out. */
export function Banner() {
  return (
    <div class="banner-area" role="status">
      <State />
      <KeysBanner />
    </div>
  );
}

/** Quiet states appear only if they last (see layout.css). */
function State() {
  const link = store.link.value;
  const { say } = services();
  switch (link.state) {
    case 'up-to-date':
      return null;
    case 'connecting':
      return (
        <div class="banner quiet" key="connecting">
          <p>{text.connecting}</p>
        </div>
      );
    case 'catching-up':
      return (
        <div class="banner quiet" key="catching-up">
          <p>{text.catchingUp}</p>
        </div>
      );
    case 'offline':
      return (
        <div class="banner" key="offline">
          <Countdown until={link.retryAt} />
          <button type="button" onClick={() => say({ kind: 'connect' })}>
            {text.connectNow}
          </button>
        </div>
      );
    case 'elsewhere':
      return (
        <div class="banner" key="elsewhere">
          <p>{text.elsewhere}</p>
          <button type="button" onClick={() => say({ kind: 'use-here' })}>
            {text.useHere}
          </button>
        </div>
      );
    case 'storage-full':
      return (
        <div class="banner alarming" key="storage-full">
          <p>{text.storageFull}</p>
          <button type="button" onClick={() => say({ kind: 'connect' })}>
            {text.tryAgain}
          </button>
        </div>
      );
    case 'logged-out':
      return (
        <div class="banner alarming" key="logged-out">
          <p>{text.loggedOut}</p>
          <button type="button" onClick={() => go({ page: 'login' })}>
            {text.logInAgain}
          </button>
        </div>
      );
  }
}

/** Told once, not each second: only the first sentence is for those who listen. */
function Countdown({ until }: { readonly until: number | undefined }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = until === undefined ? undefined : Math.max(0, Math.ceil((until - now) / 1_000));
  return (
    <p>
      <span class="visually-hidden">{text.offline}</span>
      <span aria-hidden="true">{seconds === undefined ? text.offline : offlineUntil(seconds)}</span>
    </p>
  );
}
