import { useEffect, useRef, useState } from 'preact/hooks';
import { type Recorded, Recording, RecordingFailed, type RecordingProblem } from '../../media/recording.ts';
import { mediaText, minutes } from '../../media/strings.ts';
import { Icon } from '../Icon.tsx';
import { IconButton } from '../IconButton.tsx';

export interface VoiceRecorderProps {
  /** It began by a press that is still held: let go, it is sent; slid to the left, discarded; slid up, it goes on by itself. */
  readonly held?: boolean;
  onDone(recorded: Recorded): void;
  /** Nothing came of it. */
  onCancel(): void;
}

type Phase = 'waiting' | 'recording' | 'full' | 'ending' | { readonly problem: RecordingProblem };

const PROBLEMS: Record<RecordingProblem, string> = {
  refused: mediaText.microphoneRefused,
  missing: mediaText.microphoneMissing,
  busy: mediaText.microphoneBusy,
  unsupported: mediaText.recordingUnsupported,
  broken: mediaText.recordingBroken,
};

const REDRAWN_MILLIS = 100;
const SLID_BY = 72;
/** What is shorter was pressed by mistake. */
const SHORTEST_SECONDS = 0.5;

/** Records as soon as it is there. */
export function VoiceRecorder(props: VoiceRecorderProps) {
  const held = useRef(props);
  held.current = props;
  const recording = useRef<Recording | undefined>(undefined);
  const isSent = useRef(false);
  const area = useRef<HTMLFieldSetElement>(null);
  const [phase, setPhase] = useState<Phase>('waiting');
  const [isHeld, setHeld] = useState(props.held ?? false);
  const [attempt, setAttempt] = useState(0);
  const [now, setNow] = useState({ seconds: 0, level: 0 });

  useEffect(() => {
    const over = new AbortController();
    const ended = (): void => {
      if (!over.signal.aborted && !isSent.current) setPhase('full');
    };
    setPhase('waiting');
    Recording.begin(ended, over.signal).then(
      (begun) => {
        if (over.signal.aborted) {
          begun.discard();
          return;
        }
        recording.current = begun;
        setPhase('recording');
      },
      (problem: unknown) => {
        if (over.signal.aborted) return;
        setHeld(false);
        setPhase({ problem: problem instanceof RecordingFailed ? problem.why : 'broken' });
      },
    );
    const timer = setInterval(() => {
      const { seconds = 0, level = 0 } = recording.current ?? {};
      setNow({ seconds, level });
    }, REDRAWN_MILLIS);
    return () => {
      over.abort();
      clearInterval(timer);
      if (!isSent.current) recording.current?.discard();
      recording.current = undefined;
    };
  }, [attempt]);

  // The keyboard is here from the beginning: Esc discards, Enter sends.
  useEffect(() => area.current?.focus(), []);

  const cancel = (): void => held.current.onCancel();
  const send = (): void => {
    const made = recording.current;
    if (made === undefined || isSent.current) return;
    if (made.seconds < SHORTEST_SECONDS) {
      cancel();
      return;
    }
    isSent.current = true;
    setPhase('ending');
    made.finish().then(
      (recorded) => held.current.onDone(recorded),
      () => {
        isSent.current = false;
        recording.current = undefined;
        setPhase({ problem: 'broken' });
      },
    );
  };
  const acts = useRef({ send, cancel });
  acts.current = { send, cancel };

  useEffect(() => {
    if (!isHeld) return;
    const over = new AbortController();
    const { signal } = over;
    let begun: { readonly x: number; readonly y: number } | undefined;
    const slid = ({ clientX: x, clientY: y }: PointerEvent): void => {
      begun ??= { x, y };
      if (begun.x - x > SLID_BY) acts.current.cancel();
      else if (begun.y - y > SLID_BY) setHeld(false);
    };
    const letGo = (): void => {
      if (recording.current === undefined)
        setHeld(false); // let go to answer what the browser asks
      else acts.current.send();
    };
    window.addEventListener('pointermove', slid, { signal });
    window.addEventListener('pointerup', letGo, { signal });
    window.addEventListener('pointercancel', () => setHeld(false), { signal });
    return () => over.abort();
  }, [isHeld]);

  const pressed = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' && !(event.key === 'Enter' && event.target === area.current)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape') cancel();
    else send();
  };
  const problem = typeof phase === 'object' ? phase.problem : undefined;
  const canSend = phase === 'recording' || phase === 'full';
  return (
    <fieldset class="voice-recorder" aria-label={mediaText.recording} tabIndex={-1} ref={area} onKeyDown={pressed}>
      <IconButton icon="trash" label={mediaText.discard} onClick={cancel} />
      {problem !== undefined && (
        <>
          <p class="problem voice-problem" role="alert">
            {PROBLEMS[problem]}
          </p>
          {problem !== 'unsupported' && (
            <button type="button" class="small" onClick={() => setAttempt(attempt + 1)}>
              {mediaText.tryAgain}
            </button>
          )}
        </>
      )}
      {phase === 'waiting' && (
        <p class="voice-hint" role="status">
          {mediaText.waiting}
        </p>
      )}
      {problem === undefined && phase !== 'waiting' && (
        <>
          <span class={`voice-dot ${phase === 'recording' ? 'is-live' : ''}`} />
          <span class="voice-time" role="timer">
            {minutes(now.seconds)}
          </span>
          <Level level={phase === 'recording' ? now.level : 0} />
          {isHeld && <span class="voice-hint">{mediaText.slide}</span>}
          {phase === 'full' && (
            <p class="voice-hint" role="status">
              {mediaText.full}
            </p>
          )}
        </>
      )}
      {isHeld && <IconButton icon="lock" label={mediaText.lock} onClick={() => setHeld(false)} />}
      {problem === undefined && (
        <button
          type="button"
          class="send"
          aria-label={mediaText.send}
          title={mediaText.send}
          disabled={!canSend}
          onClick={send}
        >
          <Icon name="send" />
        </button>
      )}
    </fieldset>
  );
}

/** Only for the eyes: that something is heard. */
function Level({ level }: { readonly level: number }) {
  return (
    <svg class="voice-level" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect class="groove" width="100" height="6" rx="3" />
      <rect width={Math.round(level * 100)} height="6" rx="3" />
    </svg>
  );
}
