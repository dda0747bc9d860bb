/** Work on one conversation after the other, in the order it was asked for; on different ones at the same time. */
export class Turns {
  readonly #latest = new Map<string, Promise<unknown>>();

  take<T>(conversation: string, work: () => Promise<T>): Promise<T> {
    const result = (this.#latest.get(conversation) ?? Promise.resolve()).then(work);
    const ended = result.catch(() => {});
    this.#latest.set(conversation, ended);
    void ended.then(() => {
      if (this.#latest.get(conversation) === ended) this.#latest.delete(conversation);
    });
    return result;
  }
}
