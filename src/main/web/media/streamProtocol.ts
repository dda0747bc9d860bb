// What a page and the service worker say to each other about a file that is played while it loads. The worker asks, the page answers;
// each question and each answer goes over a port that was made for one request of a player.

/** The player's request, as it reaches the page, with a port to answer on. */
export interface Opening {
  readonly kind: 'parley-stream';
  /** The last part of the address. */
  readonly id: string;
}

/** To the worker: it is to answer this page's requests too, though the page was there before it. */
export const CLAIM = 'parley-claim';

export type Question =
  /** Some of the bytes from `from` up to, and without, `to`: at least one. */
  | { readonly kind: 'read'; readonly from: number; readonly to: number }
  /** The player does not want any more. */
  | { readonly kind: 'over' };

export type Answer =
  /** To the opening: this is how long it is. */
  | { readonly kind: 'is'; readonly size: number; readonly type: string }
  /** To the opening: there is nothing of that name here. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'bytes'; readonly bytes: ArrayBuffer }
  | { readonly kind: 'failed' };

/** Under this folder beside the page are the addresses that the worker answers for. */
export const FOLDER = 'stream/';
/** So much is on its way from the page at a time. */
export const CHUNK_BYTES = 262_144;

const ID = /^[0-9a-f]{32}$/;

export function streamId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** `root` is the address of the folder in which the page is. */
export function idIn(address: string, root: string): string | undefined {
  const folder = root + FOLDER;
  if (!address.startsWith(folder)) return undefined;
  const id = address.slice(folder.length);
  return ID.test(id) ? id : undefined;
}

/** From `from` up to, and without, `to`. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

/** As RFC 9110 §14.1.2 says: the only range that is asked for, `all` where there is none, or none that is understood. */
export function rangeIn(header: string | undefined, size: number): Part | 'all' | 'unsatisfiable' {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.replaceAll(' ', '') ?? '') ?? [];
  if (first === '' && last === '') return 'all';
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : { from: size - length, to: size };
  }
  const from = Number(first);
  const to = last === '' ? size : Math.min(Number(last) + 1, size);
  if (last !== '' && Number(last) < from) return 'all';
  return from >= size ? 'unsatisfiable' : { from, to };
}
