import { services } from '../services.ts';
import { failure } from '../strings.ts';

/** Why something failed, in a sentence; `own` has the sentences that this place knows better. */
export function sentenceOf(problem: unknown, own: Readonly<Record<string, string>> = {}): string {
  const { code, detail, retryAfterSeconds } = services().failureOf(problem);
  return own[code] ?? failure(code, detail, retryAfterSeconds);
}
