import { Component } from 'preact';
import type { Tick } from '../rows.ts';
import { chatReadout, text, unreadBadge } from '../strings.ts';
import { Avatar } from './Avatar.tsx';
import { Ticks } from './Ticks.tsx';

/** All that a line of the list shows, as plain values: so comparing says whether it must be drawn again. */
export interface ChatLine {
  readonly conversation: string;
  readonly peer: string;
  readonly name: string;
  readonly notes: boolean;
  /** The last message, a draft, or who types. */
  readonly line: string;
  readonly lead: '' | 'draft' | 'you';
  readonly typing: boolean;
  readonly time: string;
  readonly unread: number;
  readonly tick: Tick | undefined;
  readonly href: string;
  readonly open: boolean;
  /** The one that Tab reaches. */
  readonly reachable: boolean;
}

function same(a: ChatLine, b: ChatLine): boolean {
  return (Object.keys(a) as (keyof ChatLine)[]).every((member) => a[member] === b[member]);
}

export class ChatRow extends Component<{ readonly chat: ChatLine }> {
  override shouldComponentUpdate(next: { readonly chat: ChatLine }): boolean {
    return !same(next.chat, this.props.chat);
  }

  override render({ chat }: { readonly chat: ChatLine }) {
    const lead = chat.lead === 'draft' ? text.draft : chat.lead === 'you' ? text.you : '';
    const readout = chatReadout({
      name: chat.name,
      unread: chat.unread,
      line: `${lead} ${chat.line}`.trim(),
      time: chat.time,
      tick: chat.lead === 'draft' || chat.typing ? undefined : chat.tick,
    });
    return (
      <li>
        <a
          class={`chat-row ${chat.unread > 0 ? 'has-unread' : ''}`}
          href={chat.href}
          data-item
          data-conversation={chat.conversation}
          tabIndex={chat.reachable ? 0 : -1}
          aria-current={chat.open ? 'page' : undefined}
          aria-label={readout}
        >
          <Avatar id={chat.peer} name={chat.name} notes={chat.notes} />
          <span class="chat-row-top">
            <span class="chat-row-name">{chat.name}</span>
            <span class="chat-row-time">{chat.time}</span>
          </span>
          <span class="chat-row-bottom">
            {chat.tick !== undefined && chat.lead !== 'draft' && !chat.typing && (
              <Ticks tick={chat.tick} spoken={false} />
            )}
            <span class={`chat-row-line ${chat.typing ? 'live' : ''}`}>
              {chat.lead === 'draft' && <span class="draft">{lead} </span>}
              {chat.line}
            </span>
            {chat.unread > 0 && <span class="badge">{unreadBadge(chat.unread)}</span>}
          </span>
        </a>
      </li>
    );
  }
}
