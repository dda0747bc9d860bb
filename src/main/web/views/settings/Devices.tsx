import { useEffect, useState } from 'preact/hooks';
import { turnAway } from '../../actions/safety.ts';
import { type LinkedDevice, services } from '../../services.ts';
import { showDialog, showHint, store } from '../../store.ts';
import { deviceLinked, deviceSeen, notMineWhat, text, unlinkQuestion } from '../../strings.ts';
import { Dialog } from '../Dialog.tsx';
import { sentenceOf } from '../failing.ts';
import { Icon } from '../Icon.tsx';

interface Props {
  readonly device: LinkedDevice;
  /** It asks to be approved, and can be here. */
  readonly asks: boolean;
  /** It cannot read what is encrypted yet. */
  readonly waits: boolean;
  onUnlink(): void;
}

function DeviceRow({ device, asks, waits, onUnlink }: Props) {
  const now = store.minute.value;
  const approve = (): void => showDialog({ kind: 'approve', device: device.device });
  const unlink = asks ? text.notMine : text.unlink;
  return (
    <li>
      <Icon name="devices" />
      <span>
        <span class="choice-name">{device.name}</span>
        <span class={device.current ? 'hint current' : 'hint'}>{deviceSeen(device.current, device.lastSeen, now)}</span>
        <span class="hint">{deviceLinked(device.linked, now)}</span>
        {waits && <span class="waits">{text.waitsForApproval}</span>}
      </span>
      {(asks || !device.current) && (
        <span class="device-actions">
          {!device.current && (
            <button type="button" onClick={onUnlink} aria-label={`${unlink}: ${device.name}`}>
              {unlink}
            </button>
          )}
          {asks && (
            <button type="button" class="primary" onClick={approve} aria-label={`${text.approve}: ${device.name}`}>
              {text.approve}
            </button>
          )}
        </span>
      )}
    </li>
  );
}

export function Devices() {
  const [devices, setDevices] = useState<readonly LinkedDevice[] | undefined>(undefined);
  const [asked, setAsked] = useState<LinkedDevice | undefined>(undefined);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const keys = store.keys.value;
  const asking = keys.state === 'ready' ? keys.waiting.map(({ device }) => device) : [];
  const asks = ({ device }: LinkedDevice): boolean => asking.includes(device);
  const listed = asking.join();
  // Where another device asks, or one has been turned away, the list is another one too.
  useEffect(() => {
    services()
      .account.devices()
      .then(setDevices, (refusal: unknown) => setProblem(sentenceOf(refusal)));
  }, [listed]);
  const unlink = async (device: LinkedDevice): Promise<void> => {
    const isOthers = asks(device);
    setAsked(undefined);
    setProblem(undefined);
    try {
      await (isOthers ? turnAway(device.device) : services().account.unlink(device.device));
      setDevices(devices?.filter((other) => other.device !== device.device));
      showHint(isOthers ? text.notMineDone : text.unlinked);
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
            <DeviceRow
              key={device.device}
              device={device}
              asks={asks(device)}
              waits={asks(device) || (device.current && keys.state === 'waiting')}
              onUnlink={() => setAsked(device)}
            />
          ))}
      </ul>
      {asked !== undefined && (
        <Dialog title={text.unlinkTitle} onClose={() => setAsked(undefined)}>
          <p>{asks(asked) ? notMineWhat(asked.name) : unlinkQuestion(asked.name)}</p>
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
