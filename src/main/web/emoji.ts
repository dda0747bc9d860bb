// Emoji: whether a text is nothing else, and the list to choose from, which is loaded only when it is first opened.

export interface Emoji {
  readonly unicode: string;
  readonly label: string;
  /** Lower-case words to find it by. */
  readonly words: string;
}

export interface EmojiGroup {
  readonly name: GroupName;
  readonly emoji: readonly Emoji[];
}

export type GroupName =
  | 'smileys'
  | 'people'
  | 'nature'
  | 'food'
  | 'travel'
  | 'activities'
  | 'objects'
  | 'symbols'
  | 'flags';

/** The groups by the number they have in the data; 2 is parts of emoji (skin tones, hair), which nobody sends alone. */
const GROUPS: ReadonlyMap<number, GroupName> = new Map([
  [0, 'smileys'],
  [1, 'people'],
  [3, 'nature'],
  [4, 'food'],
  [5, 'travel'],
  [6, 'activities'],
  [7, 'objects'],
  [8, 'symbols'],
  [9, 'flags'],
]);

/** One of them; tried on one character at a time, so that no text can make it take long. */
const ONE_EMOJI = /^(?:\p{RGI_Emoji}|\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f)$/v;
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const MOST_LETTERS = 64;
const MOST_LARGE = 3;

/** How many emoji a text consists of, if it is nothing else and there are at most three: they are shown large. Otherwise 0. */
export function fewEmoji(text: string): number {
  if (text.length > MOST_LETTERS) return 0;
  const parts = [...segmenter.segment(text)].map(({ segment }) => segment).filter((part) => part.trim() !== '');
  return parts.length <= MOST_LARGE && parts.every((part) => ONE_EMOJI.test(part)) ? parts.length : 0;
}

let loading: Promise<readonly EmojiGroup[]> | undefined;

export function allEmoji(): Promise<readonly EmojiGroup[]> {
  loading ??= load().catch((problem: unknown) => {
    loading = undefined; // the next opening tries again
    throw problem;
  });
  return loading;
}

async function load(): Promise<readonly EmojiGroup[]> {
  const { default: data } = await import('emojibase-data/en/compact.json');
  const byGroup = new Map<GroupName, Emoji[]>();
  for (const entry of data.toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0))) {
    const name = entry.group === undefined ? undefined : GROUPS.get(entry.group);
    if (name === undefined) continue;
    const words = [entry.label, ...(entry.tags ?? [])].join(' ').toLowerCase();
    const group = byGroup.get(name) ?? [];
    group.push({ unicode: entry.unicode, label: entry.label, words });
    byGroup.set(name, group);
  }
  return [...byGroup].map(([name, emoji]) => ({ name, emoji }));
}

/** Those that have every word of the query, names before other words. */
export function findEmoji(groups: readonly EmojiGroup[], query: string, most: number): Emoji[] {
  const words = query.toLowerCase().split(/\s+/u).filter(Boolean);
  const hits = groups
    .flatMap((group) => group.emoji)
    .filter((emoji) => words.every((word) => emoji.words.includes(word)));
  const first = words[0] ?? '';
  const named = hits.filter((emoji) => emoji.label.toLowerCase().includes(first));
  return [...new Set([...named, ...hits])].slice(0, most);
}
