import { useRef, useState } from 'preact/hooks';
import { saveFile } from '../../actions/received.ts';
import { fileText, sizeInWords } from '../../fileTexts.ts';
import { fileName } from '../../media/files.ts';
import { Icon } from '../Icon.tsx';
import { IconButton } from '../IconButton.tsx';
import type { FileProps } from './Files.tsx';
import { Progress } from './Sending.tsx';
import { whyNot } from './useFile.ts';

type Saving =
  | { readonly state: 'idle' }
  | { readonly state: 'loading'; readonly bytes: number; readonly of: number }
  | { readonly state: 'failed'; readonly why: string };

/** A file that the page does not show: what it is called, how large it is, and a way to have it. */
export function FileCard({ conversation, file, reachable }: FileProps) {
  const [saving, setSaving] = useState<Saving>({ state: 'idle' });
  const running = useRef<AbortController | undefined>(undefined);
  const name = fileName(file);
  const tabIndex = reachable ? 0 : -1;

  const save = (): void => {
    if (running.current !== undefined || file.media === '') return;
    const controller = new AbortController();
    running.current = controller;
    setSaving({ state: 'loading', bytes: 0, of: file.size });
    saveFile(conversation, file, name, {
      signal: controller.signal,
      onProgress: (bytes, of) => setSaving({ state: 'loading', bytes, of }),
    })
      .then(
        (): Saving => ({ state: 'idle' }),
        (problem): Saving =>
          controller.signal.aborted ? { state: 'idle' } : { state: 'failed', why: whyNot(problem) },
      )
      .then((now) => {
        running.current = undefined;
        setSaving(now);
      });
  };

  return (
    <div class="file-card">
      <span class="file-icon">
        <Icon name="file" />
      </span>
      <span class="file-what">
        <bdi class="file-name">{name}</bdi>
        <span class="file-size">
          {saving.state === 'loading' ? (
            <Progress label={fileText.fetching} bytes={saving.bytes} of={saving.of} />
          ) : (
            sizeInWords(file.size)
          )}
        </span>
        {saving.state === 'failed' && (
          <span class="file-problem" role="alert">
            {saving.why}
          </span>
        )}
      </span>
      {file.media !== '' &&
        (saving.state === 'loading' ? (
          <IconButton
            icon="close"
            label={fileText.cancelFetching}
            tabIndex={tabIndex}
            onClick={() => running.current?.abort()}
          />
        ) : (
          <IconButton icon="download" label={fileText.saveOf(name)} tabIndex={tabIndex} onClick={save} />
        ))}
    </div>
  );
}
