import { mediaIn } from '../media/files.ts';
import { shownType } from '../media/shown.ts';
import { openRows, showDialog } from '../store.ts';

/** Opens the viewer on one of the pictures and videos that the open chat holds. */
export function showViewer(conversation: string, messageKey: string, at: number): void {
  showDialog({ kind: 'viewer', conversation, messageKey, at });
}

/** All of them, as they stand in the chat. */
export function viewable() {
  return openRows.peek().flatMap((row) => {
    if (row.kind !== 'message') return [];
    const content = mediaIn(row.body);
    return (content?.files ?? []).flatMap((file, at) =>
      (file.kind === 'image' || file.kind === 'video') && shownType(file) !== undefined
        ? [{ row, at, file, caption: content?.text }]
        : [],
    );
  });
}
