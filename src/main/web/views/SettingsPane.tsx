import type { FunctionComponent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { up } from '../actions/navigate.ts';
import type { SettingsPage } from '../routes.ts';
import { text } from '../strings.ts';
import { IconButton } from './IconButton.tsx';
import { Shortcuts } from './Shortcuts.tsx';
import { About } from './settings/About.tsx';
import { Appearance } from './settings/Appearance.tsx';
import { Devices } from './settings/Devices.tsx';
import { FileStorage } from './settings/FileStorage.tsx';
import { Notifications } from './settings/Notifications.tsx';
import { PasswordChange } from './settings/PasswordChange.tsx';
import { Privacy } from './settings/Privacy.tsx';
import { Profile } from './settings/Profile.tsx';

const PAGES: Record<SettingsPage, FunctionComponent> = {
  profile: Profile,
  privacy: Privacy,
  devices: Devices,
  password: PasswordChange,
  appearance: Appearance,
  notifications: Notifications,
  storage: FileStorage,
  shortcuts: Shortcuts,
  about: About,
};

/** Pages without anything to operate: the keyboard must reach them to scroll. */
const TEXTS: readonly SettingsPage[] = ['shortcuts', 'about'];

export function SettingsPane({ section }: { readonly section: SettingsPage }) {
  const Page = PAGES[section];
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus({ preventScroll: true }), [section]);
  return (
    <section class="pane" aria-label={text.settingsPages[section]}>
      <header class="pane-head">
        <IconButton icon="back" label={text.back} class="only-narrow" onClick={up} />
        <h2 tabIndex={-1} ref={title}>
          {text.settingsPages[section]}
        </h2>
      </header>
      <div class="page-scroller" key={section} tabIndex={TEXTS.includes(section) ? 0 : undefined}>
        <div class="page">
          <Page />
        </div>
      </div>
    </section>
  );
}
