import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { text } from '../strings.ts';
import { IconButton } from './IconButton.tsx';

type Native = JSX.IntrinsicElements['input'];

interface Props {
  readonly type?: 'text' | 'password';
  readonly name?: string;
  readonly autocomplete?: Native['autocomplete'];
  readonly autocapitalize?: Native['autocapitalize'];
  readonly spellcheck?: boolean;
  readonly required?: boolean;
  readonly readOnly?: boolean;
  /** The first thing to do where this stands. */
  readonly first?: boolean;
  readonly label: string;
  readonly value: string;
  readonly hint?: string | undefined;
  /** What is wrong with what was entered. */
  readonly problem?: string | undefined;
  onValue(value: string): void;
}

/** A labelled input that says what it wants and what is wrong. */
export function Field({ label, value, hint, problem, onValue, type, first, ...rest }: Props) {
  const id = useId();
  const secret = type === 'password';
  const [shown, setShown] = useState(false);
  const told = [
    hint === undefined || problem !== undefined ? '' : `${id}-hint`,
    problem === undefined ? '' : `${id}-problem`,
  ]
    .join(' ')
    .trim();
  const given = {
    ...rest,
    id,
    value,
    'aria-describedby': told === '' ? undefined : told,
    'aria-invalid': problem === undefined ? undefined : ('true' as const),
    'data-first': first ? '' : undefined,
    onInput: (event: { readonly currentTarget: HTMLInputElement }) => onValue(event.currentTarget.value),
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="field-box">
        {secret && !shown ? <input {...given} type="password" /> : <input {...given} type="text" />}
        {secret && (
          <IconButton
            icon={shown ? 'eyeOff' : 'eye'}
            label={shown ? text.hidePassword : text.showPassword}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          />
        )}
      </div>
      {hint !== undefined && problem === undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {problem !== undefined && (
        <p class="problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </div>
  );
}
