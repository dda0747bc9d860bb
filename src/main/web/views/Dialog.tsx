import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { text } from '../strings.ts';
import { IconButton } from './IconButton.tsx';

/** A dialog of the browser's own: it keeps the focus inside, and gives it back to where it was. */
export function Dialog(props: { readonly title: string; readonly children: ComponentChildren; onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    element?.querySelector<HTMLElement>('[data-first]')?.focus();
    return () => {
      element?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={title}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
      // A press beside the dialog hits the element itself, one inside hits what stands in it.
      onPointerDown={(event) => event.target === event.currentTarget && props.onClose()}
    >
      <div class="dialog-inner">
        <header class="dialog-head">
          <h2 id={title}>{props.title}</h2>
          <IconButton icon="close" label={text.close} onClick={props.onClose} />
        </header>
        {props.children}
      </div>
    </dialog>
  );
}
