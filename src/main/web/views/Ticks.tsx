import type { Tick } from '../rows.ts';
import { tickName } from '../strings.ts';

// Each state has its own shape, so that nobody has to tell colours apart: one stroke, two strokes, two strokes in a filled plate.

const SHAPES: Record<Tick, preact.JSX.Element> = {
  waiting: (
    <>
      <circle cx="9" cy="7" r="5.25" />
      <path d="M9 4.2V7l1.9 1.2" />
    </>
  ),
  refused: (
    <>
      <circle cx="9" cy="7" r="5.25" />
      <path d="M9 4.2v3.3M9 9.6v.2" />
    </>
  ),
  sent: <path d="M4.5 7.5l3 3 6-7" />,
  delivered: <path d="M1.5 7.5l3 3 6-7M8 9.7l.8.8 6-7" />,
  read: (
    <>
      <rect class="plate" x="0" y="0" width="18" height="14" rx="5" />
      <path d="M3 7.5l2.6 2.6 5-6M8.3 9.3l.8.8 5-6" />
    </>
  ),
};

/** `spoken`: where nothing around it says the state already. */
export function Ticks({ tick, spoken }: { readonly tick: Tick; readonly spoken: boolean }) {
  return (
    <svg
      class={`ticks ${tick}`}
      viewBox="0 0 18 14"
      role={spoken ? 'img' : undefined}
      aria-label={spoken ? tickName(tick) : undefined}
      aria-hidden={spoken ? undefined : 'true'}
      focusable="false"
    >
      {SHAPES[tick]}
    </svg>
  );
}
