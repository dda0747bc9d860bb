import { sentHere } from '../../actions/files.ts';
import type { MediaFile } from '../../media/files.ts';
import type { MessageRow } from '../../rows.ts';
import { store } from '../../store.ts';
import { FileCard } from './FileCard.tsx';
import { PictureTile } from './PictureTile.tsx';
import { Sending } from './Sending.tsx';
import { VoiceMessage } from './VoiceMessage.tsx';

export interface FileProps {
  readonly conversation: string;
  /** Names the message, and with `at` the file in it. */
  readonly messageKey: string;
  readonly at: number;
  readonly file: MediaFile;
  /** Where this page has it anyway. */
  readonly here: string | undefined;
  /** By Tab. */
  readonly reachable: boolean;
}

/** What a message carries; of one on its way out, also how far it has come. */
export function Files(props: {
  readonly row: MessageRow;
  readonly conversation: string;
  readonly files: readonly MediaFile[];
  readonly reachable: boolean;
}) {
  const { row, conversation, files, reachable } = props;
  const isUnsent = row.seq === undefined;
  const unsent = isUnsent ? store.unsent.value.find(({ id }) => id === row.id) : undefined;
  return (
    <div class="files">
      {files.map((file, at) => (
        <Attached
          key={`${row.key} ${at}`}
          conversation={conversation}
          messageKey={row.key}
          at={at}
          file={file}
          here={files.length === 1 ? sentHere(row.id) : undefined}
          reachable={reachable}
        />
      ))}
      {unsent !== undefined && unsent.refused === undefined && <Sending unsent={unsent} reachable={reachable} />}
    </div>
  );
}

function Attached(props: FileProps) {
  switch (props.file.kind) {
    case 'image':
    case 'video':
      return <PictureTile {...props} />;
    case 'voice':
      return <VoiceMessage {...props} />;
    case 'file':
      return <FileCard {...props} />;
  }
}
