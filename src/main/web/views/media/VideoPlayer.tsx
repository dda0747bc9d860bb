import { useEffect, useMemo, useRef } from 'preact/hooks';
import { fileInWords, fileText } from '../../fileTexts.ts';
import type { MediaFile } from '../../media/files.ts';
import { previewUrl } from '../../media/previewUrl.ts';
import { Progress } from './Sending.tsx';
import { type Playing, useStream } from './useStream.ts';

/** A video that begins to play before all of it is here. */
export function VideoPlayer(props: {
  readonly conversation: string;
  readonly file: MediaFile;
  /** As `shownType` says. */
  readonly type: string;
  /** Where this page has it anyway. */
  readonly here?: string | undefined;
}) {
  const { conversation, file, type, here } = props;
  const { playing, again, broke } = useStream(conversation, file, type, here);
  const preview = useMemo(() => previewUrl(file.preview), [file.preview]);
  useEffect(() => () => preview?.end(), [preview]);
  return (
    <div class="video-player">
      {playing.state === 'ready' ? (
        <Video key={playing.attempt} {...playing} label={fileInWords(file)} poster={preview?.url} onBroken={broke} />
      ) : (
        preview !== undefined && <img class="video-preview" src={preview.url} alt="" draggable={false} />
      )}
      {playing.state === 'loading' && (
        <span class="video-state" role="status">
          <Progress label={fileText.fetching} bytes={playing.bytes} of={file.size} />
        </span>
      )}
      {playing.state === 'failed' && (
        <span class="video-state" role="alert">
          {playing.why}
          <button type="button" class="small" onClick={again}>
            {fileText.again}
          </button>
        </span>
      )}
    </div>
  );
}

function Video(
  props: Extract<Playing, { readonly state: 'ready' }> & {
    readonly label: string;
    readonly poster: string | undefined;
    onBroken(at: number, code: number | undefined): void;
  },
) {
  const { url, at, label, poster, onBroken } = props;
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    return () => {
      element?.removeAttribute('src');
      element?.load(); // lets go of what it is loading
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useMediaCaption: what people send each other comes without
    <video
      ref={video}
      src={url}
      poster={poster}
      aria-label={label}
      controls
      autoplay
      playsInline
      onLoadedMetadata={({ currentTarget }) => {
        if (at > 0) currentTarget.currentTime = at;
      }}
      onError={({ currentTarget }) => {
        if (currentTarget.hasAttribute('src')) onBroken(currentTarget.currentTime, currentTarget.error?.code);
      }}
    />
  );
}
