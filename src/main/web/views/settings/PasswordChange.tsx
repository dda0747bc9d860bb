import { useState } from 'preact/hooks';
import { services } from '../../services.ts';
import { text } from '../../strings.ts';
import { Field } from '../Field.tsx';
import { sentenceOf } from '../failing.ts';
import { focusFirstProblem } from '../LoginPage.tsx';
import { PasswordOwner } from '../PasswordOwner.tsx';
import { passwordProblem } from '../RegisterPage.tsx';

interface Problems {
  readonly old?: string;
  readonly fresh?: string;
  readonly all?: string;
}

export function PasswordChange() {
  const [old, setOld] = useState('');
  const [fresh, setFresh] = useState('');
  const [problems, setProblems] = useState<Problems>({});
  const [busy, setBusy] = useState(false);
  const [changed, setChanged] = useState(false);
  const submit = async (): Promise<void> => {
    const weak = passwordProblem(fresh);
    const found: Problems = {
      ...(old === '' ? { old: text.passwordMissing } : {}),
      ...(weak === undefined ? {} : { fresh: weak }),
    };
    setProblems(found);
    setChanged(false);
    if (Object.keys(found).length > 0) return focusFirstProblem();
    setBusy(true);
    try {
      await services().account.changePassword(old, fresh);
      setOld('');
      setFresh('');
      setChanged(true);
    } catch (refusal) {
      const sentence = sentenceOf(refusal, { forbidden: text.passwordWrong, unauthenticated: text.passwordWrong });
      setProblems(sentence === text.passwordWrong ? { old: sentence } : { all: sentence });
      focusFirstProblem();
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <p class="hint">{text.passwordExplained}</p>
      {problems.all !== undefined && (
        <p class="problem box" role="alert">
          {problems.all}
        </p>
      )}
      <p class="note-status" role="status">
        {changed && text.passwordChanged}
      </p>
      <PasswordOwner />
      <Field
        label={text.passwordOld}
        type="password"
        value={old}
        onValue={setOld}
        problem={problems.old}
        autocomplete="current-password"
      />
      <Field
        label={text.passwordNew}
        type="password"
        value={fresh}
        onValue={setFresh}
        hint={text.passwordHint}
        problem={problems.fresh}
        autocomplete="new-password"
      />
      <div class="actions">
        <button type="submit" class="primary" disabled={busy}>
          {text.passwordChange}
        </button>
      </div>
    </form>
  );
}
