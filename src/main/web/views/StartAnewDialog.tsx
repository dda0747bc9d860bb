import { useState } from 'preact/hooks';
import { startAnew } from '../actions/safety.ts';
import { showDialog } from '../store.ts';
import { text } from '../strings.ts';
import { Dialog } from './Dialog.tsx';
import { Field } from './Field.tsx';
import { sentenceOf } from './failing.ts';
import { focusFirstProblem } from './LoginPage.tsx';
import { PasswordOwner } from './PasswordOwner.tsx';

const close = (): void => showDialog(undefined);

/** New keys for the account, where no device is left that has the old ones: what that means, and the password. */
export function StartAnewDialog() {
  const [password, setPassword] = useState('');
  const [problems, setProblems] = useState<{ password?: string; all?: string }>({});
  const [busy, setBusy] = useState(false);

  const submit = async (): Promise<void> => {
    if (password === '') {
      setProblems({ password: text.passwordMissing });
      return focusFirstProblem();
    }
    setProblems({});
    setBusy(true);
    try {
      await startAnew(password);
      close();
    } catch (refusal) {
      const sentence = sentenceOf(refusal, { forbidden: text.passwordNotIt, unauthenticated: text.passwordNotIt });
      setProblems(sentence === text.passwordNotIt ? { password: sentence } : { all: sentence });
      setBusy(false);
      focusFirstProblem();
    }
  };

  return (
    <Dialog title={text.startAnewTitle} onClose={close}>
      <p>{text.startAnewOnly}</p>
      <ul class="takes">
        <li>{text.startAnewLost}</li>
        <li>{text.startAnewWarned}</li>
      </ul>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {problems.all !== undefined && (
          <p class="problem box" role="alert">
            {problems.all}
          </p>
        )}
        <PasswordOwner />
        <Field
          label={text.password}
          type="password"
          value={password}
          onValue={setPassword}
          problem={problems.password}
          autocomplete="current-password"
          required
        />
        <div class="actions">
          <button type="button" onClick={close}>
            {text.cancel}
          </button>
          <button type="submit" class="primary danger" disabled={busy}>
            {busy ? text.startingAnew : text.startAnew}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
