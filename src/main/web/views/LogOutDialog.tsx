import { useState } from 'preact/hooks';
import { logOut } from '../actions/account.ts';
import { inWords, nameOfChat } from '../actions/names.ts';
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
      <p>{text.logOutLost}</p>
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
