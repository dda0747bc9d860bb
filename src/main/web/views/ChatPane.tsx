import { useCallback, useEffect, useState } from 'preact/hooks';
import { atRest, hasOlder, inView, loadNewer, loadOlder, toEnd, toStart, visitChat } from '../actions/chat.ts';
import { deleteUnsent, sendAgain } from '../actions/compose.ts';
import { chooseFiles } from '../actions/files.ts';
import { isNotes, nameOf, nameOfChat } from '../actions/names.ts';
import { wide } from '../actions/navigate.ts';
import { fileText } from '../fileTexts.ts';
import type { MessageRow } from '../rows.ts';
import { openRows, showHint, store } from '../store.ts';
import { emptyChatHint, text } from '../strings.ts';
import type { MenuAt } from './Bubble.tsx';
import { ChatHeader } from './ChatHeader.tsx';
import { Composer } from './Composer.tsx';
import { Empty } from './Drawing.tsx';
import { Icon } from './Icon.tsx';
import { MessageList } from './MessageList.tsx';
import { copyText, MessageMenu } from './MessageMenu.tsx';
import { TroubleBar } from './TroubleBar.tsx';

export function ChatPane({ conversation, at }: { readonly conversation: string; readonly at: number | undefined }) {
  const route = store.route.value;
  useEffect(() => {
    return visitChat(conversation, at, (problem) => {
      showHint(problem instanceof Error && problem.message !== '' ? problem.message : text.broken);
    });
    // The route is a new one each time somebody goes to the same place again.
  }, [conversation, at, route]);
  useEffect(() => {
    // With a real keyboard one writes at once; on a touch screen that would cover half the chat.
    const pointer = wide() && matchMedia('(pointer: fine)').matches;
    document.getElementById(pointer && at === undefined ? 'composer' : 'chat-name')?.focus({ preventScroll: true });
  }, [conversation, at]);

  const { isOver, ...dropping } = useDrop(conversation);
  const trouble = store.chats.value.get(conversation)?.encryption?.trouble;
  return (
    <section class="pane chat-pane" id="chat" aria-label={nameOfChat(conversation)} {...dropping}>
      {isOver && (
        <div class="drop-here">
          <Icon name="clip" />
          {fileText.dropHere}
        </div>
      )}
      <ChatHeader conversation={conversation} />
      <Messages conversation={conversation} />
      {trouble !== undefined && <TroubleBar conversation={conversation} trouble={trouble} />}
      <Composer key={conversation} conversation={conversation} blocked={trouble !== undefined} />
    </section>
  );
}

/** Files that are dragged over the chat. What is dragged within the page, such as a link, is none. */
function useDrop(conversation: string) {
  const [isOver, setOver] = useState(false);
  const isOfFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
  return {
    isOver,
    onDragOver: (event: DragEvent) => {
      if (!isOfFiles(event)) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: (event: DragEvent) => {
      const into = event.relatedTarget;
      const pane = event.currentTarget;
      if (!(into instanceof Node && pane instanceof Node && pane.contains(into))) setOver(false);
    },
    onDrop: (event: DragEvent) => {
      if (!isOfFiles(event)) return;
      event.preventDefault();
      setOver(false);
      chooseFiles(conversation, [...(event.dataTransfer?.files ?? [])]);
    },
  };
}

function Messages({ conversation }: { readonly conversation: string }) {
  const [menu, setMenu] = useState<MenuAt | undefined>(undefined);
  const closeMenu = useCallback(() => setMenu(undefined), []);
  const open = store.open.value;
  const rows = openRows.value;
  if (open === undefined || open.range.conversation !== conversation) return <div class="messages" />;
  if (rows.length === 0 && open.loading === undefined && !hasOlder(conversation)) {
    return (
      <div class="messages">
        <Nothing conversation={conversation} />
      </div>
    );
  }
  const first = open.range.messages[0]?.seq ?? 0;
  const heldFrom = store.chats.value.get(conversation)?.heldFrom ?? 0;
  const named = (row: MessageRow) => ({ id: row.id ?? '', conversation });
  return (
    <>
      <MessageList
        key={conversation}
        open={open}
        rows={rows}
        now={store.minute.value}
        atStart={first === 1 || (first <= heldFrom && heldFrom === 1)}
        nameOf={nameOf}
        onMenu={setMenu}
        onAgain={(row) => void sendAgain(named(row))}
        onDelete={(row) => void deleteUnsent(named(row))}
        onCopy={(row) => void copyText(row)}
        onOlder={() => void loadOlder()}
        onNewer={() => void loadNewer()}
        onEnd={() => void toEnd()}
        onStart={() => void toStart()}
        onSeen={inView}
        onRest={atRest}
      />
      {menu !== undefined && <MessageMenu at={menu} conversation={conversation} onClose={closeMenu} />}
    </>
  );
}

function Nothing({ conversation }: { readonly conversation: string }) {
  if (isNotes(conversation)) {
    return (
      <Empty picture="note" title={text.emptyNotes}>
        <p>{text.emptyNotesHint}</p>
      </Empty>
    );
  }
  return (
    <Empty picture="talk" title={text.emptyChat}>
      <p>{emptyChatHint(nameOfChat(conversation))}</p>
    </Empty>
  );
}
