import { effect } from '@preact/signals';
import { directConversation, type Message, peerOf } from '../model.ts';
import { gapIn, PAGE, seenWith } from '../reducers/range.ts';
import { services } from '../services.ts';
import {
  addNewer,
  addOlder,
  atTheEnd,
  closeRange,
  goTo,
  me,
  openRange,
  setChat,
  setLoading,
  setOlderProblem,
  store,
  trimRange,
} from '../store.ts';
import { text } from '../strings.ts';
import { isGroup } from './names.ts';
import { go } from './navigate.ts';

// The open chat: which messages the page holds, and what has been seen of them.

/** Enough above a place that something stands over it on the largest screen. */
const ABOVE = 40;

/** A chat of which neither this device nor the server has anything older than what is shown. */
let exhausted: string | undefined;
let wanted: string | undefined;

let visits = 0;

/**
 * Opens a chat and gives how to leave it. A pane that goes may say so only after the next one has come: then there is nothing to
 * leave any more.
 */
export function visitChat(
  conversation: string,
  at: number | undefined,
  failed: (problem: unknown) => void,
): () => void {
  visits += 1;
  const visit = visits;
  openChat(conversation, at).catch(failed);
  return () => {
    if (visit === visits) leaveChat();
  };
}

/** At `at`, else at the first unread message, else at the end. */
async function openChat(conversation: string, at?: number): Promise<void> {
  wanted = conversation;
  exhausted = undefined;
  if (!isGroup(conversation) && !conversation.split('~').includes(me.peek())) return go({ page: 'chats' });
  const { archive } = services();
  const chat = store.chats.peek().get(conversation) ?? (await archive.openChat(conversation));
  if (!store.chats.peek().has(conversation)) setChat(chat);
  const from = at ?? (chat.unread > 0 ? chat.readWanted : undefined);
  if (from === undefined) {
    const newest = await archive.newest(conversation, PAGE);
    if (wanted !== conversation) return; // somebody was quicker than the disk
    openRange({ conversation, messages: newest, atEnd: true }, { at: 'end' }, undefined);
  } else {
    const [above, below] = await Promise.all([
      archive.before(conversation, from + 1, ABOVE),
      archive.after(conversation, from, PAGE),
    ]);
    if (wanted !== conversation) return;
    openRange(
      { conversation, messages: [...above, ...below], atEnd: below.length < PAGE },
      at === undefined ? { at: 'divider' } : { at: 'message', seq: at },
      chat.unread > 0 ? chat.readWanted : undefined,
    );
  }
  await complete(conversation);
  if (rangeOf(conversation)?.messages.length === 0) await loadOlder();
}

function leaveChat(): void {
  wanted = undefined;
  closeRange();
}

function rangeOf(conversation: string) {
  const range = store.open.peek()?.range;
  return range?.conversation === conversation ? range : undefined;
}

/**
 * Where what is held begins. What was read for one stretch may come when another is held, because somebody has jumped elsewhere: joined
 * to that one it would leave a gap.
 */
function firstOf(conversation: string): number {
  return rangeOf(conversation)?.messages[0]?.seq ?? Number.MAX_SAFE_INTEGER;
}

/** What arrived while the database was being read is in neither: it is read now. */
async function complete(conversation: string): Promise<void> {
  const range = rangeOf(conversation);
  const last = range?.messages.at(-1)?.seq ?? 0;
  const newest = store.chats.peek().get(conversation)?.last?.seq ?? 0;
  if (range === undefined || !range.atEnd || newest <= last) return;
  const first = firstOf(conversation);
  const more = await services().archive.after(conversation, last, PAGE);
  if (more.length > 0 && firstOf(conversation) === first) addNewer(conversation, more, more.length < PAGE);
}

/** Reads what is missing between messages, as long as the database has any of it. */
export async function mend(): Promise<void> {
  const range = store.open.peek()?.range;
  const gap = range === undefined ? undefined : gapIn(range);
  if (range === undefined || gap === undefined) return;
  const missing = await services().archive.after(range.conversation, gap, PAGE);
  const held = rangeOf(range.conversation);
  if (held === undefined || missing[0]?.seq !== gap + 1) return; // a later message was quicker: the earlier one is coming
  addNewer(range.conversation, missing, held.atEnd);
  return mend();
}

export async function loadOlder(): Promise<void> {
  const open = store.open.peek();
  if (open === undefined || open.loading !== undefined) return;
  const { conversation } = open.range;
  const first = firstOf(conversation);
  if (first <= 1 || exhausted === conversation) return;
  setLoading(conversation, 'older');
  try {
    const older = await services().archive.before(conversation, first, PAGE);
    if (firstOf(conversation) !== first) {
      setLoading(conversation, undefined);
    } else if (older.length > 0) {
      addOlder(conversation, older);
    } else if (hasOlder(conversation)) {
      services().say({ kind: 'older', conversation }); // the answer comes as news
    } else {
      exhausted = conversation;
      setLoading(conversation, undefined);
    }
  } catch {
    setOlderProblem(conversation, text.olderFailed);
  }
}

/** The server has what this device does not hold. */
export function hasOlder(conversation: string): boolean {
  const chat = store.chats.peek().get(conversation);
  if (chat === undefined) return false;
  return chat.heldFrom === 0 ? chat.head > 0 : chat.heldFrom > 1;
}

