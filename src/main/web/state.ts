import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Transfer } from './media/uploads.ts';
import type { Chat, Identity, KeysState, Link, Message, Person, Presence, Unsent } from './model.ts';
import { ordered, unreadInAll } from './reducers/news.ts';
import type { Range } from './reducers/range.ts';
import type { Route } from './routes.ts';
import { type Row, rowsOf } from './rows.ts';
import type { Safety } from './services.ts';

// The only state of the page. Views read the signals through store.ts; nothing changes them but the functions there and in open.ts.

/** How far the page has come: nothing is known yet, nobody is logged in, there are chats to show, or the database cannot be used. */
export type Phase = 'starting' | 'stranger' | 'ready' | 'broken';

/** The chat on the right, as long as it is there. */
export interface OpenChat {
  readonly range: Range;
  /** The unread divider stands after this seq, until the chat is opened anew. */
  readonly dividerAfter: number | undefined;
  /** Where to be once the messages are drawn; `turn` tells one wish from the next. */
  readonly place: Place & { readonly turn: number };
  /** What came in below while one reads back. */
  readonly below: number;
  readonly loading: 'older' | 'newer' | undefined;
  /** Why older messages could not be had. */
  readonly olderProblem: string | undefined;
}

export type Place =
  | { readonly at: 'end' }
  | { readonly at: 'divider' }
  | { readonly at: 'message'; readonly seq: number };

export interface SearchResults {
  readonly query: string;
  readonly messages: readonly Message[];
  readonly busy: boolean;
}

/** Something to tell the person in one sentence; it goes away by itself or when they say so. */
export interface Hint {
  readonly text: string;
  readonly turn: number;
}

export type Theme = 'system' | 'light' | 'dark';
export type Dialog =
  | { readonly kind: 'new-chat' }
  | { readonly kind: 'shortcuts' }
  | { readonly kind: 'log-out' }
  | { readonly kind: 'message-info'; readonly conversation: string; readonly seq: number }
  /** Who can read a conversation, and how to be sure of it. */
  | { readonly kind: 'safety'; readonly conversation: string }
  /** Another device of the person asks to be approved. */
  | { readonly kind: 'approve'; readonly device: string }
  /** Chosen to be sent. */
  | { readonly kind: 'send-files'; readonly conversation: string; readonly files: readonly File[] }
  /** A picture or a video of the open chat: the file `at` of a message. */
  | { readonly kind: 'viewer'; readonly conversation: string; readonly messageKey: string; readonly at: number }
  /** No device is left to approve this one. */
  | { readonly kind: 'start-anew' };

/** To be changed by store.ts and open.ts only. */
export const state = {
  phase: signal<Phase>('starting'),
  problem: signal(''),
  identity: signal<Identity | undefined>(undefined),
  chats: signal<ReadonlyMap<string, Chat>>(new Map()),
  people: signal<ReadonlyMap<string, Person>>(new Map()),
  presence: signal<ReadonlyMap<string, Presence>>(new Map()),
  /** By conversation: who types, and until when it is shown. */
  typing: signal<ReadonlyMap<string, { readonly user: string; readonly until: number }>>(new Map()),
  unsent: signal<readonly Unsent[]>([]),
  /** By the id of an unsent message: how far what it carries has come. */
  transfers: signal<ReadonlyMap<string, Transfer>>(new Map()),
  drafts: signal<ReadonlyMap<string, string>>(new Map()),
  link: signal<Link>({ state: 'connecting' }),
  keys: signal<KeysState>({ state: 'preparing' }),
  /** This device has been approved since the page was opened, and the person has not yet put the hint away. */
  approved: signal(false),
  /** By user: what was last looked up to be compared; absent where there is nothing (yet). */
  safeties: signal<ReadonlyMap<string, Safety>>(new Map()),
  clockOffset: signal(0),
  /** This device's clock as of the last minute: what says "today" depends on it. */
  minute: signal(Date.now()),
  route: signal<Route>({ page: 'chats' }),
  open: signal<OpenChat | undefined>(undefined),
  query: signal(''),
  results: signal<SearchResults>({ query: '', messages: [], busy: false }),
  dialog: signal<Dialog | undefined>(undefined),
  hint: signal<Hint | undefined>(undefined),
  /** The page is visible and has the keyboard: only then is anything read. */
  attention: signal(false),
  /** What a screen reader is told: the latest arrivals of the open chat. */
  spoken: signal<readonly { readonly key: number; readonly text: string }[]>([]),
  theme: signal<Theme>('system'),
  notifying: signal(false),
};

type Readable<T> = { readonly [K in keyof T]: T[K] extends Signal<infer V> ? ReadonlySignal<V> : never };

/** For reading only. */
export const store: Readable<typeof state> = state;

export const me = computed(() => state.identity.value?.user ?? '');
export const chatsInOrder = computed(() => ordered(state.chats.value, state.unsent.value));
export const unreadCount = computed(() => unreadInAll(state.chats.value));
export const openConversation = computed(() => state.open.value?.range.conversation);
const unsentHere = computed(() =>
  state.unsent.value.filter((message) => message.conversation === openConversation.value),
);
export const openRows = computed<readonly Row[]>(() => {
  const open = state.open.value;
  if (open === undefined) return [];
  return rowsOf({
    messages: open.range.messages,
    atEnd: open.range.atEnd,
    unsent: open.range.atEnd ? unsentHere.value : [],
    chat: state.chats.value.get(open.range.conversation),
    me: me.value,
    dividerAfter: open.dividerAfter,
  });
});

/** Now, by the server's clock: times on the page are the server's. */
export function serverNow(): number {
  return Date.now() + state.clockOffset.peek();
}

let turns = 0;
/** A number never given before: what carries a later one is a new wish, even if it says the same. */
export function nextTurn(): number {
  turns += 1;
  return turns;
}
