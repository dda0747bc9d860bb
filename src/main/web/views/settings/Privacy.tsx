import { useEffect, useState } from 'preact/hooks';
import { type Privacy as Kept, type LastSeen, services } from '../../services.ts';
import { showHint } from '../../store.ts';
import { text } from '../../strings.ts';
import { sentenceOf } from '../failing.ts';

const CHOICES: readonly LastSeen[] = ['everyone', 'written-to', 'nobody'];

export function Privacy() {
  const [kept, setKept] = useState<Kept | undefined>(undefined);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  useEffect(() => {
    services()
      .account.settings()
      .then(setKept, (refusal: unknown) => setProblem(sentenceOf(refusal)));
  }, []);
  const change = async (wanted: Partial<Kept>): Promise<void> => {
    const before = kept;
    if (before !== undefined) setKept({ ...before, ...wanted });
    setProblem(undefined);
    try {
      setKept(await services().account.changeSettings(wanted));
      showHint(text.saved);
    } catch (refusal) {
      setKept(before); // what is shown is what holds
      setProblem(sentenceOf(refusal));
    }
  };
  return (
    <>
      {problem !== undefined && (
        <p class="problem box" role="alert">
          {problem}
        </p>
      )}
      {kept === undefined ? (
        problem === undefined && <p class="hint">{text.loading}</p>
      ) : (
        <>
          <fieldset class="choices">
            <legend>{text.lastSeenTitle}</legend>
            <p class="hint">{text.lastSeenHint}</p>
            {CHOICES.map((choice) => (
              <label class="choice" key={choice}>
                <input
                  type="radio"
                  name="last-seen"
                  checked={kept.lastSeen === choice}
                  onChange={() => void change({ lastSeen: choice })}
                />
                <span>
                  <span class="choice-name">{text.lastSeen[choice]}</span>
                  <span class="hint">{text.lastSeenExplained[choice]}</span>
                </span>
              </label>
            ))}
          </fieldset>
          <label class="choice switch">
            <span>
              <span class="choice-name">{text.readReceipts}</span>
              <span class="hint">{text.readReceiptsHint}</span>
            </span>
            <input
              type="checkbox"
              role="switch"
              checked={kept.readReceipts}
              aria-checked={kept.readReceipts}
              onChange={(event) => void change({ readReceipts: event.currentTarget.checked })}
            />
          </label>
        </>
      )}
    </>
  );
}
