import { inWords, isGroup, nameOf, whyNot } from '../actions/names.ts';
import { learnedAt } from '../marks.ts';
import type { Receipt } from '../model.ts';
import { me, showDialog, store } from '../store.ts';
import { exactTime, reachedAt, text, unreadableWhy } from '../strings.ts';
import { Dialog } from './Dialog.tsx';

const close = (): void => showDialog(undefined);

function stays(receipt: Receipt, seq: number): boolean {
  return receipt.not?.some(([first, last]) => first <= seq && seq <= last) ?? false;
}

/** What is known of one message. The server tells how far somebody has come; when, only this device may have seen. */
export function MessageInfoDialog({ conversation, seq }: { readonly conversation: string; readonly seq: number }) {
  const message = store.open.value?.range.messages.find((held) => held.seq === seq);
  const { receipts = [], marks = [] } = store.chats.value.get(conversation) ?? {};
  if (message === undefined) return null;
  const mine = message.from === me.value;
  const group = isGroup(conversation);
  const why = whyNot(message.body);
  const reached = (receipt: Receipt, mark: 'delivered' | 'read'): string => {
    if (receipt[mark] < seq || stays(receipt, seq)) return text.infoNotYet;
    const learned = learnedAt(marks.find(({ user }) => user === receipt.user)?.[mark] ?? [], seq);
    if (learned === undefined) return text.infoYes;
    // The two clocks are not quite the same, and nothing arrives before it was sent.
    return reachedAt(Math.max(learned.at, message.time ?? 0), learned.isLate, store.minute.value);
  };
  return (
    <Dialog title={text.info} onClose={close}>
      <blockquote class="quote">
        {why === undefined ? inWords(message.body) : unreadableWhy(why, mine, nameOf(message.from ?? ''))}
      </blockquote>
      <dl class="facts">
        {!mine && (
          <div>
            <dt>{text.infoFrom}</dt>
            <dd>{nameOf(message.from ?? '')}</dd>
          </div>
        )}
        {message.time !== undefined && (
          <div>
            <dt>{text.infoSent}</dt>
            <dd>{exactTime(message.time)}</dd>
          </div>
        )}
        {mine &&
          receipts.flatMap((receipt) =>
            (['delivered', 'read'] as const).map((mark) => (
              <div key={`${receipt.user} ${mark}`}>
                <dt>
                  {mark === 'delivered' ? text.infoDelivered : text.infoRead}
                  {group && `, ${nameOf(receipt.user)}`}
                </dt>
                <dd>{reached(receipt, mark)}</dd>
              </div>
            )),
          )}
      </dl>
    </Dialog>
  );
}
