import type { Chat, Message } from './model.ts';
import { isNewTo } from './reducers/news.ts';

// Which tab tells of a message, and what it says. Rules only: actions/notify.ts asks the browser.

export interface Tabs {
  /** This tab. */
  readonly mine: string;
  /** The tab that the person used last, as far as is known. */
  readonly lastActive: string | undefined;
  /** Those that are open now. */
  readonly alive: readonly string[];
}

/** The tab that was last used tells; if it has been closed, one that all agree on. So one tells, and only one. */
export function tells(tabs: Tabs): boolean {
  const alive = tabs.alive.includes(tabs.mine) ? tabs.alive : [...tabs.alive, tabs.mine];
  if (tabs.lastActive !== undefined && alive.includes(tabs.lastActive)) return tabs.lastActive === tabs.mine;
  return alive.toSorted()[0] === tabs.mine;
}

export interface Moment {
  readonly me: string;
  /** The person looks at this page. */
  readonly attention: boolean;
  /** They want to be notified on this device, and the browser lets us. */
  readonly wanted: boolean;
  readonly chats: ReadonlyMap<string, Chat>;
}

export interface Notice {
  readonly conversation: string;
  readonly last: Message;
  /** How many of the chat are unread. */
  readonly unread: number;
}

/** One notice for each chat, about its newest message. */
export function noticesOf(arrived: readonly Message[], moment: Moment): Notice[] {
  if (moment.attention || !moment.wanted) return [];
  const notices = new Map<string, Notice>();
  for (const message of arrived) {
    const chat = moment.chats.get(message.conversation);
    if (!isNewTo(moment.me, message, chat)) continue;
    const before = notices.get(message.conversation);
    if (before !== undefined && before.last.seq > message.seq) continue;
    const unread = Math.max(chat?.unread ?? 0, 1);
    notices.set(message.conversation, { conversation: message.conversation, last: message, unread });
  }
  return [...notices.values()];
}
