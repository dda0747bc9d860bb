import { LinkifyIt } from 'linkify-it';

// What in a text is a link. The text is a stranger's: only addresses that a browser opens without running anything become links,
// and what could show another address than it opens stays plain text.

export interface Piece {
  readonly text: string;
  /** Where it leads; absent for plain text. */
  readonly href?: string;
  /** The host as the network knows it, where the text shows it otherwise: letters of other scripts can look like Latin ones. */
  readonly host?: string;
}

const SAFE = new Set(['http:', 'https:', 'mailto:']);
/** Marks that turn the direction of writing: with them a text can look like another one. */
const TURNS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

const ASCII = /^[ -~]*$/u;

const linkify = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: false, urlAuth: false, maxLength: 2048 });

function safe(url: string): URL | undefined {
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  if (!SAFE.has(parsed.protocol)) return undefined;
  if (parsed.username !== '' || parsed.password !== '') return undefined; // https://bank.example@evil.example
  return parsed;
}

/** A text in pieces, in order; together they are the text, unchanged. */
export function piecesOf(text: string): Piece[] {
  const found = linkify.match(text) ?? [];
  const pieces: Piece[] = [];
  let done = 0;
  for (const match of found) {
    const url = TURNS.test(match.raw) ? undefined : safe(match.url.replace(/^(?=www\.)/u, 'http://'));
    if (url === undefined || match.schema === '//') continue;
    if (match.index > done) pieces.push({ text: text.slice(done, match.index) });
    const foreign = url.hostname.startsWith('xn--') || url.hostname.includes('.xn--') || !ASCII.test(match.raw);
    pieces.push({ text: match.raw, href: url.href, ...(foreign && url.hostname !== '' ? { host: url.hostname } : {}) });
    done = match.lastIndex;
  }
  if (done < text.length) pieces.push({ text: text.slice(done) });
  return pieces;
}
