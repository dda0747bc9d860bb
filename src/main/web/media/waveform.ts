import { type Bytes, fromBase64url, toBase64url } from '../crypto/bytes.ts';

// How loud a voice message is over its time, in so many bytes: enough to see where somebody speaks.

export const BARS = 64;

/** From as many levels (0 to 1) as there are, each bar the loudest of its part. */
export function waveformOf(levels: readonly number[]): string {
  const bars = new Uint8Array(BARS);
  for (let bar = 0; bar < BARS; bar++) {
    const from = Math.floor((bar * levels.length) / BARS);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * levels.length) / BARS));
    let loudest = 0;
    for (let at = from; at < to; at++) loudest = Math.max(loudest, levels[at] ?? 0);
    bars[bar] = Math.round(Math.min(1, loudest) * 255);
  }
  return toBase64url(bars);
}

/** From 0 to 1. What is no waveform is a silent one. */
export function barsOf(waveform: string): readonly number[] {
  const bytes = decoded(waveform);
  return Array.from({ length: BARS }, (_, at) => (bytes?.length === BARS ? (bytes[at] ?? 0) / 255 : 0));
}

function decoded(text: string): Bytes | undefined {
  try {
    return fromBase64url(text);
  } catch {
    return undefined;
  }
}
