import { expect, test } from 'vitest';
import { idIn, rangeIn, streamId } from './streamProtocol.ts';

test('a range is read as browsers ask for one', () => {
  expect(rangeIn(undefined, 100)).toBe('all');
  expect(rangeIn('bytes=0-', 100)).toEqual({ from: 0, to: 100 });
  expect(rangeIn('bytes=0-1', 100)).toEqual({ from: 0, to: 2 });
  expect(rangeIn('bytes=99-', 100)).toEqual({ from: 99, to: 100 });
  expect(rangeIn('bytes=10-5000', 100)).toEqual({ from: 10, to: 100 });
  expect(rangeIn('bytes=-7', 100)).toEqual({ from: 93, to: 100 });
  expect(rangeIn('bytes=-700', 100)).toEqual({ from: 0, to: 100 });
});

test('what is not there is refused, and what is no range, or several, is as if none was asked for', () => {
  for (const range of ['bytes=100-', 'bytes=-0']) expect(rangeIn(range, 100)).toBe('unsatisfiable');
  expect(rangeIn('bytes=0-', 0)).toBe('unsatisfiable');
  for (const range of ['bytes=-', 'bytes=5-4', 'bytes=0-1,5-6', 'lines=1-2', 'bytes=a-b', 'bytes=99999999999999999-']) {
    expect(rangeIn(range, 100)).toBe('all');
  }
});

test('only its own addresses are taken for those of a stream', () => {
  const id = streamId();
  const root = 'https://chat.example/parley/';
  expect(idIn(`${root}stream/${id}`, root)).toBe(id);
  for (const other of [
    root,
    `${root}index.html`,
    `${root}stream/`,
    `${root}stream/${id}/more`,
    `${root}stream/${id}?a=b`,
    `https://chat.example/stream/${id}`,
    `https://elsewhere.example/parley/stream/${id}`,
  ]) {
    expect(idIn(other, root)).toBeUndefined();
  }
});
