import { useEffect, useState } from 'preact/hooks';
import { nameOfChat } from '../../actions/names.ts';
import { fileText, sizeInWords } from '../../fileTexts.ts';
import { services } from '../../services.ts';
import { showHint } from '../../store.ts';
import { text } from '../../strings.ts';

interface Usage {
  readonly conversation: string;
  readonly bytes: number;
}

/** What files take in this browser, by chat, and a way to clear them. */
export function FileStorage() {
  const [usage, setUsage] = useState<readonly Usage[] | undefined>(undefined);
  const [isFailed, setFailed] = useState(false);

  const look = (): void => {
    services()
      .files.usage()
      .then(
        (found) => {
          setFailed(false);
          setUsage(
            [...found].map(([conversation, bytes]) => ({ conversation, bytes })).sort((a, b) => b.bytes - a.bytes),
          );
        },
        () => setFailed(true),
      );
  };
  useEffect(look, []);

  const clear = (conversation: string): void => {
    services()
      .files.clear(conversation)
      .then(
        () => showHint(fileText.cleared),
        () => showHint(fileText.failed),
      )
      .then(look);
  };

  return (
    <div class="file-storage">
      <p class="hint">{fileText.storageHint}</p>
      {isFailed && (
        <p class="problem" role="alert">
          {text.broken}{' '}
          <button type="button" class="small" onClick={look}>
            {text.tryAgain}
          </button>
        </p>
      )}
      {usage === undefined ? (
        !isFailed && <p role="status">{text.loading}</p>
      ) : usage.length === 0 ? (
        <p>{fileText.storageNone}</p>
      ) : (
        <>
          <p class="file-storage-sum">{fileText.storageUsed(sizeInWords(sumOf(usage)))}</p>
          <ul class="file-storage-chats">
            {usage.map(({ conversation, bytes }) => (
              <li key={conversation}>
                <span class="file-name">{nameOfChat(conversation)}</span>
                <span class="file-size">{sizeInWords(bytes)}</span>
                <button
                  type="button"
                  class="small"
                  aria-label={fileText.clearOf(nameOfChat(conversation))}
                  onClick={() => clear(conversation)}
                >
                  {fileText.clear}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function sumOf(usage: readonly Usage[]): number {
  return usage.reduce((sum, { bytes }) => sum + bytes, 0);
}
