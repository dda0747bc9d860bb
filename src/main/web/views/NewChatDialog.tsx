import { useState } from 'preact/hooks';
import { chatWith } from '../actions/chat.ts';
import { services } from '../services.ts';
import { me, setPerson, showDialog } from '../store.ts';
import { noSuchUser, text } from '../strings.ts';
import { Dialog } from './Dialog.tsx';
import { Field } from './Field.tsx';
import { sentenceOf } from './failing.ts';
import { Icon } from './Icon.tsx';

const close = (): void => showDialog(undefined);

export function NewChatDialog() {
  const [user, setUser] = useState('');
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);

  const open = (id: string): void => {
    close();
    chatWith(id);
  };
  const submit = async (): Promise<void> => {
    const id = user.trim().toLowerCase().replace(/^@/u, '');
    if (!/^[a-z0-9][a-z0-9._-]{1,31}$/u.test(id)) return setProblem(text.userWrong);
    if (id === me.value) return open(id);
    setBusy(true);
    setProblem(undefined);
    try {
      setPerson(await services().account.user(id));
      open(id);
    } catch (refusal) {
      setProblem(sentenceOf(refusal, { 'unknown-user': noSuchUser(id), 'not-found': noSuchUser(id) }));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog title={text.newChatTitle} onClose={close}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Field
          label={text.newChatUser}
          value={user}
          onValue={setUser}
          problem={problem}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          first
        />
        <p class="visually-hidden" role="status">
          {busy ? text.looking : problem}
        </p>
        <div class="actions">
          <button type="submit" class="primary" disabled={busy || user.trim() === ''}>
            {busy ? text.looking : text.newChatStart}
          </button>
        </div>
      </form>
      <button type="button" class="card-button" onClick={() => open(me.value)}>
        <span class="avatar own">
          <Icon name="note" />
        </span>
        <span>
          <span class="choice-name">{text.newChatNotes}</span>
          <span class="hint">{text.newChatNotesHint}</span>
        </span>
      </button>
    </Dialog>
  );
}
