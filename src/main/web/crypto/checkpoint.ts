import { fromBase64url, toBase64url } from './bytes.ts';
import type { GroupId, Member, Outcome, Received } from './e2ee.ts';

// What `receive` gave last, as bytes that the library stores in one step with its state.

interface Written {
  readonly group: string;
  readonly received: readonly WrittenOutcome[];
}

type WrittenOutcome =
  | { readonly seq: number; readonly kind: 'message'; readonly sender: Member; readonly plaintext: string }
  | { readonly seq: number; readonly kind: 'commit'; readonly sender: Member | undefined; readonly active: boolean };

/** What failed is left out: it has changed nothing and would fail again. */
export function writeCheckpoint(group: GroupId, received: readonly Received[]): Uint8Array {
  const written: Written = {
    group: toBase64url(group),
    received: received.flatMap(({ seq, outcome }) => writeOutcome(seq, outcome)),
  };
  return new TextEncoder().encode(JSON.stringify(written));
}

function writeOutcome(seq: number, outcome: Outcome): WrittenOutcome[] {
  switch (outcome.kind) {
    case 'message':
      return [{ seq, kind: outcome.kind, sender: outcome.sender, plaintext: toBase64url(outcome.plaintext) }];
    case 'commit':
      return [{ seq, ...outcome }];
    case 'failed':
      return [];
  }
}

export function readCheckpoint(bytes: Uint8Array): { readonly group: GroupId; readonly received: readonly Received[] } {
  const { group, received } = JSON.parse(new TextDecoder().decode(bytes)) as Written;
  return {
    group: fromBase64url(group),
    received: received.map(({ seq, ...rest }) => ({ seq, outcome: readOutcome(rest) })),
  };
}

function readOutcome(written: DistributiveOmit<WrittenOutcome, 'seq'>): Outcome {
  if (written.kind === 'message') return { ...written, plaintext: fromBase64url(written.plaintext) };
  return { kind: 'commit', sender: written.sender, active: written.active };
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
