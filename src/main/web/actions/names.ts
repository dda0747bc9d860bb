import { filesInWords } from '../fileTexts.ts';
import { mediaIn } from '../media/files.ts';
import { type Body, peerOf, type Undecryptable } from '../model.ts';
import { me, store } from '../store.ts';
import { chatName, text } from '../strings.ts';

/** A person's name, their user id while it is not known. Read inside a view, it follows changes. */
export function nameOf(user: string): string {
  const name = store.people.value.get(user)?.name ?? '';
  return name === '' ? user : name;
}

export function nameOfChat(conversation: string): string {
  return chatName(conversation, me.value, nameOf);
}

export function isNotes(conversation: string): boolean {
  return peerOf(conversation, me.value) === me.value;
}

export function isGroup(conversation: string): boolean {
  return conversation.startsWith('g.');
}

/** What somebody wrote: a text, or the one that goes with files. */
export function textOf(body: Body): string | undefined {
  const content = body['text'];
  if (body.type === 'media') return mediaIn(body)?.text;
  return body.type === 'text' && typeof content === 'string' ? content : undefined;
}

const WHYS: readonly Undecryptable[] = ['before-joining', 'own', 'wrong-sender', 'lost'];

/** Why a body cannot be read; undefined where that is not what is wrong with it. */
export function whyNot(body: Body): Undecryptable | undefined {
  if (body.type !== 'undecryptable') return undefined;
  return WHYS.find((why) => why === body['why']) ?? 'lost';
}

/** A body in a few words: of what cannot be read, or this client does not know, just that. */
export function inWords(body: Body): string {
  const content = mediaIn(body);
  if (content !== undefined) return filesInWords(content.files, content.text);
  return textOf(body) ?? (whyNot(body) === undefined ? text.unsupported : text.unreadable);
}
