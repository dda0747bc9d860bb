import { cancelSending, pauseSending } from '../../actions/files.ts';
import { fileText, progressInWords } from '../../fileTexts.ts';
import type { Unsent } from '../../model.ts';
import { store } from '../../store.ts';
import { IconButton } from '../IconButton.tsx';

/** How far a message's files have come, and what can be done about it. */
export function Sending({ unsent, reachable }: { readonly unsent: Unsent; readonly reachable: boolean }) {
  const transfer = store.transfers.value.get(unsent.id);
  const isPaused = unsent.paused === true;
  const tabIndex = reachable ? 0 : -1;
  const isPreparing = transfer?.state === 'preparing';
  if (unsent.media !== undefined) return null; // all of it is at the server
  return (
    <div class="sending">
      <Progress
        label={isPaused ? fileText.paused : transfer === undefined ? fileText.waiting : fileText[transfer.state]}
        bytes={transfer?.bytes ?? 0}
        of={isPaused ? 0 : (transfer?.of ?? 0)}
      />
      {!isPreparing && (
        <IconButton
          icon={isPaused ? 'play' : 'pause'}
          label={isPaused ? fileText.resume : fileText.pause}
          tabIndex={tabIndex}
          onClick={() => void pauseSending(unsent, !isPaused)}
        />
      )}
      <IconButton
        icon="close"
        label={fileText.cancelSending}
        tabIndex={tabIndex}
        onClick={() => void cancelSending(unsent)}
      />
    </div>
  );
}

/** A bar with its words. Without `of` nothing is known yet. */
export function Progress(props: { readonly label: string; readonly bytes: number; readonly of: number }) {
  const { label, bytes, of } = props;
  const words = progressInWords(bytes, of);
  return (
    <span class="file-progress">
      <span>
        {label} {words}
      </span>
      <progress aria-label={label} max={of === 0 ? 1 : of} value={of === 0 ? 0 : Math.min(bytes, of)} />
    </span>
  );
}
