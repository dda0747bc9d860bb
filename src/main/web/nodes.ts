import type { Database } from './database.ts';
import type { Random } from './ports.ts';

export interface NodesPorts {
  /** Where the page came from, without a slash at the end: always one of the nodes, and the first to be turned to. */
  readonly origin: string;
  readonly random: Random;
  readonly database: Pick<Database, 'nodes' | 'keepNodes'>;
}

/**
 * How soon another node is tried, at most: long enough that the browsers of a lost node do not all arrive in the same instant, short
 * enough that nobody notices.
 */
const SOON_MILLIS = 100;
/** As many as a node names. */
const MOST = 64;

/**
 * Which nodes there are, and which of them to turn to. Decides only: the connection and the calls say how they fared. The worker that
 * is connected chooses for all of its browser; whoever else calls begins where it is.
 */
export class Nodes {
  readonly #ports: NodesPorts;
  /** The page's own first, then the others in an order of this browser's own, or all would go from a lost one to the same next one. */
  #all: readonly string[];
  #at = 0;
  #failedInRound = 0;
  #isHeld = false;

  constructor(ports: NodesPorts) {
    this.#ports = ports;
    this.#all = [ports.origin];
  }

  /** The one to turn to now. */
  get current(): string {
    return this.#all[this.#at] ?? this.#ports.origin;
  }

  /** Whether a failure of the current one leaves another to be tried before all have failed. */
  get hasOther(): boolean {
    return this.#failedInRound + 1 < this.#all.length;
  }

  get count(): number {
    return this.#all.length;
  }

  /** As they were the last time: the one that the page came from may be gone. */
  async load(): Promise<void> {
    const stored = await this.#ports.database.nodes().catch(() => []); // what cannot be read is learned again
    if (stored.length > 0) this.#take(stored);
  }

  /** A node has told which ones there are; kept for when none of them answers. */
  async learn(told: readonly string[]): Promise<void> {
    const others = [...new Set(told)].filter((node) => isOrigin(node) && node !== this.#ports.origin).slice(0, MOST);
    const known = this.#all.filter((node) => others.includes(node));
    const fresh = this.#shuffled(others.filter((node) => !known.includes(node)));
    this.#take([...known, ...fresh]);
    await this.#ports.database.keepNodes([...known, ...fresh]).catch(() => {}); // told again at the next welcome
  }

  /** The connection stands at `node`: whatever a call may meet, this is where the browser is. */
  hold(node: string): void {
    this.turnTo(node);
    this.#isHeld = true;
  }

  /** It no longer does. */
  release(): void {
    this.#isHeld = false;
  }

  /**
   * The connection could not be had at the current one, or has ended: turns to the next one. Says how long to wait before going
   * there; undefined when all have failed since it last went well, and the wait is to be a longer one.
   */
  failed(): number | undefined {
    this.#at = (this.#at + 1) % this.#all.length;
    this.#failedInRound += 1;
    if (this.#failedInRound < this.#all.length) return Math.round(this.#ports.random() * SOON_MILLIS);
    this.#failedInRound = 0;
    return undefined;
  }

  /** The current one did well for long enough: the next failure is the first again. */
  steady(): void {
    this.#failedInRound = 0;
  }

  /** A call got no good answer from `node`; later ones begin at the next, unless the connection stands there. */
  leave(node: string): void {
    if (!this.#isHeld && this.current === node) this.#at = (this.#at + 1) % this.#all.length;
  }

  /** The next one that is not among those `tried`. */
  untried(tried: ReadonlySet<string>): string | undefined {
    return [...this.#all.slice(this.#at), ...this.#all.slice(0, this.#at)].find((node) => !tried.has(node));
  }

  /** The worker that is connected is there. */
  turnTo(node: string): void {
    if (!this.#all.includes(node)) this.#all = [...this.#all, node];
    this.#at = this.#all.indexOf(node);
  }

  #take(others: readonly string[]): void {
    const { current } = this;
    const { origin } = this.#ports;
    const all = [origin, ...others.filter((node) => isOrigin(node) && node !== origin)];
    this.#all = all.includes(current) || !this.#isHeld ? all : [...all, current];
    this.#at = Math.max(0, this.#all.indexOf(current));
  }

  #shuffled(nodes: readonly string[]): string[] {
    const shuffled = [...nodes];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = Math.floor(this.#ports.random() * (last + 1));
      [shuffled[last], shuffled[other]] = [shuffled[other] ?? '', shuffled[last] ?? ''];
    }
    return shuffled;
  }
}

function isOrigin(node: unknown): node is string {
  return typeof node === 'string' && /^https?:\/\/[^/?#@\s]+$/.test(node);
}
