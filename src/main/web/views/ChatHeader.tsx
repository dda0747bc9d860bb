import { isGroup, isNotes, nameOf, nameOfChat } from '../actions/names.ts';
import { up } from '../actions/navigate.ts';
import { peerOf } from '../model.ts';
import { me, store } from '../store.ts';
import { lastSeenAt, text, typingIn } from '../strings.ts';
import { Avatar } from './Avatar.tsx';
import { IconButton } from './IconButton.tsx';
import { LockButton } from './LockButton.tsx';

/** Under the name: who types, is online, or when they were last seen; nothing where they do not show it. */
function statusOf(conversation: string): { readonly line: string; readonly live: boolean } {
  if (isNotes(conversation)) return { line: text.onlyYou, live: false };
  const typing = store.typing.value.get(conversation);
  if (typing !== undefined) return { line: typingIn(isGroup(conversation), nameOf(typing.user)), live: true };
  const link = store.link.value.state;
  // What was known before the connection broke may have changed since.
  if (link !== 'up-to-date' && link !== 'catching-up') return { line: '', live: false };
  const presence = store.presence.value.get(peerOf(conversation, me.value));
  if (presence?.online === true) return { line: text.online, live: true };
  if (presence?.lastSeen === undefined) return { line: '', live: false };
  return { line: lastSeenAt(presence.lastSeen, store.minute.value), live: false };
}

export function ChatHeader({ conversation }: { readonly conversation: string }) {
  const name = nameOfChat(conversation);
  const { line, live } = statusOf(conversation);
  const peer = peerOf(conversation, me.value);
  return (
    <header class="pane-head chat-head">
      <IconButton icon="back" label={text.back} class="only-narrow" onClick={up} />
      <Avatar id={peer} name={name} notes={isNotes(conversation)} />
      <div class="chat-title">
        <h2 id="chat-name" tabIndex={-1}>
          {name}
        </h2>
        <p class={`status ${live ? 'live' : ''}`}>{line}</p>
      </div>
      <LockButton conversation={conversation} />
    </header>
  );
}
