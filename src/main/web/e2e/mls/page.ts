import type { Verdict } from '../../crypto/e2ee.ts';
import { parse, print } from './bytesInJson.ts';
import type { Answer, FromWorker, Method, ToWorker } from './calls.ts';
import workerUrl from './worker.ts?worker&url';

// Passes on what the test says to the worker, and what the worker wants the server to have.

declare global {
  var mls: (method: Method, args: string) => Promise<string>;
  /** Given by the test. */
  var submitToService: (request: string, bundle: string) => Promise<string>;
  /** Given by the browser. */
  var trustedTypes: { createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy } | undefined;
}
interface Policy {
  createScriptURL(url: string): string;
}

const policy = globalThis.trustedTypes?.createPolicy('parley', { createScriptURL: (url) => url });
const worker = new Worker(policy?.createScriptURL(workerUrl) ?? workerUrl, { type: 'module' });
const answers = new Map<number, (answer: Answer) => void>();
let calls = 0;

const tell = (said: ToWorker): void => worker.postMessage(said);

worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
  if (data.kind === 'answer') {
    answers.get(data.id)?.(data.answer);
    answers.delete(data.id);
    return;
  }
  void submitToService(data.request, print(data.bundle)).then((verdict) => {
    tell({ kind: 'decided', id: data.id, verdict: (parse(verdict) as Verdict | null) ?? undefined });
  });
});
worker.addEventListener('error', ({ message }) => {
  for (const answer of answers.values()) answer({ kind: 'mistake', words: `the worker: ${message}` });
});

globalThis.mls = (method, args) =>
  new Promise((resolve) => {
    const id = ++calls;
    answers.set(id, (answer) => resolve(print(answer)));
    tell({ kind: 'call', id, method, args: parse(args) as unknown[] });
  });
