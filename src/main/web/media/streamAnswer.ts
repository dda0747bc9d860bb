import { isPlayed } from './shown.ts';
import { type Answer, CHUNK_BYTES, type Part, type Question, rangeIn } from './streamProtocol.ts';

// How the service worker answers a player: with what the page says on a port, as it comes and no faster than it is taken.

export interface Asked {
  /** Of the request: which part is wanted. */
  readonly range: string | undefined;
  readonly port: MessagePort;
  /** Whether the page that answers is still there. */
  isThere(): Promise<boolean>;
  /** The player has all that it wants, or no more is to come. */
  over(): void;
}

/** A page may take long, when its network does; one that has gone never answers. */
const LOOK_MILLIS = 5_000;

/** The page is gone, or cannot have what is asked for. */
class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

export async function answerOf(asked: Asked, lookMillis = LOOK_MILLIS): Promise<Response> {
  const { range, port } = asked;
  const line = new Line(port, () => asked.isThere(), lookMillis);
  const end = (): void => {
    line.end();
    asked.over();
  };
  try {
    const said = await line.next();
    if (said.kind !== 'is' || !Number.isSafeInteger(said.size) || said.size < 0 || !isPlayed(said.type)) {
      end();
      return nothing(said.kind === 'failed' ? 502 : 404);
    }
    const { size, type } = said;
    const wanted = rangeIn(range, size);
    if (wanted === 'unsatisfiable') {
      end();
      return nothing(416, { 'Content-Range': `bytes */${size}` });
    }
    const part = wanted === 'all' ? { from: 0, to: size } : wanted;
    return new Response(bodyOf(part, line, end), {
      status: wanted === 'all' ? 200 : 206,
      headers: {
        ...HEADERS,
        'Content-Type': type,
        'Content-Length': `${part.to - part.from}`,
        'Accept-Ranges': 'bytes',
        ...(wanted === 'all' ? {} : { 'Content-Range': `bytes ${part.from}-${part.to - 1}/${size}` }),
      },
    });
  } catch (problem) {
    end();
    if (problem instanceof NoAnswer) return nothing(502);
    throw problem;
  }
}

/** Nowhere is it kept, nor taken for something else; and whatever it is, it is no page of ours. */
const HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

export function nothing(status: number, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, { status, headers: { ...HEADERS, ...headers } });
}

function bodyOf(part: Part, line: Line, end: () => void): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = part.from;
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(to) {
        if (at < part.to) {
          const bytes = await more(line, { from: at, to: Math.min(at + CHUNK_BYTES, part.to) }).catch((problem) => {
            end();
            throw problem;
          });
          at += bytes.length;
          to.enqueue(bytes);
        }
        if (at < part.to) return;
        end();
        to.close();
      },
      cancel: end,
    },
    { highWaterMark: 0 }, // nothing is asked for before it is wanted
  );
}

async function more(line: Line, part: Part): Promise<Uint8Array<ArrayBuffer>> {
  line.ask({ kind: 'read', ...part });
  const said = await line.next();
  const bytes = said.kind === 'bytes' ? new Uint8Array(said.bytes) : undefined;
  if (bytes === undefined || bytes.length === 0 || bytes.length > part.to - part.from) throw new NoAnswer('no bytes');
  return bytes;
}

/** One answer to each question, in their order. */
class Line {
  readonly #port: MessagePort;
  readonly #isThere: () => Promise<boolean>;
  readonly #lookMillis: number;
  #said: Answer | undefined;
  #heard: (() => void) | undefined;

  constructor(port: MessagePort, isThere: () => Promise<boolean>, lookMillis: number) {
    this.#port = port;
    this.#isThere = isThere;
    this.#lookMillis = lookMillis;
    port.onmessage = ({ data }: MessageEvent<Answer>) => {
      this.#said = data;
      this.#heard?.();
    };
  }

  ask(question: Question): void {
    this.#port.postMessage(question);
  }

  async next(): Promise<Answer> {
    for (;;) {
      const said = this.#said;
      this.#said = undefined;
      if (said !== undefined) return said;
      const isHeard = await new Promise<boolean>((resolve) => {
        const late = setTimeout(() => resolve(false), this.#lookMillis);
        this.#heard = () => {
          clearTimeout(late);
          resolve(true);
        };
      });
      if (!isHeard && !(await this.#isThere())) throw new NoAnswer('the page is gone');
    }
  }

  end(): void {
    this.ask({ kind: 'over' });
    this.#port.close();
  }
}
