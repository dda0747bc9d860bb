import { expect, test } from 'vitest';
import { toBase64url } from '../crypto/bytes.ts';
import { minutes, positionReadout } from './strings.ts';
import { BARS, barsOf, waveformOf } from './waveform.ts';

test('however long it was, it has 64 bars', () => {
  for (const length of [0, 1, 63, 64, 65, 18_000]) {
    const levels = Array.from({ length }, (_, at) => (at % 2 === 0 ? 1 : 0.5));
    expect(barsOf(waveformOf(levels))).toHaveLength(BARS);
  }
  expect(barsOf(waveformOf([]))).toEqual(Array(BARS).fill(0));
  expect(barsOf(waveformOf([1]))).toEqual(Array(BARS).fill(1));
});

test('what was loud for a moment is seen', () => {
  const levels = Array(6_400).fill(0) as number[];
  levels[100 * 10 + 5] = 0.8;
  levels[6_399] = 3;
  const bars = barsOf(waveformOf(levels));
  expect(bars[10]).toBeCloseTo(0.8);
  expect(bars[63]).toBe(1);
  expect(bars.filter((bar) => bar > 0)).toHaveLength(2);
});

test('what is no waveform is silent', () => {
  for (const other of ['', 'not base64url!', 'A', toBase64url(new Uint8Array(63).fill(9))]) {
    expect(barsOf(other)).toEqual(Array(BARS).fill(0));
  }
});

test('times are written and spoken', () => {
  expect([0, 7.9, 60, 754].map(minutes)).toEqual(['0:00', '0:07', '1:00', '12:34']);
  expect(positionReadout(12.4, 120)).toBe('12 s of 2 min');
  expect(positionReadout(0, 61)).toBe('0 s of 1 min 1 s');
});
