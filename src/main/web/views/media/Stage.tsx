import { Component } from 'preact';
import { moved, type Placement, type Room, WHOLE, zoomed } from '../../media/placement.ts';

interface Props {
  readonly kind: 'image' | 'video';
  readonly label: string;
  readonly width?: number;
  readonly height?: number;
  readonly previewUrl?: string;
  readonly url: string | undefined;
  onReady(handle: StageHandle): void;
  onScale(scale: number): void;
  onBefore(): void;
  onAfter(): void;
  onClose(): void;
  /** What was loaded cannot be shown. */
  onBroken(): void;
}

/** What the keys and buttons around it do to it. */
export interface StageHandle {
  zoom(factor: number): void;
  whole(): void;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** What is done by a finger that is moved: it is decided by its first steps. */
type Drag = 'undecided' | 'across' | 'down' | 'pan';

const DECIDED_AFTER = 10;
const SWIPED_AFTER = 64;
const CLOSED_AFTER = 110;
const ENLARGED_BY = 2.5;
/** The lower part of a video is for its own controls. */
const CONTROLS_HEIGHT = 88;

/** One picture or video, and what hands do to it: pinch, wheel, drag, swipe, press twice. */
export class Stage extends Component<Props> implements StageHandle {
  private readonly pointers = new Map<number, Point>();
  private placement: Placement = WHOLE;
  private drag: Drag = 'undecided';
  private begun: Point = { x: 0, y: 0 };
  private element: HTMLElement | null = null;
  private content: HTMLElement | null = null;

  zoom(factor: number): void {
    this.zoomAt(factor, { x: 0, y: 0 }, true);
  }

  whole(): void {
    this.place(WHOLE, true);
  }

  private zoomAt(factor: number, { x, y }: Point, isSmooth: boolean): void {
    if (this.props.kind === 'image') this.place(zoomed(this.placement, factor, x, y, this.room()), isSmooth);
  }

  /** From the middle of the stage. */
  private pointOf(event: MouseEvent): Point {
    const box = this.element?.getBoundingClientRect() ?? new DOMRect();
    return { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 };
  }

  private room(): Room {
    return {
      width: this.content?.offsetWidth ?? 0,
      height: this.content?.offsetHeight ?? 0,
      roomWidth: this.element?.clientWidth ?? 0,
      roomHeight: this.element?.clientHeight ?? 0,
    };
  }

  private place(placement: Placement, isSmooth: boolean): void {
    if (placement.scale !== this.placement.scale) this.props.onScale(placement.scale);
    this.placement = placement;
    this.element?.classList.toggle('is-enlarged', placement.scale > 1);
    this.draw(placement, isSmooth);
  }

  /** Through the style object, which the Content-Security-Policy allows, and not by drawing all anew at each step. */
  private draw({ scale, x, y }: Placement, isSmooth: boolean): void {
    if (this.content === null) return;
    this.content.classList.toggle('is-smooth', isSmooth);
    this.content.style.transform = scale === 1 && x === 0 && y === 0 ? '' : `translate(${x}px, ${y}px) scale(${scale})`;
  }

  private readonly down = (event: PointerEvent): void => {
    if (event.pointerType === 'mouse' && event.button !== 0) return;
    if (event.target instanceof HTMLVideoElement) {
      const { bottom } = event.target.getBoundingClientRect();
      if (event.pointerType === 'mouse' || event.clientY > bottom - CONTROLS_HEIGHT) return;
    }
    this.pointers.set(event.pointerId, this.pointOf(event));
    this.drag = this.placement.scale > 1 || this.pointers.size > 1 ? 'pan' : 'undecided';
    this.begun = this.pointOf(event);
    if (this.props.kind === 'image') this.element?.setPointerCapture(event.pointerId);
  };

  private readonly move = (event: PointerEvent): void => {
    const before = this.pointers.get(event.pointerId);
    if (before === undefined) return;
    const now = this.pointOf(event);
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, now);
    if (other !== undefined) this.pinch(before, now, other);
    else if (this.drag === 'pan')
      this.place(moved(this.placement, now.x - before.x, now.y - before.y, this.room()), false);
    else if (event.pointerType !== 'mouse') this.swipe(now);
  };

