import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Changes } from './channel.ts';
import type { Chat, Identity, Link, Message, Person, Presence, Unsent } from './model.ts';
import { ordered, together, unreadInAll, withChats, withPeople, withUnsent } from './reducers/news.ts';
import { begin, type Range, trimmed, withNewer, withNews, withOlder } from './reducers/range.ts';
import { parseRoute, type Route } from './routes.ts';
import { type Row, rowsOf } from './rows.ts';

// The only state of the page. Views read the signals; nothing changes them but the functions below.

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
  | { readonly kind: 'message-info'; readonly conversation: string; readonly seq: number };

const state = {
  phase: signal<Phase>('starting'),
  problem: signal(''),
  identity: signal<Identity | undefined>(undefined),
  chats: signal<ReadonlyMap<string, Chat>>(new Map()),
  people: signal<ReadonlyMap<string, Person>>(new Map()),
  presence: signal<ReadonlyMap<string, Presence>>(new Map()),
  /** By conversation: who types, and until when it is shown. */
  typing: signal<ReadonlyMap<string, { readonly user: string; readonly until: number }>>(new Map()),
  unsent: signal<readonly Unsent[]>([]),
  drafts: signal<ReadonlyMap<string, string>>(new Map()),
  link: signal<Link>({ state: 'connecting' }),
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
function nextTurn(): number {
  turns += 1;
  return turns;
}

// --- who is here, and what the database held when the page started

export interface Held {
  readonly identity: Identity;
  readonly chats: readonly Chat[];
  readonly people: readonly Person[];
  readonly unsent: readonly Unsent[];
  readonly drafts: ReadonlyMap<string, string>;
}

export function showHeld(held: Held): void {
  batch(() => {
    state.identity.value = held.identity;
    state.chats.value = new Map(held.chats.map((chat) => [chat.conversation, chat]));
    state.people.value = new Map(held.people.map((person) => [person.user, person]));
    state.unsent.value = withUnsent([], held.unsent, []);
    state.drafts.value = held.drafts;
    state.phase.value = 'ready';
  });
}

/** Nobody is logged in (any more): nothing of the last person stays on the page. */
export function forgetAll(): void {
  batch(() => {
    state.identity.value = undefined;
    state.chats.value = new Map();
    state.people.value = new Map();
    state.presence.value = new Map();
    state.typing.value = new Map();
    state.unsent.value = [];
    state.drafts.value = new Map();
    state.open.value = undefined;
    state.query.value = '';
    state.results.value = { query: '', messages: [], busy: false };
    state.dialog.value = undefined;
    state.spoken.value = [];
    state.link.value = { state: 'connecting' };
    state.phase.value = 'stranger';
  });
}

export function cannotStart(problem: string): void {
  batch(() => {
    state.problem.value = problem;
    state.phase.value = 'broken';
  });
}

// --- news

/** What the worker told since the last frame. */
export function applyChanges(all: readonly Changes[]): void {
  const changes = together(all);
  batch(() => {
    state.chats.value = withChats(state.chats.peek(), changes.chats ?? []);
    state.people.value = withPeople(state.people.peek(), changes.people ?? []);
    state.unsent.value = withUnsent(state.unsent.peek(), changes.unsent ?? [], changes.settled ?? []);
    stopTyping(changes.messages ?? []);
    const open = state.open.peek();
    if (open !== undefined && changes.messages !== undefined) state.open.value = withArrived(open, changes.messages);
  });
}

function withArrived(open: OpenChat, messages: readonly Message[]): OpenChat {
  const mine = me.peek();
  const conversation = open.range.conversation;
  const last = open.range.messages.at(-1)?.seq ?? 0;
  const others = messages.filter(
    (message) =>
      message.conversation === conversation &&
      message.seq > last &&
      message.from !== mine &&
      message.from !== undefined,
  );
  // Somebody comes back to a chat that went on without them: this is where they left.
  const missed = others.length > 0 && !state.attention.peek() && open.dividerAfter === undefined;
  return {
    ...open,
    range: withNews(open.range, messages),
    below: open.below + others.length,
    dividerAfter: missed ? (state.chats.peek().get(conversation)?.readWanted ?? last) : open.dividerAfter,
  };
}

/** Who has sent a message does not type it any more. */
function stopTyping(messages: readonly Message[]): void {
  const typing = state.typing.peek();
  const done = messages.filter((message) => typing.get(message.conversation)?.user === message.from);
  if (done.length === 0) return;
  const left = new Map(typing);
  for (const message of done) left.delete(message.conversation);
  state.typing.value = left;
}

export function setLink(link: Link): void {
  state.link.value = link;
}

export function setClockOffset(offset: number): void {
  state.clockOffset.value = offset;
}

export function setPresence(presence: Presence): void {
  state.presence.value = new Map(state.presence.peek()).set(presence.user, presence);
}

export function setTyping(conversation: string, user: string, until: number): void {
  state.typing.value = new Map(state.typing.peek()).set(conversation, { user, until });
}

/** Takes away who has not typed for a while; says whether anybody is left. */
export function dropTyping(now: number): boolean {
  const left = [...state.typing.peek()].filter(([, typing]) => typing.until > now);
  if (left.length !== state.typing.peek().size) state.typing.value = new Map(left);
  return left.length > 0;
}

export function tickMinute(now: number): void {
  state.minute.value = now;
}

export function setPerson(person: Person): void {
  state.people.value = withPeople(state.people.peek(), [person]);
}

export function setChat(chat: Chat): void {
  state.chats.value = withChats(state.chats.peek(), [chat]);
}

export function setUnsent(news: readonly Unsent[], settled: readonly string[] = []): void {
  state.unsent.value = withUnsent(state.unsent.peek(), news, settled);
}

export function setDraft(conversation: string, text: string): void {
  const drafts = new Map(state.drafts.peek());
  if (text === '') drafts.delete(conversation);
  else drafts.set(conversation, text);
  state.drafts.value = drafts;
}

// --- the open chat

export function openRange(range: Range, place: Place, dividerAfter: number | undefined): void {
  state.open.value = {
    range: begin(range.conversation, range.messages, range.atEnd),
    dividerAfter,
    place: { ...place, turn: nextTurn() },
    below: 0,
    loading: undefined,
    olderProblem: undefined,
  };
}

export function closeRange(): void {
  state.open.value = undefined;
}

/** Changes the open chat, if it is still the one that was meant: what is loaded may come after it was left. */
function changeOpen(conversation: string, change: (open: OpenChat) => OpenChat): void {
  const open = state.open.peek();
  if (open !== undefined && open.range.conversation === conversation) state.open.value = change(open);
}

export function setLoading(conversation: string, loading: OpenChat['loading']): void {
  changeOpen(conversation, (open) => ({ ...open, loading, olderProblem: undefined }));
}

export function setOlderProblem(conversation: string, olderProblem: string): void {
  changeOpen(conversation, (open) => ({ ...open, loading: undefined, olderProblem }));
}

export function addOlder(conversation: string, older: readonly Message[]): void {
  changeOpen(conversation, (open) => ({ ...open, loading: undefined, range: withOlder(open.range, older) }));
}

export function addNewer(conversation: string, newer: readonly Message[], atEnd: boolean): void {
  changeOpen(conversation, (open) => ({ ...open, loading: undefined, range: withNewer(open.range, newer, atEnd) }));
}

export function trimRange(conversation: string, first: number, last: number): void {
  changeOpen(conversation, (open) => {
    const range = trimmed(open.range, first, last);
    return range === open.range ? open : { ...open, range };
  });
}

/** The newest messages are in view: nothing is below any more. */
export function atTheEnd(conversation: string): void {
  changeOpen(conversation, (open) => (open.below === 0 ? open : { ...open, below: 0 }));
}

/** To a place in what is held already. */
export function goTo(conversation: string, place: Place): void {
  changeOpen(conversation, (open) => ({ ...open, place: { ...place, turn: nextTurn() } }));
}

export function dropDivider(conversation: string): void {
  changeOpen(conversation, (open) => (open.dividerAfter === undefined ? open : { ...open, dividerAfter: undefined }));
}

// --- the page itself

export function setRoute(hash: string): void {
  state.route.value = parseRoute(hash);
}

export function setQuery(query: string): void {
  state.query.value = query;
}

export function setResults(results: SearchResults): void {
  state.results.value = results;
}

export function showDialog(dialog: Dialog | undefined): void {
  state.dialog.value = dialog;
}

export function showHint(text: string): void {
  state.hint.value = { text, turn: nextTurn() };
}

export function dropHint(): void {
  state.hint.value = undefined;
}

/** Of the lines said before, only the last few stay: they have been read out. */
export function speak(lines: readonly string[]): void {
  const more = lines.map((line) => ({ key: nextTurn(), text: line }));
  state.spoken.value = [...state.spoken.peek(), ...more].slice(-5);
}

export function setAttention(attention: boolean): void {
  state.attention.value = attention;
}

export function setTheme(theme: Theme): void {
  state.theme.value = theme;
}

export function setNotifying(notifying: boolean): void {
  state.notifying.value = notifying;
}
