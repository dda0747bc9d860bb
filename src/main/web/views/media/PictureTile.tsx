import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { showViewer } from '../../actions/viewing.ts';
import { fileInWords, fileText, lengthInWords, sizeInWords } from '../../fileTexts.ts';
import { previewUrl } from '../../media/previewUrl.ts';
import { shownType } from '../../media/shown.ts';
import { Icon } from '../Icon.tsx';
import { IconButton } from '../IconButton.tsx';
import { FileCard } from './FileCard.tsx';
import type { FileProps } from './Files.tsx';
import { Progress } from './Sending.tsx';
import { useFile } from './useFile.ts';

/** Loaded as soon as it comes into view; larger ones when somebody wants them. */
const BY_ITSELF_BYTES = 8_000_000;
const WIDTH_MOST = 320;
const HEIGHT_MOST = 360;
const SIDE_LEAST = 72;

/** A picture or a video in a message: a blurred preview at once, the real picture when it is looked at, all of it in the viewer. */
export function PictureTile(props: FileProps) {
  const { conversation, messageKey, at, file, here, reachable } = props;
  const type = shownType(file);
  const isVideo = file.kind === 'video';
  const { loading, load, stop } = useFile(conversation, file, type ?? '', isVideo ? undefined : here);
  const [isBroken, setBroken] = useState(false);
  const tile = useRef<HTMLDivElement>(null);
  const preview = useMemo(() => previewUrl(file.preview), [file.preview]);
  useEffect(() => () => preview?.end(), [preview]);
  const isByItself = !isVideo && type !== undefined && file.size <= BY_ITSELF_BYTES && file.media !== '';

  useEffect(() => {
    if (!isByItself || loading.state !== 'idle' || tile.current === null) return;
    const near = new IntersectionObserver((seen) => seen.some(({ isIntersecting }) => isIntersecting) && load(), {
      rootMargin: '200px',
    });
    near.observe(tile.current);
    return () => near.disconnect();
  }, [isByItself, loading.state, load]);

  if (type === undefined || isBroken || loading.state === 'unshowable') return <FileCard {...props} />;
  const { width, height } = boxOf(file.width, file.height);
  const what = fileInWords(file);
  const tabIndex = reachable ? 0 : -1;
  const url = loading.state === 'here' ? loading.url : undefined;
  return (
    <div
      class={`picture ${isVideo ? 'is-video' : ''}`}
      ref={tile}
      style={{ width: `${width}px`, aspectRatio: `${width} / ${height}` }}
    >
      {preview !== undefined && url === undefined && <img class="preview" src={preview.url} alt="" draggable={false} />}
      {url !== undefined && <img class="full" src={url} alt="" decoding="async" onError={() => setBroken(true)} />}
      {loading.state === 'loading' ? (
        <span class="picture-loading">
          <Progress label={fileText.fetching} bytes={loading.bytes} of={loading.of} />
          <IconButton icon="close" label={fileText.cancelFetching} tabIndex={tabIndex} onClick={stop} />
        </span>
      ) : loading.state === 'failed' ? (
        <span class="picture-problem" role="alert">
          {loading.why}
          <button type="button" class="small" tabIndex={tabIndex} onClick={load}>
            {fileText.fetch}
          </button>
        </span>
      ) : (
        <button
          type="button"
          class="picture-open"
          tabIndex={tabIndex}
          aria-label={
            url === undefined && !isVideo ? fileText.fetchOf(what, sizeInWords(file.size)) : fileText.openOf(what)
          }
          onClick={() => (url === undefined && !isVideo ? load() : showViewer(conversation, messageKey, at))}
        >
          {isVideo ? (
            <>
              <span class="picture-sign">
                <Icon name="play" />
              </span>
              <span class="picture-facts">
                {[file.duration === undefined ? '' : lengthInWords(file.duration), sizeInWords(file.size)]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </>
          ) : (
            url === undefined &&
            !isByItself && (
              <>
                <span class="picture-sign">
                  <Icon name="download" />
                </span>
                <span class="picture-facts">{sizeInWords(file.size)}</span>
              </>
            )
          )}
        </button>
      )}
    </div>
  );
}

/** How large it is drawn: known before it is loaded, so that nothing moves when it comes. */
function boxOf(width = WIDTH_MOST, height = WIDTH_MOST * 0.75): { readonly width: number; readonly height: number } {
  const scale = Math.min(1, WIDTH_MOST / width, HEIGHT_MOST / height);
  return { width: Math.max(SIDE_LEAST, width * scale), height: Math.max(SIDE_LEAST, height * scale) };
}
