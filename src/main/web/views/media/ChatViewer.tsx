import { useEffect, useMemo, useState } from 'preact/hooks';
import { nameOf } from '../../actions/names.ts';
import { urlOf } from '../../actions/received.ts';
import { type Viewable, viewable } from '../../actions/viewing.ts';
import { fileName } from '../../media/files.ts';
import { previewUrl } from '../../media/previewUrl.ts';
import { shownType } from '../../media/shown.ts';
import { me, showDialog, store } from '../../store.ts';
import { yourself } from '../../strings.ts';
import { saveQuietly } from './saving.ts';
import { VideoPlayer } from './VideoPlayer.tsx';
import { Viewer, type ViewerItem } from './Viewer.tsx';

/** The viewer on the pictures and videos that the open chat holds, begun at the file `at` of a message. */
export function ChatViewer(props: { readonly conversation: string; readonly messageKey: string; readonly at: number }) {
  const { conversation } = props;
  // As they are when it is opened: what arrives meanwhile must not move what one looks at.
  const all = useMemo(viewable, [conversation]);
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      all.findIndex((one) => one.key === keyOf(props.messageKey, props.at)),
    ),
  );
  const previews = useMemo(() => all.map(({ file }) => previewUrl(file.preview)), [all]);
  useEffect(() => {
    return () => {
      for (const preview of previews) preview?.end();
    };
  }, [previews]);
  const items = useMemo(() => all.map((one, place) => itemOf(one, previews[place]?.url)), [all, previews]);
  const found = (key: string): Viewable | undefined => all.find((one) => one.key === key);

  const load = async (key: string, signal: AbortSignal, onProgress: (part: number) => void): Promise<string> => {
    const one = found(key);
    if (one === undefined) throw new Error('it is not among them');
    const told = (bytes: number, of: number): void => onProgress(of === 0 ? 0 : bytes / of);
    return urlOf(conversation, one.file, shownType(one.file) ?? '', { signal, onProgress: told });
  };
  const save = (key: string): void => {
    const one = found(key);
    if (one === undefined) return;
    void saveQuietly(conversation, one.file);
  };
  const player = (key: string) => {
    const one = found(key);
    if (one === undefined) return undefined;
    return <VideoPlayer conversation={conversation} file={one.file} type={shownType(one.file) ?? ''} />;
  };
  const close = (): void => showDialog(undefined);
  return (
    <Viewer
      items={items}
      at={at}
      now={store.minute.value}
      load={load}
      player={player}
      onSave={save}
      onClose={close}
      onMove={setAt}
    />
  );
}

function itemOf({ key, row, file, caption = '' }: Viewable, preview: string | undefined): ViewerItem {
  return {
    key,
    kind: file.kind === 'video' ? 'video' : 'image',
    name: fileName(file),
    caption,
    who: row.from === me.peek() ? yourself : nameOf(row.from),
    time: row.time ?? 0,
    ...(file.width === undefined ? {} : { width: file.width }),
    ...(file.height === undefined ? {} : { height: file.height }),
    ...(preview === undefined ? {} : { previewUrl: preview }),
  };
}

function keyOf(messageKey: string, at: number): string {
  return `${messageKey} ${at}`;
}
