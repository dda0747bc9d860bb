import { Icon } from './Icon.tsx';

const COLOURS = 8;

/** The same person has the same colour everywhere, without anybody having chosen it. */
function colourOf(id: string): number {
  let sum = 7;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % COLOURS;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

function initials(name: string): string {
  const words = name.split(/[\s._-]+/u).filter(Boolean);
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return chosen
    .map((word) => [...segmenter.segment(word ?? '')][0]?.segment ?? '')
    .join('')
    .toLocaleUpperCase();
}

export function Avatar({ id, name, notes }: { readonly id: string; readonly name: string; readonly notes?: boolean }) {
  return (
    <span class={`avatar ${notes ? 'own' : `colour-${colourOf(id)}`}`} aria-hidden="true">
      {notes ? <Icon name="note" /> : initials(name)}
    </span>
  );
}
