import { Batch } from './batch.ts';
import { isEncrypted } from './encryption/reader.ts';
import { withoutForged } from './encryption/unencrypted.ts';
import type { ToldReceipt } from './holding.ts';
import type { Stored } from './log.ts';
import type { Message } from './model.ts';
import type { Parts } from './parts.ts';
import type { ReceiptFrame, Sent } from './protocol.ts';

const GATHER_MILLIS = 50;
/** More than the server's window, which ends what it pushes while nothing is acknowledged. */
const MESSAGES_MAX = 2_000;
const SENT_MAX = 1_000;
const RECEIPTS_MAX = 2_000;

/** What the server says about the log, on its way into the database: stored first, then acknowledged, then told. */
export class Intake {
  readonly #parts: Parts;
  readonly #messages: Batch<Message>;
  readonly #sent: Batch<Sent>;
  readonly #receipts: Batch<ToldReceipt>;
  /** What was stored over this connection and the one before: acknowledged anew after a break, so that it is not sent again. */
  readonly #acknowledged = new Map<string, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
    const { clock } = parts;
    this.#messages = new Batch(clock, GATHER_MILLIS, MESSAGES_MAX, (items) => this.#store(items));
    this.#sent = new Batch(clock, 0, SENT_MAX, (items) => this.#settle(items));
    this.#receipts = new Batch(clock, GATHER_MILLIS, RECEIPTS_MAX, (items) => this.#note(items));
  }

  message(message: Message): void {
    if (this.#messages.size < MESSAGES_MAX) this.#messages.add(message);
    else this.#parts.fail(); // none may be left out before a later one is acknowledged
  }

  sent(sent: Sent): void {
    this.#sent.add(sent);
  }

  receipt(receipt: ReceiptFrame): void {
    const learned = { at: this.#parts.serverNow(), isLate: this.#parts.ticks.isLate };
    this.#receipts.add({ ...receipt, learned });
  }

  get isIdle(): boolean {
    return this.#messages.isIdle;
  }

  welcome(): void {
    for (const [conversation, seq] of this.#acknowledged) this.#acknowledge(conversation, seq);
    this.#acknowledged.clear();
  }

  /** The server took no notice: once more. */
  again(conversation: string): void {
    const seq = this.#acknowledged.get(conversation);
    if (seq !== undefined) this.#acknowledge(conversation, seq);
  }

  /** What is not stored yet comes again over the next link. */
  lost(): void {
    this.#messages.clear();
  }

  stop(): void {
    this.#messages.clear();
    this.#sent.clear();
    this.#receipts.clear();
  }

  /** What goes unencrypted first: it waits for nothing. */
  async #store(messages: readonly Message[]): Promise<boolean> {
    const encrypted = new Map<string, Message[]>();
    for (const message of messages) if (isEncrypted(message)) encrypted.set(message.conversation, []);
    const plain = messages.filter((message) => {
      const entries = encrypted.get(message.conversation);
      entries?.push(message);
      return entries === undefined;
    });
    let isStored = plain.length === 0 || (await this.#keep(plain, plain));
    for (const [conversation, entries] of encrypted) {
      const isKept = await this.#parts.encryption.arrived(conversation, entries, (read) => this.#keep(read, entries));
      isStored &&= isKept;
    }
    return isStored;
  }

  /** `asTold`: those of them that were not encrypted. */
  async #keep(messages: readonly Message[], asTold: readonly Message[]): Promise<boolean> {
    const arrived = await this.#parts.writing(async (database, me) =>
      database.arrived(me, await withoutForged(database, messages, asTold)),
    );
    if (arrived === undefined) return false;
    for (const [conversation, seq] of arrived.acknowledge) {
      this.#acknowledged.set(conversation, Math.max(seq, this.#acknowledged.get(conversation) ?? 0));
      this.#acknowledge(conversation, seq);
    }
    this.#tell(arrived);
    this.#parts.history.fill(arrived.chats);
    this.#parts.names.want(arrived.messages.flatMap(({ from }) => from ?? []));
    this.#parts.reads.look(arrived.chats);
    return true;
  }

  async #settle(confirmed: readonly Sent[]): Promise<boolean> {
    const stored = await this.#parts.writing((database, me) => database.sent(me, confirmed));
    if (stored === undefined) return false;
    this.#tell(stored);
    this.#parts.outbox.settled(confirmed.map(({ id }) => id));
    this.#parts.history.fill(stored.chats);
    for (const spot of stored.unknown) this.#parts.history.lookUp(spot);
    return true;
  }

  async #note(receipts: readonly ToldReceipt[]): Promise<boolean> {
    const stored = await this.#parts.writing((database, me) => database.receipts(me, receipts));
    if (stored === undefined) return false;
    this.#tell(stored);
    return true;
  }

  #tell(stored: Stored): void {
    this.#parts.tellStored(stored);
    if (stored.settled.length > 0) this.#parts.outbox.settled(stored.settled);
  }

  #acknowledge(conversation: string, seq: number): void {
    this.#parts.pace.submit(`delivered ${conversation}`, { type: 'delivered', conversation, seq, ref: 'delivered' });
  }
}
