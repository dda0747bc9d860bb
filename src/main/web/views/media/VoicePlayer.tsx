import { useEffect, useMemo, useRef } from 'preact/hooks';
import { nextSpeed, Playback, speed } from '../../media/playback.ts';
import { mediaText, minutes, positionReadout, speedName } from '../../media/strings.ts';
import { BARS, barsOf } from '../../media/waveform.ts';
import { IconButton } from '../IconButton.tsx';

export interface VoicePlayerProps {
  /** In seconds. */
  readonly duration: number;
  /** base64url of 64 bytes. */
  readonly waveform: string;
  /** Whether Tab reaches it: in a list of messages only those of the one that is chosen. */
  readonly reachable?: boolean;
  /** The address of the recording. It may be revoked as soon as the signal says that it is not played any more. */
  load(signal: AbortSignal): Promise<string>;
}

const STEP_SECONDS = 5;
const PAGE_SECONDS = 30;
const BAR_WIDTH = 3;
const BAR_EVERY = 5;
const HEIGHT = 32;
const LEAST = 3;

/** A voice message, to be heard. */
export function VoicePlayer(props: VoicePlayerProps) {
  const { duration, waveform, reachable = true } = props;
  const load = useRef(props.load);
  load.current = props.load;
  const playback = useMemo(() => new Playback(duration, (signal) => load.current(signal)), [duration]);
  useEffect(() => () => playback.end(), [playback]);
  const state = playback.state.value;
  const position = playback.position.value;
  const isOn = state === 'playing' || state === 'loading';
  const tabIndex = reachable ? 0 : -1;
  const toggle = (): void => {
    if (isOn) playback.pause();
    else void playback.play();
  };
  return (
    <fieldset class="voice" aria-label={mediaText.voice}>
      <IconButton
        icon={isOn ? 'pause' : 'play'}
        class={`voice-play ${state === 'loading' ? 'is-loading' : ''}`}
        label={isOn ? mediaText.pause : mediaText.play}
        aria-busy={state === 'loading'}
        tabIndex={tabIndex}
        onClick={toggle}
      />
      <Waveform
        bars={waveform}
        duration={duration}
        position={position}
        tabIndex={tabIndex}
        onSeek={(seconds) => playback.seek(seconds)}
        onToggle={toggle}
      />
      <span class="voice-time" aria-hidden="true">
        {minutes(position > 0 ? position : duration)}
      </span>
      <button
        type="button"
        class="voice-speed"
        aria-label={speedName(speed.value)}
        title={speedName(speed.value)}
        tabIndex={tabIndex}
        onClick={nextSpeed}
      >
        {speed.value}×
      </button>
      {state === 'failed' && (
        <p class="voice-failed" role="alert">
          {mediaText.voiceFailed}
        </p>
      )}
    </fieldset>
  );
}

function Waveform(props: {
  readonly bars: string;
  readonly duration: number;
  readonly position: number;
  readonly tabIndex: number;
  onSeek(seconds: number): void;
  onToggle(): void;
}) {
  const { bars, duration, position, tabIndex, onSeek, onToggle } = props;
  const levels = useMemo(() => barsOf(bars), [bars]);
  const played = duration === 0 ? 0 : (position / duration) * BARS;

  const pressed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = soughtBy(event.key, position, duration);
    if (to === undefined && event.key !== ' ' && event.key !== 'Enter') return;
    event.preventDefault();
    event.stopPropagation(); // in a list of messages these keys go from one to the next
    if (to === undefined) onToggle();
    else onSeek(to);
  };
  const pointed = (event: PointerEvent & { currentTarget: Element }): void => {
    if (event.type === 'pointerdown') {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
    } else if (!event.currentTarget.hasPointerCapture(event.pointerId)) {
      return;
    }
    event.stopPropagation(); // holding it is no long press on the message
    const { left, width } = event.currentTarget.getBoundingClientRect();
    onSeek(((event.clientX - left) / width) * duration);
  };

  return (
    <div
      class="voice-waveform"
      role="slider"
      tabIndex={tabIndex}
      aria-label={mediaText.position}
      aria-valuemin={0}
      aria-valuemax={Math.round(duration)}
      aria-valuenow={Math.round(position)}
      aria-valuetext={positionReadout(position, duration)}
      onKeyDown={pressed}
      onPointerDown={pointed}
      onPointerMove={pointed}
    >
      <svg viewBox={`0 0 ${BARS * BAR_EVERY} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {levels.map((level, at) => {
          const height = LEAST + level * (HEIGHT - LEAST);
          return (
            <rect
              key={at}
              class={at < played ? 'played' : undefined}
              x={at * BAR_EVERY + 1}
              y={(HEIGHT - height) / 2}
              width={BAR_WIDTH}
              height={height}
              rx={1.5}
            />
          );
        })}
      </svg>
    </div>
  );
}

function soughtBy(key: string, position: number, duration: number): number | undefined {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowUp':
      return position + STEP_SECONDS;
    case 'ArrowLeft':
    case 'ArrowDown':
      return position - STEP_SECONDS;
    case 'PageUp':
      return position + PAGE_SECONDS;
    case 'PageDown':
      return position - PAGE_SECONDS;
    case 'Home':
      return 0;
    case 'End':
      return duration;
    default:
      return undefined;
  }
}
