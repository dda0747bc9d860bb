import type { CommitBundle, DeviceName, E2ee, Failure, Verdict } from '../../crypto/e2ee.ts';

// What the test, its pages and their workers say to each other.

export type Method = Exclude<keyof E2ee, 'name' | 'signatureKey' | 'close'> | keyof Extras;

/** Besides what an E2ee does. */
export interface Extras {
  open(name: DeviceName): Promise<Uint8Array>;
  /** What the browser has stored of the state, as it is now. */
  saveState(): Promise<unknown>;
  /** An older state takes the place of the present one; the page must not go on. */
  restoreState(saved: unknown): Promise<void>;
  measure(): Promise<unknown>;
}

export type ToWorker =
  | { readonly kind: 'call'; readonly id: number; readonly method: Method; readonly args: readonly unknown[] }
  | { readonly kind: 'decided'; readonly id: number; readonly verdict: Verdict | undefined };

export type FromWorker =
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer }
  | { readonly kind: 'submit'; readonly id: number; readonly request: string; readonly bundle: CommitBundle };

export type Answer =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'failure'; readonly failure: Failure }
  | { readonly kind: 'mistake'; readonly words: string };
