import { openCoreCrypto } from '../../crypto/coreCrypto.ts';
import { type E2ee, E2eeError, type Verdict } from '../../crypto/e2ee.ts';
import { stateKey } from '../../crypto/stateKey.ts';
import type { Answer, Extras, FromWorker, Method, ToWorker } from './calls.ts';
import { measure } from './measure.ts';
import { restoreState, saveState } from './state.ts';

// The encryption of one device where the client has it: in a module worker.

const say = (said: FromWorker): void => postMessage(said);
const waiting = new Map<number, { resolve(verdict: Verdict): void; reject(problem: Error): void }>();
let submits = 0;
let e2ee: E2ee | undefined;

const extras: Extras = {
  open: async (name) => {
    e2ee = await openCoreCrypto({
      name,
      stateKey: await stateKey(),
      transport: {
        submit: (request, bundle) =>
          new Promise((resolve, reject) => {
            const id = ++submits;
            waiting.set(id, { resolve, reject });
            say({ kind: 'submit', id, request, bundle });
          }),
      },
      wait: () => new Promise((resolve) => setTimeout(resolve, 10)),
    });
    return e2ee.signatureKey;
  },
  saveState,
  restoreState,
  measure,
};

async function answer(method: Method, args: readonly unknown[]): Promise<Answer> {
  try {
    const target: object | undefined = method in extras ? extras : e2ee;
    if (target === undefined) throw new Error('not open');
    const call: unknown = Reflect.get(target, method);
    if (typeof call !== 'function') throw new Error(`no ${method}`);
    return { kind: 'value', value: await Reflect.apply(call, target, args) };
  } catch (problem) {
    if (problem instanceof E2eeError) return { kind: 'failure', failure: problem.failure };
    return { kind: 'mistake', words: problem instanceof Error ? `${problem.stack}` : String(problem) };
  }
}

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === 'decided') {
    const { resolve, reject } = waiting.get(data.id) ?? {};
    waiting.delete(data.id);
    if (data.verdict === undefined) reject?.(new Error('no answer'));
    else resolve?.(data.verdict);
    return;
  }
  void answer(data.method, data.args).then((given) => say({ kind: 'answer', id: data.id, answer: given }));
});
