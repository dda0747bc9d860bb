import { effect } from '@preact/signals';
import type { Message } from '../model.ts';
import { type Notice, noticesOf, tells } from '../notifications.ts';
import { me, setNotifying, store } from '../store.ts';
import { manyNew } from '../strings.ts';
import { uuid7 } from './compose.ts';
import { inWords, isGroup, nameOf, nameOfChat } from './names.ts';
import { go } from './navigate.ts';

const WANTED = 'parley.notify';
const LAST_ACTIVE = 'parley.active-tab';
const TAB_LOCK = 'parley-tab-';

const tab = uuid7(Date.now());
const shown = new Map<string, Notification>();

export function canNotify(): boolean {
  return typeof Notification !== 'undefined';
}

/** Asked by the person, with a button: browsers punish pages that ask by themselves, and rightly. */
export async function notifyMe(wanted: boolean): Promise<NotificationPermission> {
  if (!wanted) {
    localStorage.removeItem(WANTED);
    setNotifying(false);
    return Notification.permission;
  }
  const permission = await Notification.requestPermission();
  if (permission === 'granted') {
    localStorage.setItem(WANTED, 'yes');
    setNotifying(true);
  }
  return permission;
}

/** Each tab holds a lock as long as it lives, by which the others know it; which was used last stands in the local storage. */
export function watchTabs(): void {
  setNotifying(canNotify() && Notification.permission === 'granted' && localStorage.getItem(WANTED) === 'yes');
  void navigator.locks?.request(TAB_LOCK + tab, () => new Promise<never>(() => undefined));
  effect(() => {
    if (!store.attention.value) return;
    localStorage.setItem(LAST_ACTIVE, tab);
    for (const notification of shown.values()) notification.close();
    shown.clear();
  });
}

async function mayTell(): Promise<boolean> {
  const held = (await navigator.locks?.query())?.held ?? [];
  const alive = held.flatMap(({ name }) => (name?.startsWith(TAB_LOCK) ? [name.slice(TAB_LOCK.length)] : []));
  return tells({ mine: tab, lastActive: localStorage.getItem(LAST_ACTIVE) ?? undefined, alive });
}

export async function notifyOf(arrived: readonly Message[]): Promise<void> {
  const notices = noticesOf(arrived, {
    me: me.peek(),
    attention: store.attention.peek(),
    wanted: store.notifying.peek() && canNotify() && Notification.permission === 'granted',
    chats: store.chats.peek(),
  });
  if (notices.length === 0 || !(await mayTell())) return;
  for (const notice of notices) show(notice);
}

function show({ conversation, last, unread }: Notice): void {
  const words = inWords(last.body);
  const line = isGroup(conversation) && last.from !== undefined ? `${nameOf(last.from)}: ${words}` : words;
  try {
    const notification = new Notification(nameOfChat(conversation), {
      body: manyNew(unread, line).slice(0, 240),
      tag: conversation,
      icon: new URL('icon-192.png', document.baseURI).href,
    });
    notification.onclick = () => {
      notification.close();
      window.focus();
      go({ page: 'chat', conversation });
    };
    shown.set(conversation, notification);
  } catch {
    // Some browsers of phones have the permission but no notifications from pages.
  }
}
