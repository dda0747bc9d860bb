import { expect, test } from 'vitest';
import { utf8 } from '../crypto/bytes.ts';
import { conversationOf, isGroupOf, newGroup, peopleOf, readBody, written } from './content.ts';

test('a text comes out as it went in, with members that are not known here', () => {
  const body = { type: 'text', text: 'Grüße 🐦\n', later: { deep: 1 } };
  expect(readBody(written(body))).toEqual(body);
});

test('what is no message is none, whoever encrypted it', () => {
  for (const wrong of [
    '',
    '[]',
    'null',
    '1',
    '{}',
    '{"type":1}',
    '{"type":"text"}',
    '{"type":"text","text":" "}',
    '{"type":"te',
  ]) {
    expect(readBody(utf8(wrong))).toBeUndefined();
  }
  expect(readBody(utf8(JSON.stringify({ type: 'text', text: 'a'.repeat(4_097) })))).toBeUndefined();
  expect(readBody(Uint8Array.of(0xff, 0xfe))).toBeUndefined();
});

test('nobody can send what only this client or the server writes, and later kinds are shown as such', () => {
  for (const type of ['commit', 'sealed', 'undecryptable', 'withheld', 'mls', 'joined', 'poll']) {
    expect(readBody(utf8(JSON.stringify({ type, why: 'own', kind: 'text' })))).toEqual({ type: 'unsupported' });
  }
});

test('a group belongs to the conversation that its name begins with, and to no other', () => {
  const group = newGroup('ada~bo');
  expect(isGroupOf('ada~bo', group)).toBe(true);
  expect(conversationOf(group)).toBe('ada~bo');
  for (const other of ['ada~b', 'ada~bob', 'da~bo', '']) expect(isGroupOf(other, group)).toBe(false);
  expect(isGroupOf('ada~bo', utf8('ada~bo/'))).toBe(false);
  expect(newGroup('ada~bo')).not.toEqual(group);
});

test('in a conversation with oneself there is one person, and groups have no encryption yet', () => {
  expect(peopleOf('ada~bo')).toEqual(['ada', 'bo']);
  expect(peopleOf('ada~ada')).toEqual(['ada']);
  expect(peopleOf('g.0b6f3c52-9d1e-4a77-8c35-5e2f9a1b7d40')).toBeUndefined();
});
