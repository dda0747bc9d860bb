import type { Chat, Identity, Message, Person, Unsent } from './model.ts';

/**
 * What a page asks of the database of this browser. Every call may fail with a StorageFull (quota or disk) or a StorageFailed:
 * the caller says so to the person and keeps what was typed.
 */
export interface Archive {
  identity(): Promise<Identity | undefined>;
  chats(): Promise<Chat[]>;
  people(): Promise<Person[]>;
  unsent(): Promise<Unsent[]>;
  drafts(): Promise<Map<string, string>>;

  /** The newest messages of a conversation, ascending, at most `limit`. */
  newest(conversation: string, limit: number): Promise<Message[]>;
  /** Those with a seq below `seq`, the highest of them, ascending. */
  before(conversation: string, seq: number, limit: number): Promise<Message[]>;
  /** Those with a seq above `seq`, the lowest of them, ascending. */
  after(conversation: string, seq: number, limit: number): Promise<Message[]>;
  /** Held texts with all words of `query`, newest first, in one conversation or all; ends early when `signal` says so. */
  search(query: string, options: SearchOptions): Promise<Message[]>;

  /** Written to the outbox in one durable step; `order` and `after` are given by the database. */
  addUnsent(message: Written): Promise<Unsent>;
  /** A refused message goes out again under the same id; undefined if it is not there any more. */
  retryUnsent(id: string): Promise<Unsent | undefined>;
  deleteUnsent(id: string): Promise<void>;
  /** Stops an upload for now, or lets it go on; undefined if it is not there any more. */
  pauseUnsent(id: string, isPaused: boolean): Promise<Unsent | undefined>;
  /** Moves `readWanted` (never back), counts `unread` anew; undefined if nothing changed. */
  wantRead(conversation: string, seq: number): Promise<Chat | undefined>;
  keepDraft(conversation: string, text: string): Promise<void>;
  /** Makes an empty chat if there is none, so that one can write into it. */
  openChat(conversation: string): Promise<Chat>;
}

/** A message as it was written, before it has its place in the outbox. */
export type Written = Pick<Unsent, 'id' | 'conversation' | 'body' | 'written' | 'uploads'>;

export interface SearchOptions {
  readonly conversation?: string;
  readonly limit: number;
  readonly signal?: AbortSignal;
}

/** The browser gives no more space. */
export class StorageFull extends Error {
  override readonly name = 'StorageFull';
}

/** The database cannot be used: the message says what to do. */
export class StorageFailed extends Error {
  override readonly name = 'StorageFailed';
}
