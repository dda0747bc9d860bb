import { showDialog } from '../store.ts';
import { Icon, type IconName } from './Icon.tsx';

/** A line between messages about the encryption of their chat; it leads to what there is to know and to compare. */
export function NoteButton(props: {
  readonly icon: IconName;
  readonly conversation: string;
  readonly sentence: string;
  readonly warns?: boolean;
}) {
  return (
    <button
      type="button"
      class={`chat-note ${props.warns ? 'warns' : ''}`}
      onClick={() => showDialog({ kind: 'safety', conversation: props.conversation })}
    >
      <Icon name={props.icon} />
      <span>{props.sentence}</span>
    </button>
  );
}
