import type { Changes } from '../channel.ts';
import type { Body, Chat, Message, Person, Unsent } from '../model.ts';

// What changes do to what the page holds. Pure: the store applies them, tests read them.

/** The changes of one frame as one, so that two hundred messages a second cost one drawing, not two hundred. */
export function together(all: readonly Changes[]): Changes {
  const only = all[0];
  if (all.length === 1 && only !== undefined) return only;
  return {
    kind: 'changes',
    messages: all.flatMap((changes) => changes.messages ?? []),
    chats: all.flatMap((changes) => changes.chats ?? []),
    ...unsentTogether(all),
    people: all.flatMap((changes) => changes.people ?? []),
  };
}

/** One that is told unsent and settled in the same frame has settled, unless it was told unsent after that: written again. */
function unsentTogether(all: readonly Changes[]): { unsent: Unsent[]; settled: string[] } {
  const unsent = new Map<string, Unsent>();
  const settled = new Set<string>();
  for (const changes of all) {
    for (const message of changes.unsent ?? []) {
      unsent.set(message.id, message);
      settled.delete(message.id);
    }
    for (const id of changes.settled ?? []) {
      settled.add(id);
      unsent.delete(id);
    }
  }
  return { unsent: [...unsent.values()], settled: [...settled] };
}

export function withChats(held: ReadonlyMap<string, Chat>, news: readonly Chat[]): ReadonlyMap<string, Chat> {
  if (news.length === 0) return held;
  const all = new Map(held);
  for (const chat of news) all.set(chat.conversation, newer(all.get(chat.conversation), chat));
  return all;
}

/** News may be overtaken by what the page did itself: what only ever grows is not taken back. */
function newer(held: Chat | undefined, news: Chat): Chat {
  if (held === undefined || held.readWanted <= news.readWanted) return news;
  return { ...news, readWanted: held.readWanted, unread: Math.min(held.unread, news.unread) };
}

export function withPeople(held: ReadonlyMap<string, Person>, news: readonly Person[]): ReadonlyMap<string, Person> {
  if (news.length === 0) return held;
  return new Map([...held, ...news.map((person): [string, Person] => [person.user, person])]);
}

/** By `order`; what stands in `settled` leaves. */
export function withUnsent(
  held: readonly Unsent[],
  news: readonly Unsent[],
  settled: readonly string[],
): readonly Unsent[] {
  if (news.length === 0 && settled.length === 0) return held;
  const all = new Map(held.map((message) => [message.id, message]));
  for (const message of news) all.set(message.id, message);
  for (const id of settled) all.delete(id);
  return [...all.values()].sort((a, b) => a.order - b.order);
}

/** Most recently active first; an unsent message counts as activity. */
export function ordered(chats: ReadonlyMap<string, Chat>, unsent: readonly Unsent[]): readonly Chat[] {
  const written = new Map<string, number>();
  for (const message of unsent) {
    written.set(message.conversation, Math.max(written.get(message.conversation) ?? 0, message.written));
  }
  const activity = (chat: Chat): number => Math.max(chat.updated, written.get(chat.conversation) ?? 0);
  return [...chats.values()].sort((a, b) => activity(b) - activity(a) || (a.conversation < b.conversation ? -1 : 1));
}

export function unreadInAll(chats: ReadonlyMap<string, Chat>): number {
  let sum = 0;
  for (const chat of chats.values()) sum += chat.unread;
  return sum;
}

/** Entries that are no message of anybody to anybody: what is withheld, and commits, which only move the group's keys on. */
export function isSilent(body: Body): boolean {
  return body.type === 'withheld' || body.type === 'commit';
}

/** Whether the person should hear of it: from somebody else, not read on another device, and not silent. */
export function isNewTo(me: string, message: Message, chat: Chat | undefined): boolean {
  if (message.from === undefined || message.from === me || isSilent(message.body)) return false;
  return message.seq > (chat?.readWanted ?? 0);
}
