import { Component } from 'preact';
import { inWords, isGroup, textOf, whyNot } from '../actions/names.ts';
import { fewEmoji } from '../emoji.ts';
import { mediaIn } from '../media/files.ts';
import { alike, type MessageRow } from '../rows.ts';
import { messageReadout, refusal, text, unreadableWhy, yourself } from '../strings.ts';
import { clockTime } from '../times.ts';
import { IconButton } from './IconButton.tsx';
import { Files } from './media/Files.tsx';
import { RichText } from './RichText.tsx';
import { Ticks } from './Ticks.tsx';

export interface MenuAt {
  readonly row: MessageRow;
  readonly x: number;
  readonly y: number;
}

interface Props {
  readonly row: MessageRow;
  readonly conversation: string;
  /** The sender's name. */
  readonly who: string;
  /** The one message that Tab reaches. */
  readonly active: boolean;
  readonly found: boolean;
  /** The local day, since times are told relative to it. */
  readonly now: number;
  onMenu(at: MenuAt): void;
  onAgain(row: MessageRow): void;
  onDelete(row: MessageRow): void;
}

const LONG_PRESS_MILLIS = 450;

/** One message. It reads no signals, so that it is drawn again only if it looks different. */
export class Bubble extends Component<Props> {
  private pressing: ReturnType<typeof setTimeout> | undefined;

  override shouldComponentUpdate(next: Props): boolean {
    const held = this.props;
    return (
      !alike(next.row, held.row) ||
      next.who !== held.who ||
      next.active !== held.active ||
      next.found !== held.found ||
      next.now !== held.now
    );
  }

  private readonly menu = (event: MouseEvent): void => {
    // On a link the browser's own menu is the useful one; after marking text too.
    if (event.target instanceof Element && event.target.closest('a') !== null) return;
    if (window.getSelection()?.isCollapsed === false) return;
    event.preventDefault();
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    // From the keyboard there is no place of the pointer.
    const pointed = event.clientX !== 0 || event.clientY !== 0;
    this.props.onMenu({
      row: this.props.row,
      x: pointed ? event.clientX : box.left + 16,
      y: pointed ? event.clientY : box.top + 16,
    });
  };

  private readonly press = (event: PointerEvent): void => {
    if (event.pointerType !== 'touch') return;
    const { clientX: x, clientY: y } = event;
    this.release();
    this.pressing = setTimeout(() => this.props.onMenu({ row: this.props.row, x, y }), LONG_PRESS_MILLIS);
  };

  private readonly release = (): void => clearTimeout(this.pressing);

  override componentWillUnmount(): void {
    this.release();
  }

  override render({ row, conversation, who, active, found, now, onMenu, onAgain, onDelete }: Props) {
    const files = mediaIn(row.body)?.files;
    const content = textOf(row.body);
    const why = whyNot(row.body);
    const instead = why === undefined ? text.unsupported : unreadableWhy(why, row.mine, who);
    const large = content === undefined || files !== undefined ? 0 : fewEmoji(content);
    const classes = ['message', row.mine ? 'mine' : 'theirs'];
    if (row.first) classes.push('first');
    if (row.last) classes.push('last');
    if (large > 0) classes.push('large');
    if (files !== undefined) classes.push('with-files');
    if (found) classes.push('found');
    if (row.tick === 'refused') classes.push('is-refused');
    const readout = messageReadout({
      who: row.mine ? yourself : who,
      content: files === undefined ? (content ?? instead) : inWords(row.body),
      time: row.time,
      now,
      tick: row.tick,
    });
    return (
      <li class={classes.join(' ')} data-key={row.key} data-seq={row.seq}>
        <article
          class="bubble"
          aria-label={readout}
          tabIndex={active ? 0 : -1}
          data-item
          onContextMenu={this.menu}
          onPointerDown={this.press}
          onPointerUp={this.release}
          onPointerCancel={this.release}
          onPointerMove={this.release}
        >
          {row.first && !row.mine && isGroup(conversation) && <p class="sender">{who}</p>}
          {files !== undefined && <Files row={row} conversation={conversation} files={files} reachable={active} />}
          <div class="content" dir="auto">
            {content === undefined ? (
              files !== undefined ? null : (
                <span class="unsupported" title={why === undefined ? text.unsupportedHint : undefined}>
                  {instead}
                </span>
              )
            ) : (
              <RichText text={content} reachable={active} />
            )}
            {(row.last || row.mine) && (
              <span class="meta">
                {row.last && row.time !== undefined && (
                  <time dateTime={new Date(row.time).toISOString()}>{clockTime(row.time)}</time>
                )}
                {row.tick !== undefined && <Ticks tick={row.tick} spoken={true} />}
              </span>
            )}
          </div>
          <IconButton
            icon="more"
            class="bubble-more"
            label={text.messageMenu}
            tabIndex={active ? 0 : -1}
            onClick={(event) => {
              const box = event.currentTarget.getBoundingClientRect();
              onMenu({ row, x: box.left, y: box.bottom });
            }}
          />
        </article>
        {row.refused !== undefined && (
          <div class="refusal">
            <p>{refusal(row.refused.code, row.refused.message)}</p>
            <button type="button" class="small" onClick={() => onAgain(row)}>
              {text.tryAgain}
            </button>
            <button type="button" class="small plain" onClick={() => onDelete(row)}>
              {text.delete}
            </button>
          </div>
        )}
      </li>
    );
  }
}
