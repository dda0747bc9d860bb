import { beforeEach, describe, expect, it } from 'vitest';
import type { Wish } from '../channel.ts';
import { provide, type Safety, type Services } from '../services.ts';
import { forgetAll, setSafety, showHeld, store } from '../store.ts';
import { approve, comparedIn, lookAtSafety, startAnew, turnAway, verify } from './safety.ts';

const NUMBER = '0123456789'.repeat(6);
let said: Wish[] = [];
let asked: string[] = [];
let safety: Safety | undefined;

beforeEach(() => {
  said = [];
  asked = [];
  safety = { number: NUMBER, isVerified: false, hasChanged: false };
  forgetAll();
  showHeld({
    identity: { user: 'alice', uid: 'u', device: 'd' },
    chats: [],
    people: [],
    unsent: [],
    drafts: new Map(),
  });
  provide({
    encryption: {
      safety: async () => safety,
      setVerified: async (user: string, isVerified: boolean) => {
        asked.push(`${user} ${isVerified}`);
        safety = { number: NUMBER, isVerified, hasChanged: false };
      },
      approve: async (device: string) => void asked.push(device),
      startAnew: async () => {
        throw new Error('wrong password');
      },
    },
    account: { unlink: async (device: string) => void asked.push(`unlink ${device}`) },
    say: (wish: Wish) => said.push(wish),
  } as unknown as Services);
});

describe('comparing numbers', () => {
  it('is for two people', () => {
    expect(comparedIn('alice~bob')).toBe('bob');
    expect(comparedIn('alice~alice')).toBe('');
    expect(comparedIn('g.0')).toBe('');
  });

  it('shows what was found, and nothing where nothing is', async () => {
    expect(await lookAtSafety('bob')).toBe(true);
    expect(store.safeties.value.get('bob')?.number).toBe(NUMBER);
    safety = undefined;
    expect(await lookAtSafety('bob')).toBe(false);
    expect(store.safeties.value.has('bob')).toBe(false);
  });

  it('tells the worker, and shows what holds then', async () => {
    setSafety('bob', { number: NUMBER, isVerified: false, hasChanged: true });
    await verify('bob', true);
    expect(asked).toEqual(['bob true']);
    expect(said).toEqual([{ kind: 'keys-changed' }]);
    expect(store.safeties.value.get('bob')).toEqual({ number: NUMBER, isVerified: true, hasChanged: false });
  });

  it('leaves nothing on the page of somebody who has logged out meanwhile', async () => {
    const looking = lookAtSafety('bob');
    forgetAll();
    await looking;
    expect(store.safeties.value.size).toBe(0);
  });
});

describe('the keys of devices', () => {
  it('are looked at again once one was approved or turned away', async () => {
    await approve('d2');
    await turnAway('d3');
    expect(asked).toEqual(['d2', 'unlink d3']);
    expect(said).toEqual([{ kind: 'keys-changed' }, { kind: 'keys-changed' }]);
  });

  it('are not said to have changed where they have not', async () => {
    await expect(startAnew('wrong')).rejects.toThrow('wrong password');
    expect(said).toEqual([]);
  });
});