export async function olderStored(conversation: string): Promise<void> {
  if (store.open.peek()?.loading !== 'older') return;
  setLoading(conversation, undefined);
  const first = firstOf(conversation);
  const older = await services().archive.before(conversation, first, PAGE);
  if (older.length > 0 && firstOf(conversation) === first) addOlder(conversation, older);
}

export async function loadNewer(): Promise<void> {
  const open = store.open.peek();
  if (open === undefined || open.loading !== undefined || open.range.atEnd) return;
  const { conversation, messages } = open.range;
  setLoading(conversation, 'newer');
  const last = messages.at(-1)?.seq ?? 0;
  const newer = await services()
    .archive.after(conversation, last, PAGE)
    .catch((): Message[] => []);
  if ((rangeOf(conversation)?.messages.at(-1)?.seq ?? 0) !== last) return setLoading(conversation, undefined);
  addNewer(conversation, newer, newer.length < PAGE);
  await complete(conversation);
}

export async function toEnd(): Promise<void> {
  const open = store.open.peek();
  if (open === undefined) return;
  const { conversation, atEnd } = open.range;
  if (atEnd) return goTo(conversation, { at: 'end' });
  const newest = await services().archive.newest(conversation, PAGE);
  if (rangeOf(conversation) === undefined) return;
  openRange({ conversation, messages: newest, atEnd: true }, { at: 'end' }, open.dividerAfter);
  await complete(conversation);
}

/** To the oldest message that this device holds. */
export async function toStart(): Promise<void> {
  const open = store.open.peek();
  if (open === undefined) return;
  const { conversation } = open.range;
  const oldest = await services().archive.after(conversation, 0, PAGE);
  const first = oldest[0];
  if (first === undefined || rangeOf(conversation) === undefined) return;
  openRange(
    { conversation, messages: oldest, atEnd: oldest.length < PAGE },
    { at: 'message', seq: first.seq },
    open.dividerAfter,
  );
}

// --- what has been seen

let seen: { readonly conversation: string; readonly seq: number } | undefined;
let telling: ReturnType<typeof setTimeout> | undefined;
/** Cursors are cumulative: while one scrolls, not each message is worth a word. */
const TELL_AFTER_MILLIS = 200;

/** These stand on the screen now, up to `last`; `end` where nothing is below. */
export function inView(conversation: string, first: number, last: number, end: boolean): void {
  const range = rangeOf(conversation);
  seen = { conversation, seq: range === undefined ? last : seenWith(range, last) };
  if (end) atTheEnd(conversation);
  tellSeen();
  // Who stands at the end stays there, also where more has come since than the eye has seen.
  visible = { conversation, first, last: end ? Number.POSITIVE_INFINITY : last };
}

let visible: { readonly conversation: string; readonly first: number; readonly last: number } | undefined;

/** Scrolling has come to rest: what is far away is let go. */
export function atRest(): void {
  if (visible !== undefined) trimRange(visible.conversation, visible.first, visible.last);
}

function tellSeen(): void {
  if (telling !== undefined || !store.attention.peek()) return;
  telling = setTimeout(() => {
    telling = undefined;
    void markRead();
  }, TELL_AFTER_MILLIS);
}

async function markRead(): Promise<void> {
  const mark = seen;
  if (mark === undefined || !store.attention.peek()) return;
  if (rangeOf(mark.conversation) === undefined) return; // left meanwhile
  const chat = store.chats.peek().get(mark.conversation);
  if (chat !== undefined && chat.readWanted >= mark.seq) return;
  const changed = await services()
    .archive.wantRead(mark.conversation, mark.seq)
    .catch(() => undefined);
  if (changed === undefined) return;
  setChat(changed);
  services().say({ kind: 'look', conversation: mark.conversation });
}

/** Who comes back to the page sees what came meanwhile. */
export function watchSeen(): void {
  effect(() => {
    if (store.attention.value) tellSeen();
  });
}

// --- who is watched

const page = `${Date.now()}-${Math.random()}`; // told apart from this browser's other tabs only

/** The person of the open chat, of whom the page shows whether they are online. */
export function watchPeer(): void {
  let told = '';
  const tell = (): void => {
    const conversation = store.open.value?.range.conversation;
    const peer = conversation === undefined ? '' : peerOf(conversation, me.value);
    const users = peer === '' || peer === me.value ? [] : [peer];
    if (users.join() === told) return;
    told = users.join();
    services().say({ kind: 'watching', page, users });
  };
  effect(tell);
  window.addEventListener('pagehide', () => services().say({ kind: 'watching', page, users: [] }));
  window.addEventListener('pageshow', () => {
    told = '';
    tell();
  });
}

/** A worker that has just taken over knows nothing of this page. */
export function watchAgain(): void {
  const conversation = store.open.peek()?.range.conversation;
  const peer = conversation === undefined ? '' : peerOf(conversation, me.peek());
  services().say({ kind: 'watching', page, users: peer === '' || peer === me.peek() ? [] : [peer] });
}

export function chatWith(user: string): void {
  go({ page: 'chat', conversation: directConversation(me.peek(), user) });
}
