import { type Body, type Chat, type KeyChange, type Message, ticksOf, type Unsent } from './model.ts';
import { dayNumber, minuteNumber } from './times.ts';

// From messages to what is drawn: day separators, the unread divider, groups. Pure, so that drawing only has to compare.

/** What a message's mark says; absent on messages of others. */
export type Tick = 'waiting' | 'refused' | 'sent' | 'delivered' | 'read';

export interface DayRow {
  readonly kind: 'day';
  readonly key: string;
  readonly moment: number;
}

export interface UnreadRow {
  readonly kind: 'unread';
  readonly key: string;
}

/** Something the server entered, or that this client does not know, without a sender. */
export interface NoteRow {
  readonly kind: 'note';
  readonly key: string;
  readonly seq: number;
}

/** From here on the conversation is encrypted. */
export interface EncryptedRow {
  readonly kind: 'encrypted';
  readonly key: string;
  readonly seq: number;
}

/** Somebody's identity key is another one from here on. */
export interface KeyChangeRow {
  readonly kind: 'key-change';
  readonly key: string;
  readonly user: string;
}

export interface MessageRow {
  readonly kind: 'message';
  /** The same from unsent to sent, so that the bubble on the page is the same too. */
  readonly key: string;
  /** Absent while unsent. */
  readonly seq?: number;
  readonly id?: string;
  readonly from: string;
  readonly mine: boolean;
  readonly body: Body;
  /** Absent where it is not known. */
  readonly time?: number;
  readonly tick?: Tick;
  readonly refused?: { readonly code: string; readonly message: string };
  /** Begins and ends a group, the same sender in the same minute: at its end stands the time. */
  readonly first: boolean;
  readonly last: boolean;
}

export type Row = DayRow | UnreadRow | NoteRow | EncryptedRow | KeyChangeRow | MessageRow;

export interface Content {
  readonly messages: readonly Message[];
  /** Nothing newer is stored. */
  readonly atEnd: boolean;
  /** Of this conversation only; drawn only where the newest messages are. */
  readonly unsent: readonly Unsent[];
  readonly chat: Chat | undefined;
  readonly me: string;
  /** The unread divider stands before the first message of others after this seq. */
  readonly dividerAfter: number | undefined;
}

type Draft = { -readonly [Member in keyof MessageRow]: MessageRow[Member] };

export function rowsOf(content: Content): Row[] {
  const rows: Row[] = [];
  let day: number | undefined;
  let open: Draft | undefined;
  let divided = content.dividerAfter === undefined;

  const close = (): void => {
    if (open !== undefined) open.last = true;
    open = undefined;
  };
  const enterDay = (time: number): void => {
    const number = dayNumber(time);
    if (number === day) return;
    close();
    day = number;
    rows.push({ kind: 'day', key: `day ${number}`, moment: time });
  };
  const add = (row: Draft): void => {
    const joins = open !== undefined && together(open, row);
    if (open !== undefined && !joins) open.last = true;
    row.first = !joins;
    open = row;
    rows.push(row);
  };

  const { encryption } = content.chat ?? {};
  const changes = changesIn(content);
  const enterChanges = (before: number): void => {
    while (changes[0] !== undefined && changes[0].after < before) {
      const { user, after, at } = changes[0];
      changes.shift();
      close();
      rows.push({ kind: 'key-change', key: `key ${user} ${after} ${at}`, user });
    }
  };

  for (const message of content.messages) {
    enterChanges(message.seq);
    if (message.body.type === 'withheld') continue;
    if (message.body.type === 'commit') {
      if (message.seq !== encryption?.since) continue;
      close();
      if (message.time !== undefined) enterDay(message.time);
      rows.push({ kind: 'encrypted', key: `seq ${message.seq}`, seq: message.seq });
      continue;
    }
    if (message.time !== undefined) enterDay(message.time);
    if (!divided && message.from !== content.me && message.seq > (content.dividerAfter ?? 0)) {
      divided = true;
      close();
      rows.push({ kind: 'unread', key: 'unread' });
    }
    if (message.from === undefined) {
      close();
      rows.push({ kind: 'note', key: `seq ${message.seq}`, seq: message.seq });
    } else {
      add(sentRow(message, message.from, content));
    }
  }
  enterChanges(Number.POSITIVE_INFINITY);
  for (const message of content.unsent) {
    enterDay(message.written);
    add(unsentRow(message, content.me));
  }
  close();
  return rows;
}

/** The changes of keys that belong to the stretch of messages held, in order: what happened above or below it stands there. */
function changesIn({ messages, chat, atEnd }: Content): KeyChange[] {
  const first = messages[0]?.seq ?? 0;
  const last = atEnd ? Number.POSITIVE_INFINITY : (messages.at(-1)?.seq ?? 0);
  return (chat?.encryption?.changes ?? [])
    .filter(({ after }) => first - 1 <= after && after <= last)
    .toSorted((a, b) => a.after - b.after || a.at - b.at);
}

/** A message is named by its sender and the sender's id for it, before and after it has a seq. */
export function keyOf(from: string, id: string | undefined, seq: number | undefined): string {
  return id === undefined ? `seq ${seq}` : `${from} ${id}`;
}

function sentRow(message: Message, from: string, content: Content): Draft {
  const mine = from === content.me;
  return {
    kind: 'message',
    key: keyOf(from, message.id, message.seq),
    seq: message.seq,
    ...(message.id === undefined ? {} : { id: message.id }),
    from,
    mine,
    body: message.body,
    ...(message.time === undefined ? {} : { time: message.time }),
    ...(mine ? { tick: content.chat === undefined ? 'sent' : ticksOf(message, content.chat) } : {}),
    first: true,
    last: false,
  };
}

function unsentRow(message: Unsent, me: string): Draft {
  return {
    kind: 'message',
    key: keyOf(me, message.id, undefined),
    id: message.id,
    from: me,
    mine: true,
    body: message.body,
    time: message.written,
    tick: message.refused === undefined ? 'waiting' : 'refused',
    ...(message.refused === undefined ? {} : { refused: message.refused }),
    first: true,
    last: false,
  };
}

function together(above: MessageRow, below: MessageRow): boolean {
  if (above.from !== below.from || above.time === undefined || below.time === undefined) return false;
  return minuteNumber(above.time) === minuteNumber(below.time);
}

/** Whether two rows look the same, so that the second need not be drawn. */
export function alike(a: Row, b: Row): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || a.key !== b.key) return false;
  if (a.kind !== 'message' || b.kind !== 'message')
    return a.kind !== 'day' || (b.kind === 'day' && a.moment === b.moment);
  return (
    a.seq === b.seq &&
    a.tick === b.tick &&
    a.time === b.time &&
    a.first === b.first &&
    a.last === b.last &&
    a.body === b.body &&
    a.refused === b.refused
  );
}
