import { toBase64url } from '../crypto/bytes.ts';
import type { CommitBundle, CommitTransport, Verdict } from '../crypto/e2ee.ts';
import { RestProblem } from '../rest.ts';
import { conversationOf } from './content.ts';
import type { KeyCalls } from './keyCalls.ts';

/** Where an accepted commit of one's own stands. */
export interface Accepted {
  readonly conversation: string;
  readonly id: string;
  readonly seq: number;
  readonly time: number;
}

/** Brings commits to the server: what goes with one first, then the commit itself, under one id for as long as it takes. */
export class ServerTransport implements CommitTransport {
  readonly #calls: KeyCalls;
  readonly #replaces = new Map<string, { readonly group: string; readonly epoch: number }>();
  readonly #accepted = new Map<string, Accepted>();

  constructor(calls: KeyCalls) {
    this.#calls = calls;
  }

  /** The next first commit of `group` puts an end to another group. */
  replacing(group: Uint8Array, ended: { readonly group: string; readonly epoch: number }): void {
    this.#replaces.set(toBase64url(group), ended);
  }

  /** Of the latest accepted commit of this group; asked once. */
  accepted(group: Uint8Array): Accepted | undefined {
    const key = toBase64url(group);
    const accepted = this.#accepted.get(key);
    this.#accepted.delete(key);
    return accepted;
  }

  async submit(id: string, { group, commit, welcome, groupInfo }: CommitBundle): Promise<Verdict> {
    const conversation = conversationOf(group);
    const key = toBase64url(group);
    const replaces = this.#replaces.get(key);
    try {
      const [welcomeHash, groupInfoHash] = await Promise.all([
        welcome === undefined ? undefined : this.#calls.upload(conversation, welcome),
        this.#calls.upload(conversation, groupInfo),
      ]);
      const { seq, time } = await this.#calls.commit(conversation, {
        id,
        commit,
        ...(welcomeHash === undefined ? {} : { welcome: welcomeHash }),
        groupInfo: groupInfoHash,
        ...(replaces === undefined ? {} : { replaces }),
      });
      this.#accepted.set(key, { conversation, id, seq, time });
    } catch (problem) {
      const isDecided =
        problem instanceof RestProblem && problem.status < 500 && problem.status !== 429 && problem.status !== 401;
      if (!isDecided) throw problem;
      this.#replaces.delete(key);
      return { kind: 'refused', reason: problem.code };
    }
    this.#replaces.delete(key);
    return { kind: 'accepted' };
  }
}
