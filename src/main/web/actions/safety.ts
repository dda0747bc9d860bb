import { services } from '../services.ts';
import { me, setSafety, store } from '../store.ts';
import { isGroup } from './names.ts';

// The keys: what was compared with whom, and which devices of one's own may read. Whoever changes any of it tells the worker.

/** Whose number can be compared in a conversation; empty in a group and in notes to oneself. */
export function comparedIn(conversation: string): string {
  if (isGroup(conversation)) return '';
  return conversation.split('~').find((user) => user !== me.value) ?? '';
}

/** Looks up what is to be compared with somebody; says whether there is anything. Fails as a call to the server does. */
export async function lookAtSafety(user: string): Promise<boolean> {
  const safety = await services().encryption.safety(user);
  if (store.phase.peek() !== 'ready') return false; // logged out meanwhile
  setSafety(user, safety);
  return safety !== undefined;
}

export async function verify(user: string, isVerified: boolean): Promise<void> {
  await services().encryption.setVerified(user, isVerified);
  services().say({ kind: 'keys-changed' });
  await lookAtSafety(user);
}

export async function approve(device: string): Promise<void> {
  await services().encryption.approve(device);
  services().say({ kind: 'keys-changed' });
}

/** It is somebody else's: it is logged out, and asks no more. */
export async function turnAway(device: string): Promise<void> {
  await services().account.unlink(device);
  services().say({ kind: 'keys-changed' });
}

export async function startAnew(password: string): Promise<void> {
  await services().encryption.startAnew(password);
  services().say({ kind: 'keys-changed' });
}
