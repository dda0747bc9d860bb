import type { Holding } from './holding.ts';
import type { Parts } from './parts.ts';

/** Tells the server what the person has read, until it confirms. */
export class Reads {
  readonly #parts: Parts;
  /** Said over this connection: the server repeats it from there. */
  readonly #said = new Map<string, number>();
  /** Read further than may be said yet. */
  readonly #waiting = new Set<string>();
  #isCaughtUp = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What was not confirmed before the link broke is said again. */
  welcome(): void {
    this.#said.clear();
    this.#isCaughtUp = false;
    void this.#lookAtAll();
  }

  /**
   * A `read` says that everything before is held too. While the server is still pushing what was missed, that is true only of what is
   * stored; afterwards also of what was pulled, but for what is known to be on its way still.
   */
  caughtUp(): void {
    this.#isCaughtUp = true;
    void this.#lookAtAll();
  }

  look(chats: readonly Holding[]): void {
    for (const chat of chats) this.#say(chat);
  }

  async lookAt(conversation: string): Promise<void> {
    const chat = await this.#parts.reading((database) => database.chat(conversation));
    if (chat !== undefined) this.#say(chat);
  }

  tick(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const conversation of waiting) void this.lookAt(conversation);
  }

  /** The server took no notice: once more. */
  again(conversation: string): void {
    this.#said.delete(conversation);
    void this.lookAt(conversation);
  }

  async #lookAtAll(): Promise<void> {
    this.look((await this.#parts.reading((database) => database.chats())) ?? []);
  }

  #say({ conversation, read, readWanted, stored, holes }: Holding): void {
    if (!this.#parts.isLive()) return;
    const isAllHeld = this.#isCaughtUp && this.#parts.intake.isIdle;
    const [missing] = holes.find(([, last]) => last > read) ?? [Number.POSITIVE_INFINITY];
    const seq = Math.min(readWanted, isAllHeld ? Number.POSITIVE_INFINITY : stored, missing - 1);
    if (seq < readWanted) this.#waiting.add(conversation);
    if (seq <= Math.max(read, this.#said.get(conversation) ?? 0)) return;
    this.#said.set(conversation, seq);
    this.#parts.pace.submit(`read ${conversation}`, { type: 'read', conversation, seq, ref: 'read' });
  }
}
