import { Component, createRef } from 'preact';
import type { MessageRow, Row } from '../rows.ts';
import { me, type OpenChat } from '../store.ts';
import { daySeparator, newBelow, newBelowReadout, numberChanged, text } from '../strings.ts';
import { Bubble, type MenuAt } from './Bubble.tsx';
import { Icon } from './Icon.tsx';
import { pressed } from './messageKeys.ts';
import { NoteButton } from './NoteButton.tsx';
import { type Mark, markOf, restore, show, visibleIn } from './scrolling.ts';

export interface MessageListProps {
  readonly open: OpenChat;
  readonly rows: readonly Row[];
  readonly now: number;
  /** What stands above the oldest message: the beginning is reached, or more is coming. */
  readonly atStart: boolean;
  nameOf(user: string): string;
  onMenu(at: MenuAt): void;
  onAgain(row: MessageRow): void;
  onDelete(row: MessageRow): void;
  onOlder(): void;
  onNewer(): void;
  onEnd(): void;
  onStart(): void;
  onCopy(row: MessageRow): void;
  onSeen(conversation: string, first: number, last: number, end: boolean): void;
  onRest(): void;
}

interface State {
  readonly activeKey: string | undefined;
  /** Far enough up that a way down is wanted. */
  readonly away: boolean;
  readonly foundSeq: number | undefined;
}

/** More is fetched before somebody sees the edge. */
const AHEAD_PIXELS = 1500;
const AWAY_PIXELS = 240;
const REST_MILLIS = 180;
const FOUND_MILLIS = 2_400;

/**
 * The messages that the page holds, all of them drawn: the stretch is short, so nothing has to be measured or guessed. The list is
 * laid out from its end (column-reverse), so that what is put in above moves nothing; what changes below is made good before the
 * browser paints.
 */
export class MessageList extends Component<MessageListProps, State> {
  override state: State = { activeKey: undefined, away: false, foundSeq: undefined };
  private readonly scroller = createRef<HTMLDivElement>();
  private readonly list = createRef<HTMLOListElement>();
  private frame: number | undefined;
  private resting: ReturnType<typeof setTimeout> | undefined;
  private finding: ReturnType<typeof setTimeout> | undefined;
  private readonly sizes = new ResizeObserver(() => this.look());

  override componentDidMount(): void {
    if (this.scroller.current !== null) this.sizes.observe(this.scroller.current);
    this.goToPlace();
    this.look();
  }

  override componentWillUnmount(): void {
    this.sizes.disconnect();
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    clearTimeout(this.resting);
    clearTimeout(this.finding);
  }

  override getSnapshotBeforeUpdate(): Mark | null {
    const { current: scroller } = this.scroller;
    const { current: list } = this.list;
    return scroller === null || list === null ? null : markOf(scroller, list);
  }

  override componentDidUpdate(before: MessageListProps, _state: State, mark: Mark | null): void {
    const { open, rows } = this.props;
    if (before.open.place.turn !== open.place.turn) this.goToPlace();
    else if (before.rows !== rows || before.open !== open) this.keepPlace(before, mark);
    if (before.rows === rows && before.open === open) return;
    this.look();
    this.restSoon();
  }

  private keepPlace(before: MessageListProps, mark: Mark | null): void {
    const { current: scroller } = this.scroller;
    const { current: list } = this.list;
    if (scroller === null || list === null || mark === null) return;
    // Whoever was at the end of the newest stays there; at the end of an older stretch they stay with the message they read.
    if (mark.end && before.open.range.atEnd && this.props.open.range.atEnd) scroller.scrollTop = 0;
    else restore(scroller, list, mark);
  }

  private goToPlace(): void {
    const { current: scroller } = this.scroller;
    const { current: list } = this.list;
    if (scroller === null || list === null) return;
    const { place } = this.props.open;
    if (place.at === 'end') scroller.scrollTop = 0;
    else if (place.at === 'divider') show(scroller, list.querySelector('.unread-divider'), 0.15);
    else this.find(scroller, list, place.seq);
  }

  private find(scroller: HTMLElement, list: HTMLElement, seq: number): void {
    const element = list.querySelector<HTMLElement>(`[data-seq="${seq}"]`);
    show(scroller, element, 0.35);
    clearTimeout(this.finding);
    this.setState({ foundSeq: seq, activeKey: element?.dataset['key'] });
    this.finding = setTimeout(() => this.setState({ foundSeq: undefined }), FOUND_MILLIS);
  }

  private readonly scrolled = (): void => {
    this.look();
    clearTimeout(this.resting);
    this.resting = undefined;
    this.restSoon();
  };

