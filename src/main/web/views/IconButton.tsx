import type { JSX } from 'preact';
import { Icon, type IconName } from './Icon.tsx';

type Props = Omit<JSX.IntrinsicElements['button'], 'icon' | 'label'> & {
  readonly icon: IconName;
  /** Its name: read out, and shown when one rests on it. */
  readonly label: string;
};

export function IconButton({ icon, label, class: extra, ...rest }: Props) {
  return (
    <button type="button" class={`icon-button ${extra ?? ''}`} aria-label={label} title={label} {...rest}>
      <Icon name={icon} />
    </button>
  );
}
