import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { fileText } from '../../fileTexts.ts';
import type { MediaFile } from '../../media/files.ts';
import type { FileStream } from '../../media/streaming.ts';
import { services } from '../../services.ts';
import { whyNot } from './useFile.ts';

/** How it stands with a file that is to be played. */
export type Playing =
  | { readonly state: 'loading'; readonly bytes: number }
  /** `at`: where it goes on, in seconds; `attempt` is another one where the player must begin anew. */
  | { readonly state: 'ready'; readonly url: string; readonly at: number; readonly attempt: number }
  | { readonly state: 'failed'; readonly why: string };

interface Attempt {
  readonly number: number;
  readonly at: number;
}

/** `here`: its blob: URL, where this page has it anyway. */
export function useStream(conversation: string, file: MediaFile, type: string, here: string | undefined) {
  const [attempt, setAttempt] = useState<Attempt>({ number: 1, at: 0 });
  const [playing, setPlaying] = useState<Playing>({ state: 'loading', bytes: 0 });
  const stream = useRef<FileStream | undefined>(undefined);

  useEffect(() => {
    const ready = (url: string): Playing => ({ state: 'ready', url, at: attempt.at, attempt: attempt.number });
    if (here !== undefined) {
      setPlaying(ready(here));
      return;
    }
    setPlaying({ state: 'loading', bytes: 0 });
    const gone = new AbortController();
    const { signal } = gone;
    const onProgress = (bytes: number): void => {
      if (!signal.aborted) setPlaying({ state: 'loading', bytes });
    };
    const coming = services().files.stream(conversation, file, type, { signal, onProgress });
    coming.then(
      (begun) => {
        if (signal.aborted) return;
        stream.current = begun;
        setPlaying(ready(begun.url));
      },
      (problem) => {
        if (!signal.aborted) setPlaying({ state: 'failed', why: whyNot(problem) });
      },
    );
    return () => {
      gone.abort();
      stream.current = undefined;
      coming.then((begun) => begun.end()).catch(() => {});
    };
  }, [conversation, file, type, here, attempt]);

  const [place, setPlace] = useState(0);
  const again = useCallback(() => setAttempt(({ number }) => ({ number: number + 1, at: place })), [place]);

  /** The player has given up. Once at each place it is asked again: the browser may have stopped the one that answers it. */
  const broke = useCallback(
    (at: number, code: number | undefined) => {
      const why = stream.current?.why();
      const isStopped = why === undefined && code === MediaError.MEDIA_ERR_NETWORK && at !== attempt.at;
      setPlace(at);
      if (isStopped) setAttempt(({ number }) => ({ number: number + 1, at }));
      else setPlaying({ state: 'failed', why: why === undefined ? fileText.cannotShow : whyNot(why) });
    },
    [attempt],
  );
  return { playing, again, broke };
}
