import { useEffect, useRef } from 'preact/hooks';
import { nameOf } from '../actions/names.ts';
import { up } from '../actions/navigate.ts';
import { printRoute, SETTINGS_PAGES, type SettingsPage } from '../routes.ts';
import { me, showDialog } from '../store.ts';
import { text } from '../strings.ts';
import { Avatar } from './Avatar.tsx';
import { Icon, type IconName } from './Icon.tsx';
import { IconButton } from './IconButton.tsx';
import { rove } from './roving.ts';

const ICONS: Record<SettingsPage, IconName> = {
  profile: 'person',
  privacy: 'lock',
  devices: 'devices',
  password: 'key',
  appearance: 'palette',
  notifications: 'bell',
  storage: 'file',
  shortcuts: 'keyboard',
  about: 'info',
};

export function SettingsMenu({ section }: { readonly section: SettingsPage | undefined }) {
  const list = useRef<HTMLUListElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus({ preventScroll: true }), []);
  const name = nameOf(me.value);
  return (
    <section class="pane list-pane" aria-label={text.settings}>
      <header class="pane-head">
        <IconButton icon="back" label={text.back} onClick={up} />
        <h2 tabIndex={-1} ref={title}>
          {text.settings}
        </h2>
      </header>
      <div class="list-scroller">
        <div class="self">
          <Avatar id={me.value} name={name} />
          <div>
            <p class="self-name">{name}</p>
            <p class="hint">{me.value}</p>
          </div>
        </div>
        <ul class="settings-list" ref={list} onKeyDown={(event) => list.current !== null && rove(event, list.current)}>
          {SETTINGS_PAGES.map((page, at) => (
            <li key={page}>
              <a
                href={printRoute({ page: 'settings', section: page })}
                class="settings-row"
                data-item
                tabIndex={page === section || (section === undefined && at === 0) ? 0 : -1}
                aria-current={page === section ? 'page' : undefined}
              >
                <Icon name={ICONS[page]} />
                {text.settingsPages[page]}
              </a>
            </li>
          ))}
          <li>
            <button
              type="button"
              class="settings-row leave"
              data-item
              tabIndex={-1}
              onClick={() => showDialog({ kind: 'log-out' })}
            >
              <Icon name="leave" />
              {text.logOut}
            </button>
          </li>
        </ul>
      </div>
    </section>
  );
}
