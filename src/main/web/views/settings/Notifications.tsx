import { useState } from 'preact/hooks';
import { canNotify, notifyMe } from '../../actions/notify.ts';
import { store } from '../../store.ts';
import { text } from '../../strings.ts';

export function Notifications() {
  const [permission, setPermission] = useState(canNotify() ? Notification.permission : undefined);
  const want = async (wanted: boolean): Promise<void> => setPermission(await notifyMe(wanted));
  if (permission === undefined) return <p>{text.notifyMissing}</p>;
  return (
    <>
      <h3>{text.notifyTitle}</h3>
      <p class="hint">{text.notifyHint}</p>
      {permission === 'denied' && (
        <p class="note" role="status">
          {text.notifyDenied}
        </p>
      )}
      {permission === 'default' && (
        <button type="button" class="primary" onClick={() => void want(true)}>
          {text.notifyAsk}
        </button>
      )}
      {permission === 'granted' && (
        <label class="choice switch">
          <span class="choice-name">{text.notifyOn}</span>
          <input
            type="checkbox"
            role="switch"
            checked={store.notifying.value}
            aria-checked={store.notifying.value}
            onChange={(event) => void want(event.currentTarget.checked)}
          />
        </label>
      )}
    </>
  );
}
