import { useEffect, useState } from 'preact/hooks';
import { isNotes, nameOfChat } from '../actions/names.ts';
import { comparedIn, lookAtSafety, verify } from '../actions/safety.ts';
import type { ChatEncryption, KeysState } from '../model.ts';
import { me, showDialog, store } from '../store.ts';
import {
  noKeysYet,
  numberChangedSince,
  numberChangedWhy,
  takesToEncrypt,
  text,
  unknownDeviceWhat,
  whoReads,
} from '../strings.ts';
import { Dialog } from './Dialog.tsx';
import { sentenceOf } from './failing.ts';
import { SafetyNumber } from './SafetyNumber.tsx';

const close = (): void => showDialog(undefined);

/** Who can read a conversation, and how to be sure of it. */
export function SafetyDialog({ conversation }: { readonly conversation: string }) {
  const encryption = store.chats.value.get(conversation)?.encryption;
  const user = comparedIn(conversation);
  // While something is wrong, who can read along is just what is not known.
  const isSure = encryption?.trouble === undefined && store.safeties.value.get(user)?.hasChanged !== true;
  return (
    <Dialog title={titleOf(encryption !== undefined, isSure)} onClose={close}>
      {encryption === undefined ? (
        <Plain conversation={conversation} />
      ) : (
        <>
          <Trouble conversation={conversation} encryption={encryption} />
          {isSure && <p>{whoReads(conversation, me.value, nameOfChat(conversation))}</p>}
          {encryption.since > 1 && <p class="hint">{text.plainBefore}</p>}
          {user !== '' && <Comparing user={user} name={nameOfChat(conversation)} trouble={encryption.trouble} />}
        </>
      )}
    </Dialog>
  );
}

function titleOf(isEncrypted: boolean, isSure: boolean): string {
  if (!isEncrypted) return text.notEncrypted;
  return isSure ? text.encrypted : text.encryptionTrouble;
}

function Plain({ conversation }: { readonly conversation: string }) {
  const isOff = store.keys.value.state === 'off';
  return (
    <>
      <p>{text.plainWho}</p>
      {isOff ? (
        <p>{text.keysOff}</p>
      ) : (
        <>
          <h3 class="dialog-part">{text.plainTakes}</h3>
          <ul class="takes">
            {takesToEncrypt(conversation, me.value, nameOfChat(conversation)).map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
          <p class="hint">{text.plainTakesThen}</p>
        </>
      )}
    </>
  );
}

/** What must be looked at before anything is written. */
function Trouble(props: { readonly conversation: string; readonly encryption: ChatEncryption }) {
  const name = nameOfChat(props.conversation);
  const user = comparedIn(props.conversation);
  const hasChanged = store.safeties.value.get(user)?.hasChanged === true;
  if (props.encryption.trouble === 'unknown-device') {
    return (
      <div class="warning">
        <p>
          <strong>{text.unknownDevice}</strong>
        </p>
        <p>{unknownDeviceWhat(isNotes(props.conversation) ? undefined : name)}</p>
      </div>
    );
  }
  if (props.encryption.trouble !== 'verified-changed' && !hasChanged) return null;
  return (
    <div class="warning">
      <p>
        <strong>{numberChangedSince(name)}</strong>
      </p>
      <p>{numberChangedWhy(name)}</p>
    </div>
  );
}

/** Why there is no number. */
function nothingToCompare(keys: KeysState, name: string): string {
  switch (keys.state) {
    case 'off':
      return text.keysOff;
    case 'preparing':
      return text.keysPreparing;
    case 'waiting':
      return text.keysWaiting;
    case 'lost':
      return text.keysLost;
    case 'ready':
      return noKeysYet(name);
  }
}

function Comparing(props: {
  readonly user: string;
  readonly name: string;
  readonly trouble: ChatEncryption['trouble'];
}) {
  const { user, name } = props;
  const [looked, setLooked] = useState<'looking' | 'done'>('looking');
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const safety = store.safeties.value.get(user);
  const keys = store.keys.value;

  const attempt = async (call: () => Promise<unknown>): Promise<void> => {
    setProblem(undefined);
    setBusy(true);
    try {
      await call();
    } catch (refusal) {
      setProblem(sentenceOf(refusal));
    } finally {
      setLooked('done');
      setBusy(false);
    }
  };
  const look = (): void => void attempt(() => lookAtSafety(user));
  // Another number may become known meanwhile, here or in another tab.
  useEffect(look, [user, keys, props.trouble]);

  return (
    <section aria-labelledby="safety-number">
      <h3 class="dialog-part" id="safety-number">
        {text.safetyNumber}
      </h3>
      {problem !== undefined && (
        <div class="problem box with-button" role="alert">
          <p>{problem}</p>
          <button type="button" class="small" onClick={look}>
            {text.tryAgain}
          </button>
        </div>
      )}
      {safety === undefined ? (
        problem === undefined && (
          <p class="hint" role="status">
            {looked === 'looking' ? text.loading : nothingToCompare(keys, name)}
          </p>
        )
      ) : (
        <SafetyNumber
          safety={safety}
          name={name}
          busy={busy}
          onVerified={(isVerified) => void attempt(() => verify(user, isVerified))}
        />
      )}
    </section>
  );
}
