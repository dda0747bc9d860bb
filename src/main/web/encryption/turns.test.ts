import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

test('work on one conversation is done in order, on another meanwhile, and a failure holds up nobody', async () => {
  const turns = new Turns();
  const done: string[] = [];
  let goOn: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const first = turns.take('a', async () => {
    await held;
    done.push('first');
    throw new Error('failed');
  });
  const second = turns.take('a', async () => done.push('second'));
  await turns.take('b', async () => done.push('other'));
  expect(done).toEqual(['other']);
  goOn();
  await expect(first).rejects.toThrow('failed');
  await second;
  expect(done).toEqual(['other', 'first', 'second']);
});
