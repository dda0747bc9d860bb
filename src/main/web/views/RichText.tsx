import { piecesOf } from '../links.ts';
import { text as strings } from '../strings.ts';

/** A text with its links; everything in it is text to the browser, whatever it looks like. */
export function RichText({ text, reachable }: { readonly text: string; readonly reachable: boolean }) {
  return (
    <>
      {piecesOf(text).map((piece) =>
        piece.href === undefined ? (
          piece.text
        ) : (
          <a
            key={piece.href}
            href={piece.href}
            target="_blank"
            rel="noopener noreferrer"
            tabIndex={reachable ? undefined : -1}
            title={piece.host === undefined ? undefined : strings.openLink(piece.host)}
          >
            {piece.text}
          </a>
        ),
      )}
    </>
  );
}

/** The words that were searched for, marked. */
export function Marked({ text, query }: { readonly text: string; readonly query: string }) {
  const words = query
    .split(/\s+/u)
    .filter(Boolean)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&'));
  if (words.length === 0) return <>{text}</>;
  const parts = text.split(new RegExp(`(${words.join('|')})`, 'giu'));
  // Every second part is one that was found.
  return <>{parts.map((part, at) => (at % 2 === 1 ? <mark key={`${at}`}>{part}</mark> : part))}</>;
}

/** The part of a long text around the first word found. */
export function excerpt(text: string, query: string): string {
  const word = query.split(/\s+/u).find(Boolean)?.toLocaleLowerCase() ?? '';
  const at = text.toLocaleLowerCase().indexOf(word);
  const flat = at > 40 ? `…${text.slice(text.lastIndexOf(' ', at - 24) + 1)}` : text;
  return flat.slice(0, 200).replace(/\s+/gu, ' ');
}
