import { expect, test } from 'vitest';
import { moved, SCALE_MAX, WHOLE, zoomed } from './placement.ts';

const ROOM = { width: 400, height: 200, roomWidth: 400, roomHeight: 400 };

test('what is under the pointer stays under it', () => {
  const placed = zoomed(WHOLE, 4, 100, 0, ROOM);
  // 100 to the right of the middle there was the point 100 of the picture.
  expect((100 - placed.x) / placed.scale).toBeCloseTo(100);
  expect(placed).toEqual({ scale: 4, x: -300, y: 0 });
});

test('it is never smaller than whole, and not larger than can be borne', () => {
  expect(zoomed(WHOLE, 0.1, 50, 50, ROOM)).toEqual(WHOLE);
  expect(zoomed(WHOLE, 1_000, 0, 0, ROOM).scale).toBe(SCALE_MAX);
});

test('it is not pushed out of its window', () => {
  const large = zoomed(WHOLE, 4, 0, 0, ROOM);
  expect(moved(large, 10_000, 10_000, ROOM)).toEqual({ scale: 4, x: 600, y: 200 });
  expect(moved(WHOLE, 10, 10, ROOM)).toEqual(WHOLE);
  const away = moved(large, -10_000, -10_000, ROOM);
  expect(zoomed(away, 1 / 4, 0, 0, ROOM)).toEqual(WHOLE);
});
