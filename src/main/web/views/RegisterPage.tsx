import { useState } from 'preact/hooks';
import { register } from '../actions/account.ts';
import { codePoints } from '../actions/compose.ts';
import { text } from '../strings.ts';
import { Entrance } from './Entrance.tsx';
import { Field } from './Field.tsx';
import { sentenceOf } from './failing.ts';
import { focusFirstProblem } from './LoginPage.tsx';

const USER = /^[a-z0-9][a-z0-9._-]{1,31}$/u;
const PASSWORD_LEAST = 10;
const PASSWORD_MOST = 256;
const NAME_MOST = 64;

interface Problems {
  readonly user?: string;
  readonly password?: string;
  readonly name?: string;
  readonly all?: string;
}

/** As the server counts: code points in the composed form. */
export function passwordProblem(password: string): string | undefined {
  const length = codePoints(password.normalize('NFC'));
  if (length < PASSWORD_LEAST) return text.passwordShort;
  return length > PASSWORD_MOST ? text.passwordLong : undefined;
}

export function RegisterPage() {
  const [user, setUser] = useState('');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [problems, setProblems] = useState<Problems>({});
  const [busy, setBusy] = useState(false);

  const submit = async (): Promise<void> => {
    const id = user.trim().toLowerCase();
    const weak = passwordProblem(password);
    const found: Problems = {
      ...(USER.test(id) ? {} : { user: text.userWrong }),
      ...(codePoints(name.trim()) > NAME_MOST ? { name: text.nameLong } : {}),
      ...(weak === undefined ? {} : { password: weak }),
    };
    setProblems(found);
    if (Object.keys(found).length > 0) return focusFirstProblem();
    setBusy(true);
    try {
      await register(id, password, name.trim());
    } catch (problem) {
      const sentence = sentenceOf(problem, { forbidden: text.registrationClosed, conflict: text.taken });
      setProblems(sentence === text.taken ? { user: sentence } : { all: sentence });
      setBusy(false);
      focusFirstProblem();
    }
  };

  return (
    <Entrance title={text.registerTitle}>
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
        <Field
          label={text.user}
          value={user}
          onValue={setUser}
          hint={text.userHint}
          problem={problems.user}
          name="username"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          required
        />
        <Field
          label={text.name}
          value={name}
          onValue={setName}
          hint={text.nameHint}
          problem={problems.name}
          name="name"
          autocomplete="name"
        />
        <Field
          label={text.password}
          type="password"
          value={password}
          onValue={setPassword}
          hint={text.passwordHint}
          problem={problems.password}
          name="password"
          autocomplete="new-password"
          required
        />
        <button type="submit" class="primary wide" disabled={busy}>
          {busy ? text.registering : text.register}
        </button>
      </form>
      <p class="entrance-other">
        {text.haveAccount} <a href="#/login">{text.login}</a>
      </p>
    </Entrance>
  );
}
