import { useEffect } from 'preact/hooks';
import { dropHint, store } from '../store.ts';
import { text } from '../strings.ts';
import { IconButton } from './IconButton.tsx';

const SHORT_MILLIS = 2_500;
/** Time to read: long sentences stay longer. */
const MILLIS_PER_CHARACTER = 90;

/** One sentence at the bottom, and away again. */
export function Hint() {
  const hint = store.hint.value;
  useEffect(() => {
    if (hint === undefined) return;
    const timer = setTimeout(dropHint, Math.max(SHORT_MILLIS, hint.text.length * MILLIS_PER_CHARACTER));
    return () => clearTimeout(timer);
  }, [hint]);
  return (
    <div class="hints" role="status">
      {hint !== undefined && (
        <div class="toast" key={hint.turn}>
          <p>{hint.text}</p>
          <IconButton icon="close" label={text.close} onClick={dropHint} />
        </div>
      )}
    </div>
  );
}
