import { showDialog, store } from '../store.ts';
import { deviceAsks, text } from '../strings.ts';

/** What concerns the keys and must be seen wherever one is: that they are lost, or that somebody asks for them. */
export function KeysBanner() {
  const keys = store.keys.value;
  if (keys.state === 'lost') {
    return (
      <div class="banner alarming" key="lost">
        <p>{text.keysLost}</p>
        <button type="button" onClick={() => showDialog({ kind: 'log-out' })}>
          {text.logOut}
        </button>
      </div>
    );
  }
  const asking = keys.state === 'ready' ? keys.waiting[0] : undefined; // the next one when this one is done
  if (asking === undefined) return null;
  return (
    <div class="banner" key={`asks ${asking.device}`}>
      <p>{deviceAsks(asking.name)}</p>
      <button type="button" onClick={() => showDialog({ kind: 'approve', device: asking.device })}>
        {text.review}
      </button>
    </div>
  );
}
