import { useState } from 'preact/hooks';
import { isNotes, nameOfChat } from '../actions/names.ts';
import { go } from '../actions/navigate.ts';
import { comparedIn, verify } from '../actions/safety.ts';
import type { EncryptionTrouble } from '../model.ts';
import { showDialog } from '../store.ts';
import { numberChangedSince, text, unknownDeviceWhat } from '../strings.ts';
import { sentenceOf } from './failing.ts';
import { Icon } from './Icon.tsx';

export const TROUBLE = 'encryption-trouble';

/** Above the composer: why nothing can be sent, and what to do. */
export function TroubleBar(props: { readonly conversation: string; readonly trouble: EncryptionTrouble }) {
  const { conversation } = props;
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const name = nameOfChat(conversation);
  const look = (): void => showDialog({ kind: 'safety', conversation });
  const sendAnyway = (): void => {
    setProblem(undefined);
    verify(comparedIn(conversation), false).then(
      () => document.getElementById('composer')?.focus(), // the bar goes, and the focus with it
      (refusal: unknown) => setProblem(sentenceOf(refusal)),
    );
  };
  return (
    <div class="trouble-bar" role="alert">
      <Icon name="shieldAlert" />
      <div>
        <p id={TROUBLE}>
          {props.trouble === 'unknown-device' ? (
            <>
              <strong>{text.unknownDevice}</strong> {unknownDeviceWhat(isNotes(conversation) ? undefined : name)}
            </>
          ) : (
            <strong>{numberChangedSince(name)}</strong>
          )}
        </p>
        {problem !== undefined && <p class="problem">{problem}</p>}
        <div class="trouble-actions">
          {props.trouble === 'unknown-device' ? (
            <>
              <button type="button" class="small" onClick={() => go({ page: 'settings', section: 'devices' })}>
                {text.myDevices}
              </button>
              <button type="button" class="small" onClick={look}>
                {text.details}
              </button>
            </>
          ) : (
            <>
              <button type="button" class="small" onClick={look}>
                {text.compare}
              </button>
              <button type="button" class="small" onClick={sendAnyway}>
                {text.sendAnyway}
              </button>
            </>
          )}
        </div>
      </div>
    </div>
  );
}
