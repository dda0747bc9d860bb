import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { codePoints, TEXT_MOST } from '../../actions/compose.ts';
import { FILES_AT_ONCE, fitting, type Outgoing, sendFiles } from '../../actions/files.ts';
import { nameOfChat } from '../../actions/names.ts';
import { fileText, lengthInWords, sizeInWords } from '../../fileTexts.ts';
import { fileName, NAME_CHARACTERS } from '../../media/files.ts';
import { type Prepared, prepared, type SendAs } from '../../media/prepare.ts';
import { showDialog, showHint } from '../../store.ts';
import { text, tooLong } from '../../strings.ts';
import { Dialog } from '../Dialog.tsx';
import { Icon } from '../Icon.tsx';
import { IconButton } from '../IconButton.tsx';
import { FileInput } from './FileInput.tsx';

/** One of the files, from when it was chosen until it goes. */
interface Item {
  readonly key: number;
  readonly file: File;
  readonly caption: string;
  readonly prepared: Prepared | undefined;
}

const SIZES = ['standard', 'high', 'original'] as const satisfies readonly SendAs[];

let keys = 0;

function itemsOf(files: readonly File[]): Item[] {
  return files.map((file) => {
    keys += 1;
    return { key: keys, file, caption: '', prepared: undefined };
  });
}

