import { Database } from '../../database.ts';
import type { Chat, ChatEncryption, Identity, Message } from '../../model.ts';
import type { Safety } from '../../services.ts';
import { ENCRYPTED } from './people.ts';

// Encrypted chats without keys: what a page is told of them, and nothing behind it.

/** What comes of asking for a number. */
export type Outcome = 'unverified' | 'verified' | 'changed' | 'none' | 'slow' | 'failing';

const DIGITS = '492081735506613248709915347620886153427098310045762938517466';

export function numberOf(number: Outcome): Safety | undefined {
  if (number === 'none') return undefined;
  return { number: DIGITS, isVerified: number === 'verified', hasChanged: number === 'changed' };
}

/** Says of each chat how it is encrypted, as the real one has stored it. */
export class EncryptedDatabase extends Database {
  readonly #changes = new Map<string, Partial<ChatEncryption>>();

  encrypt(conversation: string, change: Partial<ChatEncryption>): void {
    this.#changes.set(conversation, change);
  }

  /** Takes back all changes; says where. */
  calm(): readonly string[] {
    const changed = [...this.#changes.keys()];
    this.#changes.clear();
    return changed;
  }

  override async chats() {
    return (await super.chats()).map((chat) => this.#withEncryption(chat));
  }

  override async chat(conversation: string) {
    const chat = await super.chat(conversation);
    return chat === undefined ? undefined : this.#withEncryption(chat);
  }

  override async openChat(conversation: string) {
    return this.#withEncryption(await super.openChat(conversation));
  }

  override async wantRead(conversation: string, seq: number) {
    const chat = await super.wantRead(conversation, seq);
    return chat === undefined ? undefined : this.#withEncryption(chat);
  }

  override async arrived(me: Identity, messages: readonly Message[]) {
    const arrived = await super.arrived(me, messages);
    return { ...arrived, chats: arrived.chats.map((chat) => this.#withEncryption(chat)) };
  }

  #withEncryption<C extends Chat>(chat: C): C {
    const known = ENCRYPTED[chat.conversation];
    if (known === undefined) return chat;
    return { ...chat, encryption: { ...known, ...this.#changes.get(chat.conversation) } };
  }
}
