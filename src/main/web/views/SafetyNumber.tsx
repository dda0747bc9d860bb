import type { Safety } from '../services.ts';
import { compareHow, groupsOfFive, spelled, text } from '../strings.ts';
import { Icon } from './Icon.tsx';
import { copy } from './MessageMenu.tsx';
import { QrCode } from './QrCode.tsx';

/** Sixty digits to compare, and what was said of them. */
export function SafetyNumber(props: {
  readonly safety: Safety;
  readonly name: string;
  readonly busy: boolean;
  onVerified(isVerified: boolean): void;
}) {
  const { number, isVerified } = props.safety;
  const groups = groupsOfFive(number);
  return (
    <>
      <p class="hint">{compareHow(props.name)}</p>
      <div class="safety">
        <ol class="safety-number" aria-label={text.safetyNumberReadout}>
          {groups.map((group, at) => (
            <li key={at}>
              <span aria-hidden="true">{group}</span>
              <span class="visually-hidden">{spelled(group)}</span>
            </li>
          ))}
        </ol>
        <QrCode content={number} />
        <button type="button" class="small" onClick={() => void copy(groups.join(' '))}>
          {text.safetyCopy}
        </button>
      </div>
      <p class="safety-status" role="status">
        {isVerified && (
          <>
            <Icon name="shieldCheck" />
            {text.safetyVerified}
          </>
        )}
      </p>
      <div class="actions">
        {isVerified ? (
          <button type="button" disabled={props.busy} onClick={() => props.onVerified(false)}>
            {text.safetyClear}
          </button>
        ) : (
          <button type="button" class="primary" disabled={props.busy} onClick={() => props.onVerified(true)}>
            {text.safetyMatches}
          </button>
        )}
      </div>
    </>
  );
}
