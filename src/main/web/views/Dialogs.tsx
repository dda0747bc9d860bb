import { showDialog, store } from '../store.ts';
import { text } from '../strings.ts';
import { ApproveDialog } from './ApproveDialog.tsx';
import { Dialog } from './Dialog.tsx';
import { LogOutDialog } from './LogOutDialog.tsx';
import { MessageInfoDialog } from './MessageInfoDialog.tsx';
import { ChatViewer } from './media/ChatViewer.tsx';
import { SendFilesDialog } from './media/SendFilesDialog.tsx';
import { NewChatDialog } from './NewChatDialog.tsx';
import { SafetyDialog } from './SafetyDialog.tsx';
import { Shortcuts } from './Shortcuts.tsx';
import { StartAnewDialog } from './StartAnewDialog.tsx';

export function Dialogs() {
  const dialog = store.dialog.value;
  switch (dialog?.kind) {
    case 'new-chat':
      return <NewChatDialog />;
    case 'log-out':
      return <LogOutDialog />;
    case 'message-info':
      return <MessageInfoDialog conversation={dialog.conversation} seq={dialog.seq} />;
    case 'safety':
      return <SafetyDialog conversation={dialog.conversation} />;
    case 'approve':
      return <ApproveDialog device={dialog.device} />;
    case 'start-anew':
      return <StartAnewDialog />;
    case 'send-files':
      return <SendFilesDialog conversation={dialog.conversation} files={dialog.files} />;
    case 'viewer':
      return <ChatViewer conversation={dialog.conversation} messageKey={dialog.messageKey} at={dialog.at} />;
    case 'shortcuts':
      return (
        <Dialog title={text.shortcutsTitle} onClose={() => showDialog(undefined)}>
          <Shortcuts />
        </Dialog>
      );
    case undefined:
      return null;
  }
}
