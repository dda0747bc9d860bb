import type { News } from './channel.ts';
import type { Database } from './database.ts';
import type { Encryption } from './encryption/encryption.ts';
import type { History } from './history.ts';
import type { Intake } from './intake.ts';
import type { ConversationList } from './list.ts';
import type { Stored } from './log.ts';
import type { Uploads } from './media/uploads.ts';
import type { Identity } from './model.ts';
import type { Names } from './names.ts';
import type { Outbox } from './outbox.ts';
import type { Pace } from './pace.ts';
import type { Clock, Random } from './ports.ts';
import type { ClientFrame, Limits } from './protocol.ts';
import type { Reads } from './reads.ts';
import type { Rest } from './rest.ts';
import type { Ticks } from './ticks.ts';
import type { Watches } from './watches.ts';

/** What the parts of the engine know of each other; `engine.ts` puts them together. */
export interface Parts {
  readonly clock: Clock;
  readonly random: Random;
  readonly database: EngineDatabase;
  readonly rest: EngineRest;
  readonly me: Identity;
  readonly pace: Pace;
  readonly intake: Intake;
  readonly outbox: Outbox;
  readonly reads: Reads;
  readonly history: History;
  readonly list: ConversationList;
  readonly ticks: Ticks;
  readonly names: Names;
  readonly watches: Watches;
  readonly encryption: Encryption;
  readonly uploads: Uploads;

  isLive(): boolean;
  /** As the last `welcome` said. */
  limits(): Limits;
  /** Past the pace: for messages, which have one of their own. */
  send(frame: ClientFrame): boolean;
  /** Ends the link as broken: it begins anew from what is stored. */
  fail(): void;
  tell(news: News): void;
  tellStored(stored: Stored): void;
  /** The server's time, as frames bring it. */
  timeIs(millis: number): void;
  /** Now, by the server's clock as far as it is known. */
  serverNow(): number;
  /** Undefined where it could not be written: the person is told, and it is to be tried again. */
  writing<T>(write: (database: EngineDatabase, me: Identity) => Promise<T>): Promise<T | undefined>;
  reading<T>(read: (database: EngineDatabase) => Promise<T>): Promise<T | undefined>;
  storageFailed(problem: unknown): void;
}

export type EngineDatabase = Pick<
  Database,
  | 'identity'
  | 'chat'
  | 'chats'
  | 'people'
  | 'unsent'
  | 'arrived'
  | 'sent'
  | 'pulled'
  | 'receipts'
  | 'summaries'
  | 'refuse'
  | 'uploaded'
  | 'notUploaded'
  | 'encrypted'
  | 'committed'
  | 'keepPeople'
  | 'listMark'
  | 'keepListMark'
>;

export type EngineRest = Pick<Rest, 'token' | 'conversations' | 'user' | 'devices' | 'call' | 'learnNodes'>;
