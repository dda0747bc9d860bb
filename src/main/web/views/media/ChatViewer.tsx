import { viewable } from '../../actions/viewing.ts';
import { fileInWords } from '../../fileTexts.ts';
import { shownType } from '../../media/shown.ts';
import { showDialog } from '../../store.ts';
import { Dialog } from '../Dialog.tsx';
import { VideoPlayer } from './VideoPlayer.tsx';

export function ChatViewer(props: { readonly conversation: string; readonly messageKey: string; readonly at: number }) {
  const { conversation, messageKey, at } = props;
  const file = viewable().find((one) => one.row.key === messageKey && one.at === at)?.file;
  const type = file === undefined ? undefined : shownType(file);
  if (file?.kind !== 'video' || type === undefined) return null;
  return (
    <Dialog title={fileInWords(file)} onClose={() => showDialog(undefined)}>
      <VideoPlayer conversation={conversation} file={file} type={type} />
    </Dialog>
  );
}
