import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon, type IconName } from './Icon.tsx';
import { rove } from './roving.ts';

export interface MenuItem {
  readonly icon: IconName;
  readonly label: string;
  act(): void;
}

const EDGE = 8;

/** A menu at a place on the page. It closes by Esc, by a press beside it, and when something was chosen. */
export function Menu(props: {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly items: readonly MenuItem[];
  onClose(): void;
}) {
  const menu = useRef<HTMLDivElement>(null);
  const { onClose } = props;

  useLayoutEffect(() => {
    const element = menu.current;
    if (element === null) return;
    const { width, height } = element.getBoundingClientRect();
    // Through the style object, which the Content-Security-Policy allows, unlike an attribute.
    element.style.left = `${Math.max(EDGE, Math.min(props.x, innerWidth - width - EDGE))}px`;
    element.style.top = `${Math.max(EDGE, Math.min(props.y, innerHeight - height - EDGE))}px`;
  }, [props.x, props.y]);

  // Before anybody sees the menu: a key that came in between would go to what is under it.
  useLayoutEffect(() => {
    const before = document.activeElement;
    menu.current?.querySelector<HTMLElement>('[data-item]')?.focus({ preventScroll: true });
    const beside = (event: PointerEvent): void => {
      if (event.target instanceof Node && menu.current?.contains(event.target)) return;
      onClose();
    };
    window.addEventListener('pointerdown', beside, true);
    return () => {
      window.removeEventListener('pointerdown', beside, true);
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, [onClose]);

  const pressed = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      onClose();
    } else if (menu.current !== null) {
      rove(event, menu.current);
    }
  };

  return (
    <div class="menu" role="menu" aria-label={props.label} ref={menu} onKeyDown={pressed}>
      {props.items.map((item) => (
        <button
          type="button"
          role="menuitem"
          key={item.label}
          tabIndex={-1}
          data-item
          onClick={() => {
            onClose();
            item.act();
          }}
        >
          <Icon name={item.icon} />
          {item.label}
        </button>
      ))}
    </div>
  );
}
