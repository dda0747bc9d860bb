import { useState } from 'preact/hooks';
import { approve, turnAway } from '../actions/safety.ts';
import type { WaitingDevice } from '../model.ts';
import { showDialog, showHint, store } from '../store.ts';
import { approveWhat, notMineWhat, text } from '../strings.ts';
import { Code } from './Code.tsx';
import { Dialog } from './Dialog.tsx';
import { sentenceOf } from './failing.ts';

const close = (): void => showDialog(undefined);

/** The button that led here is gone: the focus stays among those that came. */
function focusSoon(id: string): void {
  requestAnimationFrame(() => document.getElementById(id)?.focus());
}

/** Another device asks for the keys: it gets them, or is turned away, or waits on. */
export function ApproveDialog({ device }: { readonly device: string }) {
  const [isNotMine, setNotMine] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const keys = store.keys.value;
  const asking = keys.state === 'ready' ? keys.waiting.find((waiting) => waiting.device === device) : undefined;

  const attempt = async (call: () => Promise<void>, done: string): Promise<void> => {
    setProblem(undefined);
    setBusy(true);
    try {
      await call();
      close();
      showHint(done);
    } catch (refusal) {
      setProblem(sentenceOf(refusal));
      setBusy(false);
    }
  };

  const turn = (notMine: boolean): void => {
    setProblem(undefined);
    setNotMine(notMine);
    focusSoon(notMine ? 'turn-back' : 'not-mine');
  };

  if (asking === undefined) {
    return (
      <Dialog title={text.approveTitle} onClose={close}>
        <p>{text.approveGone}</p>
      </Dialog>
    );
  }
  return (
    <Dialog title={isNotMine ? text.unlinkTitle : text.approveTitle} onClose={close}>
      {isNotMine ? <NotMine asking={asking} /> : <Comparing asking={asking} />}
      {problem !== undefined && (
        <p class="problem box" role="alert">
          {problem}
        </p>
      )}
      {isNotMine ? (
        <div class="actions" key="not-mine">
          <button type="button" id="turn-back" onClick={() => turn(false)}>
            {text.back}
          </button>
          <button
            type="button"
            class="primary danger"
            disabled={busy}
            onClick={() => void attempt(() => turnAway(device), text.notMineDone)}
          >
            {text.unlink}
          </button>
        </div>
      ) : (
        <div class="actions" key="approve">
          <button type="button" id="not-mine" class="apart" onClick={() => turn(true)}>
            {text.notMine}
          </button>
          <button type="button" onClick={close}>
            {text.later}
          </button>
          <button
            type="button"
            class="primary"
            disabled={busy}
            onClick={() => void attempt(() => approve(device), text.approveDone)}
          >
            {busy ? text.approving : text.approve}
          </button>
        </div>
      )}
    </Dialog>
  );
}

function Comparing({ asking }: { readonly asking: WaitingDevice }) {
  return (
    <>
      <p>{approveWhat(asking.name)}</p>
      <p>{text.approveCompare}</p>
      <Code code={asking.code} />
    </>
  );
}

/** Whoever listens is told where they are now. */
function NotMine({ asking }: { readonly asking: WaitingDevice }) {
  return <p role="alert">{notMineWhat(asking.name)}</p>;
}
