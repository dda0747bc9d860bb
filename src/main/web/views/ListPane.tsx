import { useRef } from 'preact/hooks';
import { SEARCH_BOX } from '../actions/keys.ts';
import { searchFor } from '../actions/search.ts';
import { chatsInOrder, showDialog, store } from '../store.ts';
import { text } from '../strings.ts';
import { ChatList } from './ChatList.tsx';
import { Empty } from './Drawing.tsx';
import { Icon } from './Icon.tsx';
import { IconButton } from './IconButton.tsx';
import { KeysCard } from './KeysCard.tsx';
import { SearchResults } from './SearchResults.tsx';

export function ListPane() {
  const pane = useRef<HTMLElement>(null);
  const chats = chatsInOrder.value;
  const searching = store.query.value.trim() !== '';
  const newChat = (): void => showDialog({ kind: 'new-chat' });
  const firstItem = (): HTMLElement | null | undefined => pane.current?.querySelector<HTMLElement>('[data-item]');
  return (
    <section class="pane list-pane" aria-label={text.chats} data-list ref={pane}>
      <header class="pane-head">
        <h2 tabIndex={-1} id="list-title">
          {text.chats}
        </h2>
        <a class="icon-button" href="#/settings" aria-label={text.settings} title={text.settings}>
          <Icon name="settings" />
        </a>
        <IconButton icon="write" label={text.newChat} onClick={newChat} />
      </header>
      <search class="search">
        <Icon name="search" />
        <input
          id={SEARCH_BOX}
          type="search"
          value={store.query.value}
          placeholder={text.search}
          aria-label={text.search}
          autocomplete="off"
          onInput={(event) => searchFor(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.isComposing) return;
            if (event.key === 'ArrowDown') firstItem()?.focus();
            else if (event.key === 'Enter' && searching) firstItem()?.click();
            else return;
            event.preventDefault();
          }}
        />
        {searching && <IconButton icon="close" label={text.clearSearch} onClick={() => searchFor('')} />}
      </search>
      <KeysCard />
      {searching ? (
        <SearchResults />
      ) : chats.length > 0 ? (
        <ChatList chats={chats} label={text.chats} />
      ) : (
        <Empty picture="talk" title={text.noChats}>
          <p>{text.noChatsHint}</p>
          <button type="button" class="primary" onClick={newChat}>
            {text.newChat}
          </button>
        </Empty>
      )}
    </section>
  );
}
