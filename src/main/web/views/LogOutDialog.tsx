import { useEffect, useState } from 'preact/hooks';
import { logOut } from '../actions/account.ts';
import { inWords, nameOfChat } from '../actions/names.ts';
import { services } from '../services.ts';
import { showDialog, store } from '../store.ts';
import { text } from '../strings.ts';
import { Dialog } from './Dialog.tsx';
import { sentenceOf } from './failing.ts';

const close = (): void => showDialog(undefined);

/** Says what would be lost, by name, before it is. */
export function LogOutDialog() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const unsent = store.unsent.value;
  const drafts = store.drafts.value.size;
  const confirm = async (): Promise<void> => {
    setBusy(true);
    try {
      await logOut();
    } catch (refusal) {
      setProblem(sentenceOf(refusal));
      setBusy(false);
    }
  };
  return (
    <Dialog title={text.logOutTitle} onClose={close}>
      <Wiped />
      {unsent.length > 0 && (
        <>
          <p>
            <strong>{text.logOutUnsent(unsent.length)}</strong>
          </p>
          <ul class="losses">
            {unsent.map((message) => (
              <li key={message.id}>
                <strong>{nameOfChat(message.conversation)}</strong> {inWords(message.body).slice(0, 120)}
              </li>
            ))}
          </ul>
        </>
      )}
      {drafts > 0 && <p>{text.logOutDrafts(drafts)}</p>}
      {problem !== undefined && (
        <p class="problem box" role="alert">
          {problem}
        </p>
      )}
      <div class="actions">
        <button type="button" onClick={close}>
          {text.cancel}
        </button>
        <button type="button" class="primary danger" disabled={busy} onClick={() => void confirm()}>
          {busy ? text.loggingOut : text.logOut}
        </button>
      </div>
    </Dialog>
  );
}

/** What goes from this browser, and what of it comes back. */
function Wiped() {
  const keys = store.keys.value;
  const [isOnly, setOnly] = useState(false);
  const waiting = keys.state === 'ready' ? keys.waiting : undefined;
  useEffect(() => {
    if (waiting === undefined) return;
    const reads = (device: string): boolean => waiting.every((asking) => asking.device !== device);
    services()
      .account.devices()
      .then(
        (devices) => setOnly(!devices.some(({ current, device }) => !current && reads(device))),
        () => undefined, // what is said to everybody holds anyway
      );
  }, [waiting]);
  if (keys.state === 'off') return <p>{text.logOutLost}</p>;
  return (
    <>
      <p>{text.logOutWiped}</p>
      <p role="status">{isOnly ? <strong>{text.logOutOnly}</strong> : text.logOutOthers}</p>
    </>
  );
}
