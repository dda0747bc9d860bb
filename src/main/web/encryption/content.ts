import { type Bytes, toBase64url, utf8 } from '../crypto/bytes.ts';
import type { GroupId } from '../crypto/e2ee.ts';
import { mediaIn } from '../media/files.ts';
import type { Body, Undecryptable } from '../model.ts';
import { TEXT_CHARACTERS } from '../protocol.ts';

// What is inside an encrypted message: the body as it would be sent without encryption, as JSON in UTF-8.

export function written(body: Body): Bytes {
  return utf8(JSON.stringify(body));
}

/** What stands in the place of what cannot be read, or must not be shown. */
export function undecryptable(why: Undecryptable): Body {
  return { type: 'undecryptable', why };
}

/** A body of a kind that this client does not know is shown as such; undefined if it is no body at all. */
export function readBody(plaintext: Uint8Array): Body | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plaintext));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('type' in value) || typeof value.type !== 'string')
    return undefined;
  if (value.type === 'media') return mediaIn(value as Body) === undefined ? { type: 'unsupported' } : (value as Body);
  if (value.type !== 'text') return { type: 'unsupported' }; // never what only this client itself stores, or the server says
  const text = 'text' in value ? value.text : undefined;
  const isText = typeof text === 'string' && text.trim() !== '' && [...text].length <= TEXT_CHARACTERS;
  return isText ? { ...value, type: 'text', text } : undefined;
}

/** Messages of one conversation only must be readable in it: the group's name begins with the conversation's. */
export function isGroupOf(conversation: string, group: GroupId): boolean {
  const prefix = utf8(`${conversation}/`);
  return group.length > prefix.length && prefix.every((byte, at) => group[at] === byte);
}

export function conversationOf(group: GroupId): string {
  const name = new TextDecoder().decode(group);
  return name.slice(0, name.lastIndexOf('/'));
}

export function newGroup(conversation: string): Bytes {
  return utf8(`${conversation}/${toBase64url(crypto.getRandomValues(new Uint8Array(12)))}`);
}

/** Who takes part. Undefined for what has no encryption yet. */
export function peopleOf(conversation: string): readonly string[] | undefined {
  const people = conversation.split('~');
  return people.length === 2 ? [...new Set(people)] : undefined;
}
