import { batch } from '@preact/signals';
import type { Changes } from './channel.ts';
import type { Transfer } from './media/uploads.ts';
import type { Chat, Identity, KeysState, Link, Message, Person, Presence, Unsent } from './model.ts';
import { isSilent, together, withChats, withPeople, withUnsent } from './reducers/news.ts';
import { withNews } from './reducers/range.ts';
import { parseRoute } from './routes.ts';
import type { Safety } from './services.ts';
import { type Dialog, me, nextTurn, type OpenChat, type SearchResults, state, type Theme } from './state.ts';

// What views and actions know of the state: all of it for reading, and how it changes.

export * from './open.ts';
export {
  chatsInOrder,
  type Dialog,
  me,
  type OpenChat,
  openConversation,
  openRows,
  type Place,
  type SearchResults,
  serverNow,
  store,
  type Theme,
  unreadCount,
} from './state.ts';

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
    state.transfers.value = new Map();
    state.drafts.value = new Map();
    state.open.value = undefined;
    state.query.value = '';
    state.results.value = { query: '', messages: [], busy: false };
    state.dialog.value = undefined;
    state.spoken.value = [];
    state.keys.value = { state: 'preparing' };
    state.approved.value = false;
    state.safeties.value = new Map();
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
      message.from !== undefined &&
      !isSilent(message.body),
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
  const done = messages.filter(
    (message) => typing.get(message.conversation)?.user === message.from && !isSilent(message.body),
  );
  if (done.length === 0) return;
  const left = new Map(typing);
  for (const message of done) left.delete(message.conversation);
  state.typing.value = left;
}

export function setLink(link: Link): void {
  state.link.value = link;
}

/** Where it waited and is ready now, somebody has approved it: worth a word. */
export function setKeys(keys: KeysState): void {
  batch(() => {
    if (state.keys.peek().state === 'waiting' && keys.state === 'ready') state.approved.value = true;
    state.keys.value = keys;
  });
}

export function putApprovedAway(): void {
  state.approved.value = false;
}

export function setSafety(user: string, safety: Safety | undefined): void {
  const safeties = new Map(state.safeties.peek());
  if (safety === undefined) safeties.delete(user);
  else safeties.set(user, safety);
  state.safeties.value = safeties;
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

/** Undefined: nothing is under way for this message any more. */
export function setTransfer(id: string, transfer: Transfer | undefined): void {
  const transfers = new Map(state.transfers.peek());
  if (transfer === undefined) transfers.delete(id);
  else transfers.set(id, transfer);
  state.transfers.value = transfers;
}

export function setDraft(conversation: string, text: string): void {
  const drafts = new Map(state.drafts.peek());
  if (text === '') drafts.delete(conversation);
  else drafts.set(conversation, text);
  state.drafts.value = drafts;
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
