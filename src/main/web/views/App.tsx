import { useEffect } from 'preact/hooks';
import { store } from '../store.ts';
import { text } from '../strings.ts';
import { Banner } from './Banner.tsx';
import { ChatPane } from './ChatPane.tsx';
import { Dialogs } from './Dialogs.tsx';
import { Empty } from './Drawing.tsx';
import { Hint } from './Hint.tsx';
import { ListPane } from './ListPane.tsx';
import { LoginPage } from './LoginPage.tsx';
import { Logo } from './Logo.tsx';
import { RegisterPage } from './RegisterPage.tsx';
import { SettingsMenu } from './SettingsMenu.tsx';
import { SettingsPane } from './SettingsPane.tsx';
import { SpokenLog } from './SpokenLog.tsx';

export function App() {
  const phase = store.phase.value;
  const route = store.route.value;
  const endedLogin = store.link.value.state === 'logged-out';
  switch (phase) {
    case 'starting':
      return (
        <main class="starting" aria-busy="true">
          <p class="visually-hidden">{text.starting}</p>
        </main>
      );
    case 'broken':
      return <Broken />;
    case 'stranger':
      return route.page === 'register' ? <RegisterPage /> : <LoginPage />;
    case 'ready':
      return endedLogin && route.page === 'login' ? <LoginPage /> : <Messenger />;
  }
}

function Broken() {
  return (
    <main class="entrance">
      <Empty picture="nothing" title={text.broken}>
        <p>{store.problem.value}</p>
        <button type="button" class="primary" onClick={() => location.reload()}>
          {text.reload}
        </button>
      </Empty>
    </main>
  );
}

/** List and page side by side; where there is no room for both, `data-detail` says which is shown. */
function Messenger() {
  const route = store.route.value;
  const detail = route.page === 'chat' || (route.page === 'settings' && route.section !== undefined);
  useReturnToList(detail, route.page);
  return (
    <>
      <main class="messenger" data-detail={detail ? 'yes' : 'no'}>
        <h1 class="visually-hidden">{text.product}</h1>
        <Banner />
        {route.page === 'settings' ? <SettingsMenu section={route.section} /> : <ListPane />}
        <Detail />
      </main>
      <SpokenLog />
      <Hint />
      <Dialogs />
    </>
  );
}

function Detail() {
  const route = store.route.value;
  if (route.page === 'chat') return <ChatPane conversation={route.conversation} at={route.at} />;
  if (route.page === 'settings') {
    return route.section === undefined ? (
      <div class="pane blank">
        <Empty picture="settings" title={text.chooseSetting}>
          <p>{text.chooseSettingHint}</p>
        </Empty>
      </div>
    ) : (
      <SettingsPane section={route.section} />
    );
  }
  if (store.chats.value.size === 0) {
    return (
      <div class="pane blank">
        <div class="empty">
          <Logo />
          <p>{text.motto}</p>
        </div>
      </div>
    );
  }
  return (
    <div class="pane blank">
      <Empty picture="talk" title={text.chooseChat}>
        <p>{text.chooseChatHint}</p>
      </Empty>
    </div>
  );
}

let lastOpen = '';

/** Whoever comes back from a chat finds the focus on its line in the list. */
function useReturnToList(detail: boolean, page: string): void {
  const route = store.route.value;
  useEffect(() => {
    if (route.page === 'chat') lastOpen = route.conversation;
    else if (route.page === 'chats' && lastOpen !== '' && document.querySelector('dialog[open]') === null) {
      const line = document.querySelector<HTMLElement>(`[data-conversation="${CSS.escape(lastOpen)}"]`);
      (line ?? document.getElementById('list-title'))?.focus({ preventScroll: line === null });
    }
  }, [detail, page, route]);
}
