export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(problem: unknown): void;
}

/** As Promise.withResolvers, which the oldest Node that runs the tests does not have. */
export function deferred<T>(): Deferred<T> {
  let ends: Pick<Deferred<T>, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    ends = { resolve, reject };
  });
  return { promise, resolve: (value) => ends?.resolve(value), reject: (problem) => ends?.reject(problem) };
}
