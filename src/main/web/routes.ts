// Where the page is, as it stands in the address after the #: so the browser's back button works, and a reload stays in place.

export type SettingsPage =
  | 'profile'
  | 'privacy'
  | 'devices'
  | 'password'
  | 'appearance'
  | 'notifications'
  | 'storage'
  | 'shortcuts'
  | 'about';

export const SETTINGS_PAGES: readonly SettingsPage[] = [
  'profile',
  'privacy',
  'devices',
  'password',
  'appearance',
  'notifications',
  'storage',
  'shortcuts',
  'about',
];

export type Route =
  | { readonly page: 'chats' }
  /** `at`: the entry to open at, as a search finds it. */
  | { readonly page: 'chat'; readonly conversation: string; readonly at?: number }
  | { readonly page: 'settings'; readonly section?: SettingsPage }
  | { readonly page: 'login' }
  | { readonly page: 'register' };

const CONVERSATION = /^(?:[a-z0-9][a-z0-9._-]{1,31}~[a-z0-9][a-z0-9._-]{1,31}|g\.[0-9a-f-]{36})$/u;

export function parseRoute(hash: string): Route {
  const [page, second, third] = hash.replace(/^#?\/?/u, '').split('/');
  switch (page) {
    case 'chat': {
      const conversation = decoded(second ?? '');
      if (!CONVERSATION.test(conversation)) return { page: 'chats' };
      return third !== undefined && /^[1-9]\d{0,15}$/u.test(third)
        ? { page: 'chat', conversation, at: Number(third) }
        : { page: 'chat', conversation };
    }
    case 'settings': {
      const section = SETTINGS_PAGES.find((known) => known === second);
      return section === undefined ? { page: 'settings' } : { page: 'settings', section };
    }
    case 'login':
    case 'register':
      return { page };
    default:
      return { page: 'chats' };
  }
}

export function printRoute(route: Route): string {
  switch (route.page) {
    case 'chats':
      return '#/';
    case 'chat':
      return `#/chat/${encodeURIComponent(route.conversation)}${route.at === undefined ? '' : `/${route.at}`}`;
    case 'settings':
      return route.section === undefined ? '#/settings' : `#/settings/${route.section}`;
    case 'login':
    case 'register':
      return `#/${route.page}`;
  }
}

/** Somebody may have typed the address: a broken escape is no reason to fail. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