  /** Also where nobody scrolls: a chat that goes on and on in front of somebody must not grow without end. */
  private restSoon(): void {
    this.resting ??= setTimeout(() => {
      this.resting = undefined;
      this.props.onRest();
    }, REST_MILLIS);
  }

  /** At most once a frame: what is in view, and whether an edge comes near. */
  private look(): void {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.lookNow();
    });
  }

  private lookNow(): void {
    const { current: scroller } = this.scroller;
    const { current: list } = this.list;
    if (scroller === null || list === null) return;
    const { open } = this.props;
    const below = -scroller.scrollTop;
    const above = scroller.scrollHeight - scroller.clientHeight - below;
    if (above < AHEAD_PIXELS && open.loading === undefined && open.olderProblem === undefined) this.props.onOlder();
    if (below < AHEAD_PIXELS && open.loading === undefined && !open.range.atEnd) this.props.onNewer();
    const away = !open.range.atEnd || below > AWAY_PIXELS;
    if (away !== this.state.away) this.setState({ away });
    const seen = visibleIn(scroller, list);
    if (seen !== undefined)
      this.props.onSeen(open.range.conversation, seen.first, seen.last, open.range.atEnd && below < 48);
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    const { current: scroller } = this.scroller;
    const { current: list } = this.list;
    if (scroller !== null && list !== null) pressed(event, { scroller, list, ...this.props });
  };

  private readonly focused = (event: FocusEvent): void => {
    const item = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-key]') : null;
    const key = item?.dataset['key'];
    if (key !== undefined && key !== this.state.activeKey) this.setState({ activeKey: key });
  };

  override render({ open, rows, now, atStart }: MessageListProps, { activeKey, away, foundSeq }: State) {
    const active = this.activeOf(rows, activeKey);
    return (
      <div class="messages">
        <div class="scroller" ref={this.scroller} onScroll={this.scrolled}>
          <div class="scrolled">
            <div class="top-note">
              {open.loading === 'older' ? (
                text.loadingOlder
              ) : open.olderProblem === undefined ? (
                atStart && text.beginning
              ) : (
                <>
                  {open.olderProblem}{' '}
                  <button type="button" class="small" onClick={this.props.onOlder}>
                    {text.tryAgain}
                  </button>
                </>
              )}
            </div>
            <ol
              class="rows"
              aria-label={text.messages}
              ref={this.list}
              onKeyDown={this.pressed}
              onFocusCapture={this.focused}
            >
              {rows.map((row) =>
                this.row(
                  row,
                  now,
                  row.key === active,
                  row.kind === 'message' && row.seq !== undefined && row.seq === foundSeq,
                ),
              )}
            </ol>
          </div>
        </div>
        {away && (
          <button
            type="button"
            class={`to-end ${open.below > 0 ? 'with-news' : ''}`}
            aria-label={open.below > 0 ? newBelowReadout(open.below) : text.toEnd}
            onClick={this.props.onEnd}
          >
            {open.below > 0 && <span>{newBelow(open.below)}</span>}
            <Icon name="down" />
          </button>
        )}
      </div>
    );
  }

  private activeOf(rows: readonly Row[], key: string | undefined): string | undefined {
    if (key !== undefined && rows.some((row) => row.key === key)) return key;
    return rows.findLast((row) => row.kind === 'message')?.key;
  }

  private row(row: Row, now: number, active: boolean, found: boolean) {
    const { conversation } = this.props.open.range;
    switch (row.kind) {
      case 'day':
        return (
          <li class="day" key={row.key}>
            <span>{daySeparator(row.moment, now)}</span>
          </li>
        );
      case 'unread':
        return (
          <li class="unread-divider" key={row.key}>
            <span>{text.unreadHere}</span>
          </li>
        );
      case 'note':
        return (
          <li class="day" key={row.key} data-seq={row.seq}>
            <span>{text.unsupported}</span>
          </li>
        );
      case 'encrypted':
        return (
          <li class="day" key={row.key} data-seq={row.seq}>
            <NoteButton icon="lock" conversation={conversation} sentence={text.encryptedFromHere} />
          </li>
        );
      case 'key-change':
        return (
          <li class="day" key={row.key}>
            <NoteButton
              icon="shieldAlert"
              conversation={conversation}
              sentence={row.user === me.value ? text.ownNumberChanged : numberChanged(this.props.nameOf(row.user))}
              warns
            />
          </li>
        );
      case 'message':
        return (
          <Bubble
            key={row.key}
            row={row}
            conversation={conversation}
            who={this.props.nameOf(row.from)}
            active={active}
            found={found}
            now={now}
            onMenu={this.props.onMenu}
            onAgain={this.props.onAgain}
            onDelete={this.props.onDelete}
          />
        );
    }
  }
}
