import { describe, expect, it } from 'vitest';
import { allEmoji, fewEmoji, findEmoji } from './emoji.ts';

describe('emoji', () => {
  it.each([
    ['😀', 1],
    ['❤️', 1],
    ['👍🏽', 1],
    ['👩‍👩‍👧‍👦', 1],
    ['🇵🇹', 1],
    ['😂 😂 😂', 3],
  ])('%s stands alone and is shown large', (text, count) => {
    expect(fewEmoji(text)).toBe(count);
  });

  it.each(['hello', '😀 hi', '1', '#', '©', '', '   ', '😀😀😀😀'])('%j is text like any other', (text) => {
    expect(fewEmoji(text)).toBe(0);
  });

  it('are found by their names and by other words', async () => {
    const groups = await allEmoji();
    expect(groups.map(({ name }) => name)).not.toContain(undefined);
    expect(findEmoji(groups, 'red heart', 10)[0]?.unicode).toContain('❤');
    expect(findEmoji(groups, 'xyzzy', 10)).toEqual([]);
  });
});
