import { useEffect, useRef, useState } from 'preact/hooks';
import { allEmoji, type Emoji, type EmojiGroup, findEmoji, type GroupName } from '../emoji.ts';
import { emojiFound, text } from '../strings.ts';
import { items, rove } from './roving.ts';

const RECENT = 'parley.emoji';
const RECENT_MOST = 32;
const FOUND_MOST = 96;

function recent(): string[] {
  return (localStorage.getItem(RECENT) ?? '').split(' ').filter(Boolean).slice(0, RECENT_MOST);
}

function remember(emoji: string): void {
  localStorage.setItem(RECENT, [emoji, ...recent().filter((other) => other !== emoji)].slice(0, RECENT_MOST).join(' '));
}

/** What stands on the tab of a group. */
const SIGNS: Record<GroupName | 'recent', string> = {
  recent: '🕘',
  smileys: '😀',
  people: '👋',
  nature: '🌿',
  food: '🍎',
  travel: '🚲',
  activities: '🎈',
  objects: '💡',
  symbols: '❤️',
  flags: '🏁',
};

export function EmojiPanel(props: { onChoose(emoji: string): void; onClose(): void }) {
  const [groups, setGroups] = useState<readonly EmojiGroup[] | undefined>(undefined);
  const [failed, setFailed] = useState(false);
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState<GroupName | 'recent'>(recent().length > 0 ? 'recent' : 'smileys');
  const panel = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);

  useEffect(() => {
    allEmoji().then(setGroups, () => setFailed(true));
    // On a touch screen the keyboard would come up over the emoji.
    if (matchMedia('(pointer: fine)').matches) panel.current?.querySelector('input')?.focus();
    const beside = (event: PointerEvent): void => {
      if (event.target instanceof Element && event.target.closest('.composer') === null) props.onClose();
    };
    window.addEventListener('pointerdown', beside);
    return () => window.removeEventListener('pointerdown', beside);
  }, []);

  const names = [...(recent().length > 0 ? ['recent' as const] : []), ...(groups ?? []).map((group) => group.name)];
  const shown = groups === undefined ? [] : shownOf(groups, query, chosen);

  const choose = (emoji: string): void => {
    remember(emoji);
    props.onChoose(emoji);
  };

  const pressed = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      props.onClose();
    } else if (event.target instanceof HTMLInputElement) {
      if (event.key === 'ArrowDown') grid.current?.querySelector<HTMLElement>('[data-item]')?.focus();
      else if (event.key === 'Enter' && shown[0] !== undefined) choose(shown[0].unicode);
      else return;
      event.preventDefault();
    } else if (grid.current?.contains(event.target as Node)) {
      rove(event, grid.current, columnsOf(grid.current));
    }
  };

  return (
    <div class="emoji-panel" role="dialog" aria-label={text.emoji} ref={panel} onKeyDown={pressed}>
      <input
        type="search"
        class="emoji-search"
        placeholder={text.emojiSearch}
        aria-label={text.emojiSearch}
        value={query}
        onInput={(event) => setQuery(event.currentTarget.value)}
      />
      <fieldset class="emoji-groups">
        <legend class="visually-hidden">{text.emojiCategories}</legend>
        {names.map((name) => (
          <button
            type="button"
            key={name}
            aria-pressed={query === '' && chosen === name}
            aria-label={text.emojiGroups[name]}
            title={text.emojiGroups[name]}
            onClick={() => {
              setQuery('');
              setChosen(name);
            }}
          >
            <span aria-hidden="true">{SIGNS[name]}</span>
          </button>
        ))}
      </fieldset>
      <p class="visually-hidden" role="status">
        {query === '' ? text.emojiGroups[chosen] : emojiFound(shown.length)}
      </p>
      <div class="emoji-grid" ref={grid}>
        {shown.map((emoji, at) => (
          <button
            type="button"
            key={emoji.unicode}
            data-item
            tabIndex={at === 0 ? 0 : -1}
            aria-label={emoji.label}
            title={emoji.label}
            onClick={() => choose(emoji.unicode)}
          >
            {emoji.unicode}
          </button>
        ))}
        {(failed || (groups !== undefined && shown.length === 0)) && (
          <p class="hint">{failed ? text.emojiFailed : text.emojiNone}</p>
        )}
        {groups === undefined && !failed && <p class="hint">{text.loading}</p>}
      </div>
    </div>
  );
}

function shownOf(groups: readonly EmojiGroup[], query: string, chosen: GroupName | 'recent'): readonly Emoji[] {
  if (query.trim() !== '') return findEmoji(groups, query, FOUND_MOST);
  if (chosen !== 'recent') return groups.find((group) => group.name === chosen)?.emoji ?? [];
  const all = new Map(groups.flatMap((group) => group.emoji).map((emoji) => [emoji.unicode, emoji]));
  return recent().flatMap((unicode) => all.get(unicode) ?? []);
}

function columnsOf(grid: HTMLElement): number {
  const all = items(grid);
  const top = all[0]?.offsetTop;
  const second = all.findIndex((item) => item.offsetTop !== top);
  return second < 0 ? Math.max(all.length, 1) : second;
}
