import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { mediaText, pictureName, placeOf, videoName, viewedReadout, zoomedTo } from '../../media/strings.ts';
import { dayAndTime } from '../../times.ts';
import { IconButton } from '../IconButton.tsx';
import { Stage, type StageHandle } from './Stage.tsx';

export interface ViewerItem {
  readonly key: string;
  readonly kind: 'image' | 'video';
  /** The name under which it is saved. */
  readonly name: string;
  readonly caption: string;
  readonly who: string;
  readonly time: number;
  readonly width?: number;
  readonly height?: number;
  /** Shown blurred while the picture itself is loaded. */
  readonly previewUrl?: string;
}

export interface ViewerProps {
  readonly items: readonly ViewerItem[];
  readonly at: number;
  /** Times are told relative to it. */
  readonly now: number;
  /**
   * The address of a picture or video. It may be revoked as soon as the signal says that it is not shown any more. `onProgress` is
   * told which part (0 to 1) is there.
   */
  load(key: string, signal: AbortSignal, onProgress: (part: number) => void): Promise<string>;
  /** A player that loads a video by itself; without it videos are loaded whole. */
  player?(key: string): ComponentChildren;
  onSave(key: string): void;
  onClose(): void;
  onMove(at: number): void;
}

type Loaded =
  | { readonly state: 'loading'; readonly part: number }
  | { readonly state: 'there'; readonly url: string }
  | { readonly state: 'failed' };

const NOTHING: Loaded = { state: 'loading', part: 0 };
const ZOOM_STEP = 1.5;

/** The pictures and videos of a chat, one at a time, over the whole window. */
export function Viewer(props: ViewerProps) {
  const { items, now } = props;
  const at = Math.max(0, Math.min(props.at, items.length - 1));
  const item = items[at];
  const dialog = useRef<HTMLDialogElement>(null);
  const stage = useRef<StageHandle | undefined>(undefined);
  const [scale, setScale] = useState(1);
  const [attempt, setAttempt] = useState(0);
  const isLoaded = item?.kind === 'image' || props.player === undefined;
  const loaded = useLoaded(props, isLoaded ? item?.key : undefined, attempt);

  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    element?.focus();
    return () => {
      element?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);

  const go = (to: number): void => {
    if (to !== at && to >= 0 && to < items.length) props.onMove(to);
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || item === undefined) return;
    const act = actionOf(event, {
      first: () => go(0),
      last: () => go(items.length - 1),
      before: () => go(at - 1),
      after: () => go(at + 1),
      enlarge: () => stage.current?.zoom(ZOOM_STEP),
      reduce: () => stage.current?.zoom(1 / ZOOM_STEP),
      whole: () => stage.current?.whole(),
      save: () => props.onSave(item.key),
    });
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };

  if (item === undefined) return undefined;
  const { kind, who, time, caption } = item;
  const isImage = kind === 'image';
  const isPlayed = !isImage && props.player !== undefined;
  return (
    <dialog
      ref={dialog}
      class="viewer"
      aria-label={mediaText.viewer}
      tabIndex={-1}
      onKeyDown={pressed}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
    >
      <header class="viewer-head">
        <div class="viewer-title">
          <p class="viewer-who">{who}</p>
          <p class="viewer-when">
            <time dateTime={new Date(time).toISOString()}>{dayAndTime(time, now)}</time>
            {items.length > 1 && <span> · {placeOf(at, items.length)}</span>}
          </p>
        </div>
        {isImage && (
          <div class="viewer-zoom">
            <IconButton
              icon="zoomOut"
              label={mediaText.zoomOut}
              disabled={scale <= 1}
              onClick={() => stage.current?.zoom(1 / ZOOM_STEP)}
            />
            <IconButton icon="zoomIn" label={mediaText.zoomIn} onClick={() => stage.current?.zoom(ZOOM_STEP)} />
          </div>
        )}
        <IconButton icon="download" label={mediaText.save} onClick={() => props.onSave(item.key)} />
        <IconButton icon="close" label={mediaText.close} onClick={props.onClose} />
      </header>
      {isPlayed ? (
        <div class="viewer-player" key={item.key}>
          {props.player?.(item.key)}
        </div>
      ) : (
        <>
          <Stage
            key={`${item.key} ${attempt}`}
            onReady={(handle) => {
              stage.current = handle;
            }}
            kind={kind}
            label={isImage ? pictureName(caption, who) : videoName(caption, who)}
            {...(item.width === undefined ? {} : { width: item.width })}
            {...(item.height === undefined ? {} : { height: item.height })}
            {...(item.previewUrl === undefined ? {} : { previewUrl: item.previewUrl })}
            url={loaded.value.state === 'there' ? loaded.value.url : undefined}
            onScale={setScale}
            onBefore={() => go(at - 1)}
            onAfter={() => go(at + 1)}
            onClose={props.onClose}
            onBroken={loaded.fail}
          />
          {loaded.value.state === 'loading' && <Progress part={loaded.value.part} />}
          {loaded.value.state === 'failed' && (
            <div class="viewer-failed" role="alert">
              <p>{mediaText.failed}</p>
              <button type="button" class="small" onClick={() => setAttempt(attempt + 1)}>
                {mediaText.tryAgain}
              </button>
            </div>
          )}
        </>
      )}
      {at > 0 && (
        <IconButton icon="back" class="viewer-step before" label={mediaText.previous} onClick={() => go(at - 1)} />
      )}
      {at < items.length - 1 && (
        <IconButton icon="forward" class="viewer-step after" label={mediaText.next} onClick={() => go(at + 1)} />
      )}
      {caption !== '' && (
        <p class="viewer-caption" dir="auto">
          {caption}
        </p>
      )}
      <p class="visually-hidden" role="status">
        {viewedReadout({ kind, at, count: items.length, who, time, now, caption })}
        {scale > 1 && `. ${zoomedTo(scale)}`}
      </p>
    </dialog>
  );
}

