import { useState } from 'preact/hooks';
import type { LinkedDevice } from '../services.ts';
import { deviceSeen, text } from '../strings.ts';

/** One account has so many devices and no more: one of them makes room. */
export function ReplaceDevice(props: {
  readonly devices: readonly LinkedDevice[];
  readonly problem: string | undefined;
  readonly busy: boolean;
  onChoose(device: string): void;
  onBack(): void;
}) {
  const longestAway = props.devices.toSorted((a, b) => (a.lastSeen ?? 0) - (b.lastSeen ?? 0));
  const [chosen, setChosen] = useState(longestAway[0]?.device ?? '');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen !== '') props.onChoose(chosen);
      }}
    >
      <p>{text.tooMany}</p>
      {props.problem !== undefined && (
        <p class="problem box" role="alert">
          {props.problem}
        </p>
      )}
      <fieldset class="choices scrolls">
        <legend class="visually-hidden">{text.settingsPages.devices}</legend>
        {longestAway.map((device) => (
          <label class="choice" key={device.device}>
            <input
              type="radio"
              name="device"
              checked={chosen === device.device}
              onChange={() => setChosen(device.device)}
            />
            <span>
              <span class="choice-name">{device.name}</span>
              <span class="hint">{deviceSeen(false, device.lastSeen, Date.now())}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <div class="actions">
        <button type="button" onClick={props.onBack}>
          {text.back}
        </button>
        <button type="submit" class="primary" disabled={props.busy}>
          {props.busy ? text.loggingIn : text.replace}
        </button>
      </div>
    </form>
  );
}