  private pinch(before: Point, now: Point, other: Point): void {
    if (this.props.kind !== 'image') return;
    const factor = distance(now, other) / Math.max(1, distance(before, other));
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    const enlarged = zoomed(this.placement, factor, middle.x, middle.y, this.room());
    this.place(moved(enlarged, (now.x - before.x) / 2, (now.y - before.y) / 2, this.room()), false);
  }

  private swipe(now: Point): void {
    const x = now.x - this.begun.x;
    const y = now.y - this.begun.y;
    if (this.drag === 'undecided' && Math.hypot(x, y) > DECIDED_AFTER) {
      this.drag = Math.abs(x) > Math.abs(y) ? 'across' : 'down';
    }
    if (this.drag === 'across') this.draw({ scale: 1, x, y: 0 }, false);
    if (this.drag === 'down') this.draw({ scale: 1, x: 0, y: Math.max(0, y) }, false);
  }

  private readonly up = (event: PointerEvent): void => {
    const last = this.pointers.get(event.pointerId);
    if (last === undefined) return;
    this.pointers.delete(event.pointerId);
    if (this.pointers.size > 0) return;
    const { drag, props } = this;
    const x = last.x - this.begun.x;
    this.drag = 'undecided';
    if (drag === 'pan') return;
    this.draw(this.placement, true);
    if (drag === 'across' && x > SWIPED_AFTER) props.onBefore();
    if (drag === 'across' && x < -SWIPED_AFTER) props.onAfter();
    if (drag === 'down' && last.y - this.begun.y > CLOSED_AFTER) props.onClose();
  };

  /** The browser has taken it for something of its own. */
  private readonly cancel = (event: PointerEvent): void => {
    this.pointers.delete(event.pointerId);
    this.drag = 'undecided';
    this.draw(this.placement, true);
  };

  private readonly wheel = (event: WheelEvent): void => {
    if (this.props.kind !== 'image') return;
    event.preventDefault();
    // Fingers on a pad say many small steps, a wheel few large ones.
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * 33;
    this.zoomAt(Math.exp(-Math.max(-150, Math.min(150, lines)) / 300), this.pointOf(event), false);
  };

  private readonly twice = (event: MouseEvent): void => {
    if (this.placement.scale > 1) this.whole();
    else this.zoomAt(ENLARGED_BY, this.pointOf(event), true);
  };

  private readonly resized = (): void => this.place(WHOLE, false);

  override componentDidMount(): void {
    // Preact would listen passively, and the page behind would be enlarged too.
    this.element?.addEventListener('wheel', this.wheel, { passive: false });
    window.addEventListener('resize', this.resized);
    this.props.onReady(this);
    this.props.onScale(1);
  }

  override componentWillUnmount(): void {
    this.element?.removeEventListener('wheel', this.wheel);
    window.removeEventListener('resize', this.resized);
  }

  private readonly hold = (element: HTMLElement | null): void => {
    this.element = element;
  };

  private readonly holdContent = (element: HTMLElement | null): void => {
    this.content = element;
  };

  override render({ kind, label, width, height, previewUrl, url, onBroken }: Props) {
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: all that can be done here can be done by keys and buttons too
      <div
        class="viewer-stage"
        ref={this.hold}
        onPointerDown={this.down}
        onPointerMove={this.move}
        onPointerUp={this.up}
        onPointerCancel={this.cancel}
        onDblClick={kind === 'image' ? this.twice : undefined}
      >
        {url === undefined && previewUrl !== undefined && (
          <img
            class="viewer-preview"
            src={previewUrl}
            alt=""
            draggable={false}
            style={width === undefined ? {} : { width: `${width}px`, aspectRatio: `${width} / ${height ?? width}` }}
          />
        )}
        {url !== undefined && kind === 'image' && (
          <img
            ref={this.holdContent}
            class="viewer-picture"
            src={url}
            alt={label}
            width={width}
            height={height}
            draggable={false}
            onError={onBroken}
          />
        )}
        {url !== undefined && kind === 'video' && (
          // biome-ignore lint/a11y/useMediaCaption: what people send each other has no subtitles
          <video
            ref={this.holdContent}
            class="viewer-picture"
            src={url}
            aria-label={label}
            width={width}
            height={height}
            controls
            controlsList="nodownload noremoteplayback" // it is saved under its name, by the button above
            playsInline
            onError={onBroken}
          />
        )}
      </div>
    );
  }
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
