import { describe, expect, it } from 'vitest';
import { inWords, whyNot } from './actions/names.ts';
import { groupsOfFive, spelled, takesToEncrypt, text, unreadableWhy, whoReads } from './strings.ts';

describe('what is said of encryption', () => {
  it('names who can read along', () => {
    expect(whoReads('alice~bob', 'alice', 'Bob')).toContain('Only you and Bob can');
    expect(whoReads('alice~alice', 'alice', 'Notes')).toContain('Only you can');
    expect(whoReads('g.0', 'alice', 'Group')).toContain('members of this group');
  });

  it('asks nothing of anybody else for notes to oneself', () => {
    expect(takesToEncrypt('alice~alice', 'alice', 'Notes')).toHaveLength(1);
    expect(takesToEncrypt('alice~bob', 'alice', 'Bob').join(' ')).toContain('Bob has opened Parley');
  });

  it('says the way out of what cannot be read, which is not the sender where that is oneself', () => {
    expect(unreadableWhy('lost', false, 'Bob')).toContain('Ask Bob');
    expect(unreadableWhy('lost', true, 'Alice')).not.toContain('Ask');
    expect(unreadableWhy('wrong-sender', false, 'Bob')).toContain('not from Bob');
  });

  it('takes a reason that it does not know for the worst one', () => {
    expect(whyNot({ type: 'undecryptable', why: 'of a later version' })).toBe('lost');
    expect(whyNot({ type: 'text', text: 'hi' })).toBeUndefined();
  });

  it('is short where there is little room', () => {
    expect(inWords({ type: 'undecryptable', why: 'own' })).toBe(text.unreadable);
    expect(inWords({ type: 'mls', data: '' })).toBe(text.unsupported);
  });

  it('lays out digits as they are compared', () => {
    expect(groupsOfFive('0123456789'.repeat(6))).toHaveLength(12);
    expect(spelled('407 193')).toBe('4 0 7 1 9 3');
  });
});
