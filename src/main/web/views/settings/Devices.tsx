import { useEffect, useState } from 'preact/hooks';
import { type LinkedDevice, services } from '../../services.ts';
import { showHint, store } from '../../store.ts';
import { deviceLinked, deviceSeen, text, unlinkQuestion } from '../../strings.ts';
import { Dialog } from '../Dialog.tsx';
import { sentenceOf } from '../failing.ts';
import { Icon } from '../Icon.tsx';

export function Devices() {
  const [devices, setDevices] = useState<readonly LinkedDevice[] | undefined>(undefined);
  const [asked, setAsked] = useState<LinkedDevice | undefined>(undefined);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const now = store.minute.value;
  useEffect(() => {
    services()
      .account.devices()
      .then(setDevices, (refusal: unknown) => setProblem(sentenceOf(refusal)));
  }, []);
  const unlink = async (device: LinkedDevice): Promise<void> => {
    setAsked(undefined);
    setProblem(undefined);
    try {
      await services().account.unlink(device.device);
      setDevices(devices?.filter((other) => other.device !== device.device));
      showHint(text.unlinked);
    } catch (refusal) {
      setProblem(sentenceOf(refusal));
    }
  };
  return (
    <>
      <p class="hint">{text.devicesHint}</p>
      {problem !== undefined && (
        <p class="problem box" role="alert">
          {problem}
        </p>
      )}
      {devices === undefined && problem === undefined && <p class="hint">{text.loading}</p>}
      <ul class="devices">
        {devices
          ?.toSorted((a, b) => Number(b.current) - Number(a.current) || (b.lastSeen ?? 0) - (a.lastSeen ?? 0))
          .map((device) => (
            <li key={device.device}>
              <Icon name="devices" />
              <span>
                <span class="choice-name">{device.name}</span>
                <span class={device.current ? 'hint current' : 'hint'}>
                  {deviceSeen(device.current, device.lastSeen, now)}
                </span>
                <span class="hint">{deviceLinked(device.linked, now)}</span>
              </span>
              {!device.current && (
                <button type="button" onClick={() => setAsked(device)} aria-label={`${text.unlink}: ${device.name}`}>
                  {text.unlink}
                </button>
              )}
            </li>
          ))}
      </ul>
      {asked !== undefined && (
        <Dialog title={text.unlinkTitle} onClose={() => setAsked(undefined)}>
          <p>{unlinkQuestion(asked.name)}</p>
          <div class="actions">
            <button type="button" onClick={() => setAsked(undefined)}>
              {text.cancel}
            </button>
            <button type="button" class="primary danger" onClick={() => void unlink(asked)}>
              {text.unlink}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
