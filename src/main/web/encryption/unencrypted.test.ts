import { expect, test } from 'vitest';
import type { Chat, Message } from '../model.ts';
import { withoutForged } from './unencrypted.ts';

const FORGED = { type: 'undecryptable', why: 'wrong-sender' };
const chats = {
  chat: (conversation: string) =>
    Promise.resolve((conversation === 'ann~ben' ? { encryption: { since: 5 } } : {}) as Chat),
};

function message(seq: number, body: Message['body'], conversation = 'ann~ben'): Message {
  return { conversation, seq, id: `m${seq}`, from: 'ben', device: '00', time: 1, body };
}

test('what is told unencrypted in an encrypted conversation is not shown; what came before, or was decrypted, is', async () => {
  const before = message(4, { type: 'text', text: 'before' });
  const decrypted = message(6, { type: 'text', text: 'decrypted' });
  const forged = message(7, { type: 'text', text: 'forged' });
  const unknown = message(8, { type: 'of a later day' });
  const read = await withoutForged(chats, [before, decrypted, forged, unknown], [before, forged, unknown]);
  expect(read.map(({ body }) => body)).toEqual([before.body, decrypted.body, FORGED, FORGED]);
});

test('what the log itself says stays, and so does all of a conversation that is not encrypted', async () => {
  const entries: Message[] = [
    { conversation: 'ann~ben', seq: 9, body: { type: 'withheld' } },
    message(10, { type: 'commit', epoch: 1, added: [] }),
    message(11, { type: 'undecryptable', why: 'own' }),
    message(12, { type: 'text', text: 'in the clear' }, 'ann~cleo'),
  ];
  expect(await withoutForged(chats, entries, entries)).toEqual(entries);
});
