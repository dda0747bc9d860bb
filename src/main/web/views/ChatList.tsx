import { useRef, useState } from 'preact/hooks';
import { inWords, isGroup, isNotes, nameOf, nameOfChat } from '../actions/names.ts';
import { type Chat, peerOf, ticksOf, type Unsent } from '../model.ts';
import { isSilent } from '../reducers/news.ts';
import { printRoute } from '../routes.ts';
import { me, store } from '../store.ts';
import { text, typingIn } from '../strings.ts';
import { listTime } from '../times.ts';
import { type ChatLine, ChatRow } from './ChatRow.tsx';
import { rove } from './roving.ts';

/** Lists of thousands are drawn a stretch at a time. */
const STRETCH = 80;
const AHEAD_PIXELS = 800;

export function ChatList({ chats, label }: { readonly chats: readonly Chat[]; readonly label: string }) {
  const list = useRef<HTMLUListElement>(null);
  const [most, setMost] = useState(STRETCH);
  const [focused, setFocused] = useState('');
  const route = store.route.value;
  const openOne = route.page === 'chat' ? route.conversation : '';
  const newest = newestUnsent(store.unsent.value);
  const shown = chats.slice(0, most);
  const reachable = [focused, openOne, shown[0]?.conversation].find((one) =>
    shown.some((chat) => chat.conversation === one),
  );
  return (
    <div
      class="list-scroller"
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        if (most < chats.length && scrollHeight - scrollTop - clientHeight < AHEAD_PIXELS) setMost(most + STRETCH);
      }}
    >
      <ul
        class="chat-list"
        ref={list}
        aria-label={label}
        onKeyDown={(event) => list.current !== null && rove(event, list.current)}
        onFocusCapture={(event) => {
          if (event.target instanceof HTMLElement) setFocused(event.target.dataset['conversation'] ?? '');
        }}
      >
        {shown.map((chat) => (
          <ChatRow
            key={chat.conversation}
            chat={lineOf(
              chat,
              newest.get(chat.conversation),
              chat.conversation === openOne,
              chat.conversation === reachable,
            )}
          />
        ))}
      </ul>
    </div>
  );
}

function newestUnsent(unsent: readonly Unsent[]): ReadonlyMap<string, Unsent> {
  return new Map(unsent.map((message) => [message.conversation, message]));
}

function lineOf(chat: Chat, unsent: Unsent | undefined, open: boolean, reachable: boolean): ChatLine {
  const { conversation } = chat;
  const now = store.minute.value;
  const draft = open ? undefined : store.drafts.value.get(conversation);
  const typing = store.typing.value.get(conversation);
  const last = chat.last;
  const mine = unsent !== undefined || (last?.from === me.value && !isSilent(last.body));
  const moment = unsent?.written ?? last?.time ?? chat.updated;
  return {
    conversation,
    peer: peerOf(conversation, me.value),
    name: nameOfChat(conversation),
    notes: isNotes(conversation),
    line: typing === undefined ? words(chat, unsent, draft) : typingIn(isGroup(conversation), nameOf(typing.user)),
    lead: typing !== undefined ? '' : draft !== undefined ? 'draft' : mine ? 'you' : '',
    typing: typing !== undefined,
    time: moment > 0 ? listTime(moment, now) : '',
    unread: chat.unread,
    tick: tickOf(chat, unsent, mine),
    href: printRoute({ page: 'chat', conversation }),
    open,
    reachable,
  };
}

function words(chat: Chat, unsent: Unsent | undefined, draft: string | undefined): string {
  const content = draft ?? lastWords(chat, unsent);
  return content.slice(0, 160).replace(/\s+/gu, ' ');
}

function lastWords(chat: Chat, unsent: Unsent | undefined): string {
  if (unsent !== undefined) return inWords(unsent.body);
  const { last } = chat;
  if (last?.body.type === 'commit') return last.seq === chat.encryption?.since ? text.encryptedFromNow : text.encrypted;
  if (last === undefined || isSilent(last.body)) return chat.head === 0 ? text.noMessages : '';
  const said = inWords(last.body);
  return isGroup(chat.conversation) && last.from !== undefined && last.from !== me.value
    ? `${nameOf(last.from)}: ${said}`
    : said;
}

function tickOf(chat: Chat, unsent: Unsent | undefined, mine: boolean): ChatLine['tick'] {
  if (unsent !== undefined) return unsent.refused === undefined ? 'waiting' : 'refused';
  if (!mine || chat.last === undefined || isNotes(chat.conversation)) return undefined;
  return ticksOf(chat.last, chat);
}
