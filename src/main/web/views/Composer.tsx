import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { codePoints, draft, enterSends, send, sendable, TEXT_MOST, TEXT_NEAR, typed } from '../actions/compose.ts';
import { chooseFiles, sendFiles } from '../actions/files.ts';
import { isNotes, nameOfChat } from '../actions/names.ts';
import { fileText } from '../fileTexts.ts';
import { store } from '../store.ts';
import { charactersLeft, text, tooLong } from '../strings.ts';
import { EmojiPanel } from './EmojiPanel.tsx';
import { IconButton } from './IconButton.tsx';
import { AttachButton } from './media/AttachButton.tsx';
import { VoiceRecorder } from './media/VoiceRecorder.tsx';
import { TROUBLE } from './TroubleBar.tsx';

const LINES_MOST = 8;

/** `blocked`: nothing may be sent until the person has looked at what stands above (TroubleBar). */
export function Composer({ conversation, blocked }: { readonly conversation: string; readonly blocked: boolean }) {
  const box = useRef<HTMLTextAreaElement>(null);
  const [choosing, setChoosing] = useState(false);
  const [recording, setRecording] = useState(false);
  const content = store.drafts.value.get(conversation) ?? '';
  const length = content.length < TEXT_NEAR ? content.length : codePoints(content);
  const fits = length <= TEXT_MOST;
  const ready = !blocked && fits && sendable(content) !== '';

  useLayoutEffect(() => {
    if (box.current !== null) grow(box.current);
  }, [content]);

  const submit = (): void => {
    if (!ready) return;
    draft(conversation, '');
    void send(conversation, content).then((kept) => {
      // It comes back before whatever was begun meanwhile.
      if (!kept) draft(conversation, [content, store.drafts.peek().get(conversation)].filter(Boolean).join('\n'));
    });
    box.current?.focus();
  };

  const pressed = (event: KeyboardEvent): void => {
    // While an input method composes, Enter chooses a word.
    if (event.isComposing || event.keyCode === 229) return;
    const isCommand = event.ctrlKey || event.metaKey;
    if (event.key === 'Escape' && choosing) {
      event.preventDefault();
      closePanel();
    } else if (event.key === 'Enter' && !event.shiftKey && !event.altKey && (isCommand || enterSends())) {
      event.preventDefault();
      submit();
    } else if (isCommand && event.key.toLowerCase() === 'e') {
      event.preventDefault();
      setChoosing(!choosing);
    }
  };

  const insert = (emoji: string): void => {
    const area = box.current;
    const from = area?.selectionStart ?? content.length;
    const to = area?.selectionEnd ?? content.length;
    draft(conversation, content.slice(0, from) + emoji + content.slice(to));
    requestAnimationFrame(() => area?.setSelectionRange(from + emoji.length, from + emoji.length));
  };

  const endRecording = (): void => {
    setRecording(false);
    requestAnimationFrame(() => box.current?.focus());
  };

  const closePanel = (): void => {
    setChoosing(false);
    box.current?.focus();
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {choosing && <EmojiPanel onChoose={insert} onClose={closePanel} />}
      {recording && (
        <div class="composer-box">
          <VoiceRecorder
            onCancel={endRecording}
            onDone={({ blob, type, durationSeconds: duration, waveform }) => {
              endRecording();
              void sendFiles(conversation, [{ blob, caption: '', file: { kind: 'voice', type, duration, waveform } }]);
            }}
          />
        </div>
      )}
      <div class="composer-box" hidden={recording}>
        <AttachButton conversation={conversation} disabled={blocked} />
        <IconButton
          icon="smile"
          label={text.emoji}
          aria-expanded={choosing}
          onClick={() => (choosing ? closePanel() : setChoosing(true))}
        />
        <textarea
          id="composer"
          ref={box}
          rows={1}
          dir="auto"
          value={content}
          placeholder={text.write}
          aria-label={`${text.write}, ${nameOfChat(conversation)}`}
          aria-describedby={describedBy(blocked, length >= TEXT_NEAR)}
          aria-invalid={fits ? undefined : 'true'}
          enterkeyhint={enterSends() ? 'send' : 'enter'}
          autocomplete="off"
          onKeyDown={pressed}
          onPaste={(event) => {
            const files = [...(event.clipboardData?.files ?? [])];
            // What is copied from a document comes as text and as a picture of it: the text is meant.
            if (files.length === 0 || blocked || event.clipboardData?.types.includes('text/plain') === true) return;
            event.preventDefault();
            chooseFiles(conversation, files);
          }}
          onInput={(event) => {
            draft(conversation, event.currentTarget.value);
            if (event.currentTarget.value !== '' && !isNotes(conversation)) typed(conversation);
          }}
        />
        {content === '' && (
          <IconButton icon="microphone" label={fileText.record} disabled={blocked} onClick={() => setRecording(true)} />
        )}
        <button type="submit" class="send" disabled={!ready} aria-label={text.send} title={text.send}>
          <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d="M12 19V5M5.5 11.5L12 5l6.5 6.5" />
          </svg>
        </button>
      </div>
      {length >= TEXT_NEAR && (
        <p id="composer-count" class={fits ? 'hint' : 'problem'} role="status">
          {fits ? charactersLeft(TEXT_MOST - length) : tooLong(length - TEXT_MOST)}
        </p>
      )}
    </form>
  );
}

function describedBy(blocked: boolean, isCounted: boolean): string | undefined {
  const ids = [...(blocked ? [TROUBLE] : []), ...(isCounted ? ['composer-count'] : [])];
  return ids.length === 0 ? undefined : ids.join(' ');
}

/** As high as its text, up to eight lines; through the style object, which the Content-Security-Policy allows. */
function grow(area: HTMLTextAreaElement): void {
  area.style.height = 'auto';
  const { lineHeight, paddingTop, paddingBottom } = getComputedStyle(area);
  const most =
    Number.parseFloat(lineHeight) * LINES_MOST + Number.parseFloat(paddingTop) + Number.parseFloat(paddingBottom);
  area.style.height = `${Math.min(area.scrollHeight, most)}px`;
  area.style.overflowY = area.scrollHeight > most + 1 ? 'auto' : 'hidden';
}
