import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Unshowable, urlOf } from '../../actions/received.ts';
import { fileText } from '../../fileTexts.ts';
import type { MediaFile } from '../../media/files.ts';
import { DamagedFile } from '../../media/streamingAead.ts';
import { services } from '../../services.ts';

/** How it stands with a file that is to be shown. */
export type Loading =
  | { readonly state: 'idle' }
  | { readonly state: 'loading'; readonly bytes: number; readonly of: number }
  | { readonly state: 'here'; readonly url: string }
  | { readonly state: 'failed'; readonly why: string }
  /** The browser would not show it. */
  | { readonly state: 'unshowable' };

export interface LoadedFile {
  readonly loading: Loading;
  load(): void;
  stop(): void;
}

/** `here`: its blob: URL, where this page has it anyway. */
export function useFile(conversation: string, file: MediaFile, type: string, here: string | undefined): LoadedFile {
  const [loading, setLoading] = useState<Loading>(
    here === undefined ? { state: 'idle' } : { state: 'here', url: here },
  );
  const running = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const load = useCallback(() => {
    if (running.current !== undefined || file.media === '') return;
    const controller = new AbortController();
    running.current = controller;
    const { signal } = controller;
    setLoading({ state: 'loading', bytes: 0, of: file.size });
    const onProgress = (bytes: number, of: number): void => {
      if (!signal.aborted) setLoading({ state: 'loading', bytes, of });
    };
    urlOf(conversation, file, type, { signal, onProgress })
      .then(
        (url): Loading => ({ state: 'here', url }),
        (problem): Loading => {
          if (signal.aborted) return { state: 'idle' };
          return problem instanceof Unshowable ? { state: 'unshowable' } : { state: 'failed', why: whyNot(problem) };
        },
      )
      .then((now) => {
        running.current = undefined;
        setLoading(now);
      });
  }, [conversation, file, type]);

  const stop = useCallback(() => running.current?.abort(), []);
  return { loading, load, stop };
}

/** Why a file cannot be had, in a sentence. */
export function whyNot(problem: unknown): string {
  if (problem instanceof DamagedFile) return fileText.damaged;
  if (problem instanceof Unshowable) return fileText.cannotShow;
  const { code } = services().failureOf(problem);
  if (code === 'not-found') return fileText.gone;
  if (code === 'network' || code === 'unavailable') return fileText.network;
  if (code === 'storage-full') return fileText.noSpace;
  return fileText.failed;
}
