import { store } from '../store.ts';
import { text } from '../strings.ts';

/** The one live region for messages: what arrives in the open chat, in whole sentences, for those who listen. */
export function SpokenLog() {
  return (
    <div class="visually-hidden" role="log" aria-live="polite" aria-label={text.messages}>
      {store.spoken.value.map((line) => (
        <p key={line.key}>{line.text}</p>
      ))}
    </div>
  );
}