/** Loads what is looked at, and lets go of what was looked at before. */
function useLoaded(props: ViewerProps, key: string | undefined, attempt: number): { value: Loaded; fail(): void } {
  const load = useRef(props.load);
  load.current = props.load;
  const [held, hold] = useState<{ readonly of: string; readonly value: Loaded }>({ of: '', value: NOTHING });
  const wanted = `${key ?? ''} ${attempt}`;
  useEffect(() => {
    if (key === undefined) return;
    const over = new AbortController();
    const tell = (value: Loaded): void => {
      if (!over.signal.aborted) hold({ of: wanted, value });
    };
    load
      .current(key, over.signal, (part) => tell({ state: 'loading', part }))
      .then(
        (url) => tell({ state: 'there', url }),
        () => tell({ state: 'failed' }),
      );
    return () => over.abort();
  }, [key, attempt]);
  return {
    value: held.of === wanted ? held.value : NOTHING,
    fail: () => hold({ of: wanted, value: { state: 'failed' } }),
  };
}

function Progress({ part }: { readonly part: number }) {
  const percent = Math.round(Math.max(0, Math.min(1, part)) * 100);
  return (
    <svg
      class="viewer-progress"
      viewBox="0 0 48 48"
      role="progressbar"
      aria-label={mediaText.loading}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <circle class="groove" cx="24" cy="24" r="20" />
      <circle cx="24" cy="24" r="20" pathLength="100" stroke-dasharray={`${Math.max(4, percent)} 100`} />
    </svg>
  );
}

interface Actions {
  first(): void;
  last(): void;
  before(): void;
  after(): void;
  enlarge(): void;
  reduce(): void;
  whole(): void;
  save(): void;
}

/** A video that has the focus keeps the keys by which it is wound. */
function actionOf({ key, target }: KeyboardEvent, actions: Actions): (() => void) | undefined {
  const inVideo = target instanceof HTMLVideoElement;
  switch (key) {
    case 'ArrowLeft':
      return inVideo ? undefined : actions.before;
    case 'ArrowRight':
      return inVideo ? undefined : actions.after;
    case 'Home':
      return inVideo ? undefined : actions.first;
    case 'End':
      return inVideo ? undefined : actions.last;
    case '+':
    case '=':
      return actions.enlarge;
    case '-':
      return actions.reduce;
    case '0':
      return actions.whole;
    case 's':
    case 'S':
      return actions.save;
    default:
      return undefined;
  }
}
