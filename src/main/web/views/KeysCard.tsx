import { putApprovedAway, showDialog, store } from '../store.ts';
import { text } from '../strings.ts';
import { Code } from './Code.tsx';

/** Above the chats: what this device still needs before it can read what is encrypted. The region itself is always there, so that it is read out. */
export function KeysCard() {
  return (
    <div class="keys-area" role="status">
      <Card />
    </div>
  );
}

function Card() {
  const keys = store.keys.value;
  if (keys.state === 'waiting') {
    return (
      <section class="keys-card" aria-label={text.waitingTitle}>
        <p class="keys-card-title">{text.waitingTitle}</p>
        <p>{text.waitingHow}</p>
        <Code code={keys.code} />
        <button type="button" class="small" onClick={() => showDialog({ kind: 'start-anew' })}>
          {text.waitingNoOther}
        </button>
      </section>
    );
  }
  if (keys.state === 'ready' && store.approved.value) {
    return (
      <section class="keys-card" aria-label={text.approvedTitle}>
        <p class="keys-card-title">{text.approvedTitle}</p>
        <p>{text.approvedHint}</p>
        <button type="button" class="small" onClick={putApprovedAway}>
          {text.gotIt}
        </button>
      </section>
    );
  }
  return null;
}
