import { deleteUnsent, sendAgain } from '../actions/compose.ts';
import { textOf } from '../actions/names.ts';
import { fileText } from '../fileTexts.ts';
import { fileName, type MediaFile, mediaIn } from '../media/files.ts';
import type { MessageRow } from '../rows.ts';
import { showDialog, showHint } from '../store.ts';
import { text } from '../strings.ts';
import type { MenuAt } from './Bubble.tsx';
import { Menu, type MenuItem } from './Menu.tsx';
import { saveQuietly } from './media/saving.ts';

export async function copyText(row: MessageRow): Promise<void> {
  const content = textOf(row.body);
  if (content === undefined) return showHint(text.nothingToCopy);
  await copy(content);
}

export async function copy(content: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(content);
    showHint(text.copied);
  } catch {
    showHint(text.copyFailed);
  }
}

/** Its files that can be had; of more than a few each is saved by itself. */
function savable({ body }: MessageRow): readonly MediaFile[] {
  return (mediaIn(body)?.files ?? []).filter(({ media }) => media !== '').slice(0, SAVABLE_MOST);
}

const SAVABLE_MOST = 4;

/** What can be done with one message. */
export function MessageMenu(props: { readonly at: MenuAt; readonly conversation: string; onClose(): void }) {
  const { row, x, y } = props.at;
  const { conversation } = props;
  const items: MenuItem[] = [];
  if (textOf(row.body) !== undefined) items.push({ icon: 'copy', label: text.copy, act: () => void copyText(row) });
  for (const file of savable(row)) {
    const label = fileText.saveOf(fileName(file));
    items.push({ icon: 'download', label, act: () => void saveQuietly(conversation, file) });
  }
  const { seq, id } = row;
  if (seq !== undefined) {
    items.push({ icon: 'info', label: text.info, act: () => showDialog({ kind: 'message-info', conversation, seq }) });
  }
  if (row.refused !== undefined && id !== undefined) {
    items.push({ icon: 'again', label: text.tryAgain, act: () => void sendAgain({ id, conversation }) });
    items.push({ icon: 'trash', label: text.delete, act: () => void deleteUnsent({ id, conversation }) });
  }
  return <Menu label={text.messageMenu} x={x} y={y} items={items} onClose={props.onClose} />;
}
