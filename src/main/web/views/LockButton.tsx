import { useEffect } from 'preact/hooks';
import { comparedIn, lookAtSafety } from '../actions/safety.ts';
import type { ChatEncryption } from '../model.ts';
import type { Safety } from '../services.ts';
import { showDialog, store } from '../store.ts';
import { text } from '../strings.ts';
import { Icon, type IconName } from './Icon.tsx';

interface Look {
  readonly icon: IconName;
  readonly label: string;
  readonly kind: 'closed' | 'open' | 'verified' | 'trouble';
}

function lookOf(encryption: ChatEncryption | undefined, safety: Safety | undefined): Look {
  if (encryption === undefined) return { icon: 'lockOpen', label: text.notEncrypted, kind: 'open' };
  if (encryption.trouble !== undefined || safety?.hasChanged === true)
    return { icon: 'shieldAlert', label: text.encryptionTrouble, kind: 'trouble' };
  if (safety?.isVerified === true) return { icon: 'shieldCheck', label: text.encryptedVerified, kind: 'verified' };
  return { icon: 'lock', label: text.encrypted, kind: 'closed' };
}

/** In the head of a chat: whether it is encrypted; in words where there is room. It leads to who can read along, and to what can be compared. */
export function LockButton({ conversation }: { readonly conversation: string }) {
  const encryption = store.chats.value.get(conversation)?.encryption;
  const peer = comparedIn(conversation);
  const { trouble, changes } = encryption ?? {};
  const isEncrypted = encryption !== undefined;
  const keys = store.keys.value; // told anew where another tab has compared
  useEffect(() => {
    // Without an answer it is a lock like any other; the dialog says what is wrong.
    if (isEncrypted && peer !== '') void lookAtSafety(peer).catch(() => undefined);
  }, [isEncrypted, peer, trouble, changes, keys]);
  const { icon, label, kind } = lookOf(encryption, store.safeties.value.get(peer));
  return (
    <button
      type="button"
      class={`lock-button ${kind}`}
      title={label}
      onClick={() => showDialog({ kind: 'safety', conversation })}
    >
      <Icon name={icon} />
      <span>{label}</span>
    </button>
  );
}
