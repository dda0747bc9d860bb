import { useState } from 'preact/hooks';
import { nameOf } from '../../actions/names.ts';
import { services } from '../../services.ts';
import { me, setPerson, showHint, store } from '../../store.ts';
import { text } from '../../strings.ts';
import { Field } from '../Field.tsx';
import { sentenceOf } from '../failing.ts';

const NAME_MOST = 64;

export function Profile() {
  const [name, setName] = useState(nameOf(me.value));
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    if ([...name.trim()].length > NAME_MOST) return setProblem(text.nameLong);
    setBusy(true);
    setProblem(undefined);
    try {
      await services().account.rename(name.trim());
      setPerson({ user: me.value, name: name.trim(), uid: store.identity.peek()?.uid ?? '' });
      showHint(text.saved);
    } catch (refusal) {
      setProblem(sentenceOf(refusal));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Field
        label={text.name}
        value={name}
        onValue={setName}
        hint={text.profileHint}
        problem={problem}
        autocomplete="name"
      />
      <Field label={text.user} value={me.value} onValue={() => undefined} hint={text.userFixed} readOnly />
      <div class="actions">
        <button type="submit" class="primary" disabled={busy || name.trim() === ''}>
          {text.save}
        </button>
      </div>
    </form>
  );
}
