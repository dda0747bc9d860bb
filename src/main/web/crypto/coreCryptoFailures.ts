import type { MlsError } from '@wireapp/core-crypto/browser';
import type { Library } from './coreCryptoLibrary.ts';
import type { Failure } from './e2ee.ts';

// What core-crypto means by its errors. Some have no kind of their own there: these are told by their words, which stand in its
// source (10.3.0); the soak would show if a later version chose others.

const WORDS: readonly (readonly [RegExp, Failure])[] = [
  [/^Incoming message is from a prior epoch/, { kind: 'too-old' }],
  [/^Couldn't find conversation/, { kind: 'unknown-group' }],
];

export function failureOf(library: Library, problem: unknown): Failure {
  const { CoreCryptoError } = library;
  const detail = String(problem);
  if (!CoreCryptoError.instanceOf(problem)) return { kind: 'fatal', detail }; // a panic, or a mistake of ours
  if (CoreCryptoError.Mls.instanceOf(problem)) return mlsFailure(library, problem.inner.mlsError);
  if (CoreCryptoError.TransactionFailed.instanceOf(problem)) return { kind: 'fatal', detail: problem.inner.error };
  if (CoreCryptoError.Other.instanceOf(problem)) return byWords(problem.inner.msg);
  return { kind: 'undecryptable', detail };
}

function mlsFailure({ MlsError }: Library, error: MlsError): Failure {
  if (MlsError.ConversationAlreadyExists.instanceOf(error)) return { kind: 'known-group' };
  if (MlsError.DuplicateMessage.instanceOf(error)) return { kind: 'duplicate' };
  if (MlsError.BufferedFutureMessage.instanceOf(error)) return { kind: 'future' };
  if (MlsError.WrongEpoch.instanceOf(error)) return { kind: 'future' };
  if (MlsError.MessageEpochTooOld.instanceOf(error)) return { kind: 'too-old' };
  if (MlsError.SelfCommitIgnored.instanceOf(error)) return { kind: 'own-commit' };
  if (MlsError.StaleCommit.instanceOf(error)) return { kind: 'stale' };
  if (MlsError.StaleProposal.instanceOf(error)) return { kind: 'stale' };
  if (MlsError.OrphanWelcome.instanceOf(error)) return { kind: 'orphan-welcome' };
  if (MlsError.MessageRejected.instanceOf(error)) return { kind: 'refused', reason: error.inner.reason };
  if (MlsError.Other.instanceOf(error)) return byWords(error.inner.msg);
  return { kind: 'undecryptable', detail: String(error) }; // a commit without its proposals, a group that waits to be joined: not with us
}

function byWords(said: string): Failure {
  return WORDS.find(([words]) => words.test(said))?.[1] ?? { kind: 'undecryptable', detail: said };
}
