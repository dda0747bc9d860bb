import { services } from '../services.ts';
import { setQuery, setResults, store } from '../store.ts';

const AFTER_MILLIS = 120;
const MOST = 60;
/** One letter is in nearly every message. */
const SHORTEST = 2;

let timer: ReturnType<typeof setTimeout> | undefined;
let running: AbortController | undefined;

/** Chats are filtered at once, from what the page holds; messages are searched when the fingers rest. */
export function searchFor(query: string): void {
  setQuery(query);
  clearTimeout(timer);
  running?.abort();
  const words = query.trim();
  if (words.length < SHORTEST) {
    setResults({ query: words, messages: [], busy: false });
    return;
  }
  setResults({ ...store.results.peek(), busy: true });
  timer = setTimeout(() => void run(words), AFTER_MILLIS);
}

async function run(words: string): Promise<void> {
  const search = new AbortController();
  running = search;
  try {
    const messages = await services().archive.search(words, { limit: MOST, signal: search.signal });
    if (!search.signal.aborted) setResults({ query: words, messages, busy: false });
  } catch {
    if (!search.signal.aborted) setResults({ query: words, messages: [], busy: false });
  }
}