/** What was chosen, to be looked at before it goes: with a caption each, and a choice of how large pictures are. */
export function SendFilesDialog({
  conversation,
  files,
}: {
  readonly conversation: string;
  readonly files: readonly File[];
}) {
  const [items, setItems] = useState(() => itemsOf(files));
  const [size, setSize] = useState<SendAs>('standard');
  const input = useRef<HTMLInputElement>(null);
  const turn = useRef(0);

  // One after the other: each picture takes as much memory as it has pixels.
  useEffect(() => {
    turn.current += 1;
    const mine = turn.current;
    const next = items.find((item) => item.prepared === undefined);
    if (next === undefined) return;
    void prepared(next.file, size).then((done) => {
      if (turn.current !== mine) return;
      setItems((now) => now.map((item) => (item.key === next.key ? { ...item, prepared: done } : item)));
    });
  }, [items, size]);

  const close = (): void => showDialog(undefined);
  const isReady = items.every((item) => item.prepared !== undefined && codePoints(item.caption) <= TEXT_MOST);
  const hasPictures = size === 'original' || items.some((item) => item.prepared?.kind !== 'file');

  const choose = (as: SendAs): void => {
    setSize(as);
    setItems((now) => now.map((item) => ({ ...item, prepared: undefined })));
  };
  const add = (more: readonly File[]): void => {
    const { fit, left } = fitting(more, FILES_AT_ONCE - items.length);
    for (const sentence of left) showHint(sentence);
    setItems([...items, ...itemsOf(fit)]);
  };
  const remove = (key: number): void => {
    const left = items.filter((item) => item.key !== key);
    if (left.length === 0) close();
    else setItems(left);
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    if (!isReady) return;
    close();
    void sendFiles(conversation, items.flatMap(outgoingOf));
    document.getElementById('composer')?.focus({ preventScroll: true });
  };

  return (
    <Dialog title={`${fileText.sendTitle}: ${nameOfChat(conversation)}`} onClose={close}>
      <form class="send-files" onSubmit={submit}>
        <ul class="send-items">
          {items.map((item, at) => (
            <ItemRow
              key={item.key}
              item={item}
              isFirst={at === 0}
              onCaption={(caption) =>
                setItems((now) => now.map((one) => (one.key === item.key ? { ...one, caption } : one)))
              }
              onRemove={() => remove(item.key)}
            />
          ))}
        </ul>
        {hasPictures && (
          <fieldset class="send-sizes">
            <legend>{fileText.picturesAs}</legend>
            {SIZES.map((as) => (
              <label key={as}>
                <input type="radio" name="size" checked={size === as} onChange={() => choose(as)} />
                {fileText.picturesSizes[as]}
              </label>
            ))}
            <p class="hint">{fileText.picturesHints[size]}</p>
          </fieldset>
        )}
        <div class="dialog-buttons">
          <FileInput input={input} onFiles={add} />
          <button
            type="button"
            class="small"
            disabled={items.length >= FILES_AT_ONCE}
            onClick={() => input.current?.click()}
          >
            {fileText.addMore}
          </button>
          <button type="submit" class="primary" disabled={!isReady}>
            {isReady ? text.send : fileText.lookingAt}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function ItemRow(props: {
  readonly item: Item;
  readonly isFirst: boolean;
  onCaption(caption: string): void;
  onRemove(): void;
}) {
  const { item, isFirst, onCaption, onRemove } = props;
  const name = fileName({ name: item.file.name, kind: 'file' });
  const url = usePicture(item.prepared);
  const over = codePoints(item.caption) - TEXT_MOST;
  return (
    <li class="send-item">
      {url === undefined ? (
        <span class="file-icon">
          <Icon name={item.prepared?.kind === 'video' ? 'play' : 'file'} />
        </span>
      ) : (
        <img class="send-picture" src={url} alt="" />
      )}
      <div class="send-what">
        <p class="send-facts">
          <bdi class="file-name">{name}</bdi>{' '}
          <span class="hint">{item.prepared === undefined ? fileText.lookingAt : factsOf(item.prepared)}</span>
        </p>
        <input
          type="text"
          dir="auto"
          value={item.caption}
          placeholder={fileText.caption}
          aria-label={fileText.captionOf(name)}
          aria-invalid={over > 0 ? 'true' : undefined}
          autocomplete="off"
          {...(isFirst ? { 'data-first': true } : {})}
          onInput={(event) => onCaption(event.currentTarget.value)}
        />
        {over > 0 && (
          <p class="problem" role="alert">
            {tooLong(over)}
          </p>
        )}
      </div>
      <IconButton icon="close" label={fileText.removeOf(name)} onClick={onRemove} />
    </li>
  );
}

/** What it looks like, where the page could draw it anew. */
function usePicture(item: Prepared | undefined): string | undefined {
  const blob = item?.kind === 'image' ? item.blob : undefined;
  const url = useMemo(() => (blob === undefined ? undefined : URL.createObjectURL(blob)), [blob]);
  useEffect(() => {
    return () => {
      if (url !== undefined) URL.revokeObjectURL(url);
    };
  }, [url]);
  return url;
}

function factsOf(item: Prepared): string {
  const length = item.kind === 'video' ? [lengthInWords(item.durationSeconds)] : [];
  return [...length, sizeInWords(item.blob.size)].join(' · ');
}

function outgoingOf({ file, caption, prepared: item }: Item): Outgoing[] {
  if (item === undefined) return [];
  const name = nameFor(file, item);
  if (item.kind === 'file') {
    const type = file.type === '' ? {} : { type: file.type };
    return [{ blob: item.blob, caption, file: { kind: 'file', name, ...type } }];
  }
  const { blob, kind, type, width, height, preview } = item;
  const seen = { kind, name, type, width, height, ...(preview === '' ? {} : { preview }) };
  const duration = item.kind === 'video' && item.durationSeconds > 0 ? { duration: item.durationSeconds } : {};
  return [{ blob, caption, file: { ...seen, ...duration } }];
}

/** A picture that was drawn anew may be of another type than its name says. */
function nameFor({ name }: File, item: Prepared): string {
  const clean = fileName({ name, kind: item.kind }).slice(-NAME_CHARACTERS);
  if (item.kind !== 'image') return clean;
  const ending = item.type === 'image/jpeg' ? 'jpg' : item.type.slice('image/'.length);
  return `${clean.replace(/\.[A-Za-z0-9]{1,5}$/, '')}.${ending}`;
}
