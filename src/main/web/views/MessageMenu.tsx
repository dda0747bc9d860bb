import { deleteUnsent, sendAgain } from '../actions/compose.ts';
import { textOf } from '../actions/names.ts';
import type { MessageRow } from '../rows.ts';
import { showDialog, showHint } from '../store.ts';
import { text } from '../strings.ts';
import type { MenuAt } from './Bubble.tsx';
import { Menu, type MenuItem } from './Menu.tsx';

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

/** What can be done with one message. */
export function MessageMenu(props: { readonly at: MenuAt; readonly conversation: string; onClose(): void }) {
  const { row, x, y } = props.at;
  const { conversation } = props;
  const items: MenuItem[] = [];
  if (textOf(row.body) !== undefined) items.push({ icon: 'copy', label: text.copy, act: () => void copyText(row) });
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
