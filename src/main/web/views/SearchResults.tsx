import { useRef } from 'preact/hooks';
import { inWords, isNotes, nameOf, nameOfChat } from '../actions/names.ts';
import { go } from '../actions/navigate.ts';
import { type Chat, type Message, peerOf } from '../model.ts';
import { printRoute } from '../routes.ts';
import { chatsInOrder, me, store } from '../store.ts';
import { resultsFound, text, yourself } from '../strings.ts';
import { listTime } from '../times.ts';
import { Avatar } from './Avatar.tsx';
import { Empty } from './Drawing.tsx';
import { excerpt, Marked } from './RichText.tsx';
import { rove } from './roving.ts';

function matching(query: string): readonly Chat[] {
  const words = query.toLocaleLowerCase().split(/\s+/u).filter(Boolean);
  return chatsInOrder.value
    .filter(({ conversation }) => {
      const named = `${nameOfChat(conversation)} ${peerOf(conversation, me.value)}`.toLocaleLowerCase();
      return words.every((word) => named.includes(word));
    })
    .slice(0, 20);
}

/** What the search box finds: chats by their name, messages by their words. */
export function SearchResults() {
  const list = useRef<HTMLElement>(null);
  const query = store.query.value.trim();
  const { messages, busy, query: answered } = store.results.value;
  const chats = matching(query);
  const nothing = chats.length + messages.length === 0;
  return (
    <section
      class="list-scroller"
      aria-label={text.searchResults}
      ref={list}
      onKeyDown={(event) => list.current !== null && rove(event, list.current)}
    >
      <p class="visually-hidden" role="status">
        {busy ? text.searching : resultsFound(chats.length, messages.length)}
      </p>
      {chats.length > 0 && (
        <section aria-labelledby="results-chats">
          <h3 class="results-head" id="results-chats">
            {text.resultsChats}
          </h3>
          <ul class="chat-list">
            {chats.map((chat, at) => (
              <FoundChat key={chat.conversation} chat={chat} query={query} reachable={at === 0} />
            ))}
          </ul>
        </section>
      )}
      {messages.length > 0 && (
        <section aria-labelledby="results-messages">
          <h3 class="results-head" id="results-messages">
            {text.resultsMessages}
          </h3>
          <ul class="chat-list">
            {messages.map((message, at) => (
              <FoundMessage
                key={`${message.conversation} ${message.seq}`}
                message={message}
                query={answered}
                reachable={at === 0 && chats.length === 0}
              />
            ))}
          </ul>
        </section>
      )}
      {nothing && !busy && (
        <Empty picture="nothing" title={text.nothingFound}>
          <p>{text.nothingFoundHint}</p>
        </Empty>
      )}
    </section>
  );
}

function FoundChat({
  chat,
  query,
  reachable,
}: {
  readonly chat: Chat;
  readonly query: string;
  readonly reachable: boolean;
}) {
  const name = nameOfChat(chat.conversation);
  const peer = peerOf(chat.conversation, me.value);
  return (
    <li>
      <a
        class="chat-row"
        data-item
        tabIndex={reachable ? 0 : -1}
        href={printRoute({ page: 'chat', conversation: chat.conversation })}
      >
        <Avatar id={peer} name={name} notes={isNotes(chat.conversation)} />
        <span class="chat-row-top">
          <span class="chat-row-name">
            <Marked text={name} query={query} />
          </span>
        </span>
        <span class="chat-row-bottom">
          <span class="chat-row-line">
            <Marked text={peer} query={query} />
          </span>
        </span>
      </a>
    </li>
  );
}

function FoundMessage(props: { readonly message: Message; readonly query: string; readonly reachable: boolean }) {
  const { message, query } = props;
  const route = { page: 'chat', conversation: message.conversation, at: message.seq } as const;
  const who = message.from === me.value ? yourself : nameOf(message.from ?? '');
  return (
    <li>
      <a
        class="chat-row found-message"
        data-item
        tabIndex={props.reachable ? 0 : -1}
        href={printRoute(route)}
        onClick={(event) => {
          event.preventDefault();
          go(route); // also when it is open there already: it is shown again
        }}
      >
        <span class="chat-row-top">
          <span class="chat-row-name">{nameOfChat(message.conversation)}</span>
          <span class="chat-row-time">
            {message.time === undefined ? '' : listTime(message.time, store.minute.value)}
          </span>
        </span>
        <span class="chat-row-bottom">
          <span class="chat-row-line two-lines">
            {who}: <Marked text={excerpt(inWords(message.body), query)} query={query} />
          </span>
        </span>
      </a>
    </li>
  );
}
