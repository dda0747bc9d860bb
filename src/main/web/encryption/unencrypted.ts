import type { Chat, Message } from '../model.ts';
import { undecryptable } from './content.ts';

/** What people do not write. */
const OF_THE_LOG: ReadonlySet<string> = new Set(['commit', 'withheld', 'undecryptable']);

interface Chats {
  chat(conversation: string): Promise<Chat | undefined>;
}

/**
 * Nobody writes unencrypted where it is encrypted, and an honest server takes no such message: one that comes as it would be shown was put
 * there by the server. `asTold`: those of the entries that nothing was decrypted of.
 */
export async function withoutForged(
  chats: Chats,
  entries: readonly Message[],
  asTold: readonly Message[],
): Promise<Message[]> {
  const told = new Set<Message>(asTold);
  const begun = new Map<string, number | undefined>();
  for (const entry of entries) {
    const { conversation } = entry;
    if (!begun.has(conversation) && told.has(entry) && mayBeForged(entry)) {
      begun.set(conversation, (await chats.chat(conversation))?.encryption?.since);
    }
  }
  return entries.map((entry) => (told.has(entry) ? unlessForged(entry, begun.get(entry.conversation)) : entry));
}

/** `since`: where the encryption of its conversation began. */
function unlessForged(entry: Message, since: number | undefined): Message {
  const isForged = since !== undefined && entry.seq > since && mayBeForged(entry);
  return isForged ? { ...entry, body: undecryptable('wrong-sender') } : entry;
}

function mayBeForged({ from, body }: Message): boolean {
  return from !== undefined && !OF_THE_LOG.has(body.type);
}
