import { type MediaFile, mediaIn } from '../media/files.ts';
import { shownType } from '../media/shown.ts';
import type { MessageRow } from '../rows.ts';
import { openRows, showDialog } from '../store.ts';

/** A picture or a video of the open chat. */
export interface Viewable {
  /** Names the message and the file in it. */
  readonly key: string;
  readonly row: MessageRow;
  readonly file: MediaFile;
  readonly caption: string | undefined;
}

/** Opens the viewer on one of them. */
export function showViewer(conversation: string, messageKey: string, at: number): void {
  showDialog({ kind: 'viewer', conversation, messageKey, at });
}

/** All that can be looked at, as they stand in the chat; what is on its way out is not yet anywhere to be fetched from. */
export function viewable(): readonly Viewable[] {
  return openRows.peek().flatMap((row) => {
    if (row.kind !== 'message') return [];
    const content = mediaIn(row.body);
    return (content?.files ?? []).flatMap((file, at) =>
      (file.kind === 'image' || file.kind === 'video') && file.media !== '' && shownType(file) !== undefined
        ? [{ key: `${row.key} ${at}`, row, file, caption: content?.text }]
        : [],
    );
  });
}
