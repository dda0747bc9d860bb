import { useState } from 'preact/hooks';
import { logIn } from '../actions/account.ts';
import { type LinkedDevice, services } from '../services.ts';
import { store } from '../store.ts';
import { text } from '../strings.ts';
import { Entrance } from './Entrance.tsx';
import { Field } from './Field.tsx';
import { sentenceOf } from './failing.ts';
import { ReplaceDevice } from './ReplaceDevice.tsx';

export function LoginPage() {
  const known = store.identity.value?.user ?? '';
  const [user, setUser] = useState(known);
  const [password, setPassword] = useState('');
  const [problems, setProblems] = useState<{ user?: string; password?: string; all?: string }>({});
  const [busy, setBusy] = useState(false);
  const [devices, setDevices] = useState<readonly LinkedDevice[] | undefined>(undefined);

  const submit = async (replaced?: string): Promise<void> => {
    const missing = {
      ...(user.trim() === '' ? { user: text.userMissing } : {}),
      ...(password === '' ? { password: text.passwordMissing } : {}),
    };
    setProblems(missing);
    if (Object.keys(missing).length > 0) return focusFirstProblem();
    setBusy(true);
    try {
      await logIn(user.trim().toLowerCase(), password, replaced);
    } catch (problem) {
      const { devices: linked } = services().failureOf(problem);
      if (linked !== undefined) setDevices(linked);
      else setProblems({ all: sentenceOf(problem, { unauthenticated: text.wrongLogin, invalid: text.wrongLogin }) });
      setBusy(false);
    }
  };

  if (devices !== undefined) {
    return (
      <Entrance title={text.tooManyTitle} key="replace">
        <ReplaceDevice
          devices={devices}
          problem={problems.all}
          busy={busy}
          onChoose={(device) => void submit(device)}
          onBack={() => setDevices(undefined)}
        />
      </Entrance>
    );
  }
  return (
    <Entrance title={text.loginTitle} key="login">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {store.link.value.state === 'logged-out' && known !== '' && <p class="note">{text.loggedOut}</p>}
        {problems.all !== undefined && (
          <p class="problem box" role="alert">
            {problems.all}
          </p>
        )}
        <Field
          label={text.user}
          value={user}
          onValue={setUser}
          problem={problems.user}
          name="username"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          required
        />
        <Field
          label={text.password}
          type="password"
          value={password}
          onValue={setPassword}
          problem={problems.password}
          name="password"
          autocomplete="current-password"
          required
        />
        <button type="submit" class="primary wide" disabled={busy}>
          {busy ? text.loggingIn : text.login}
        </button>
      </form>
      <p class="entrance-other">
        {text.noAccount} <a href="#/register">{text.register}</a>
      </p>
    </Entrance>
  );
}

/** After the drawing that marks it. */
export function focusFirstProblem(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}
