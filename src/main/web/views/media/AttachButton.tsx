import { useCallback, useRef, useState } from 'preact/hooks';
import { chooseFiles } from '../../actions/files.ts';
import { fileText } from '../../fileTexts.ts';
import { IconButton } from '../IconButton.tsx';
import { Menu, type MenuItem } from '../Menu.tsx';
import { FileInput } from './FileInput.tsx';

/** What the browser offers first, where it knows kinds of files. */
const PICTURES = 'image/*,video/mp4,video/webm';

/** Files into the chat: pictures, the camera of a phone, anything. */
export function AttachButton({
  conversation,
  disabled,
}: {
  readonly conversation: string;
  readonly disabled: boolean;
}) {
  const [menu, setMenu] = useState<{ readonly x: number; readonly y: number } | undefined>(undefined);
  const input = useRef<HTMLInputElement>(null);
  const close = useCallback(() => setMenu(undefined), []);

  const ask = (accept: string, capture?: string): void => {
    const element = input.current;
    if (element === null) return;
    element.accept = accept;
    if (capture === undefined) element.removeAttribute('capture');
    else element.setAttribute('capture', capture);
    element.click();
  };
  const items: MenuItem[] = [
    { icon: 'picture', label: fileText.photos, act: () => ask(PICTURES) },
    // A browser without a camera of its own asks for a file instead.
    ...(matchMedia('(pointer: coarse)').matches
      ? [{ icon: 'camera' as const, label: fileText.camera, act: () => ask('image/*', 'environment') }]
      : []),
    { icon: 'file', label: fileText.anyFile, act: () => ask('') },
  ];

  return (
    <>
      <FileInput input={input} onFiles={(files) => chooseFiles(conversation, files)} />
      <IconButton
        icon="clip"
        label={fileText.attach}
        disabled={disabled}
        aria-haspopup="menu"
        aria-expanded={menu !== undefined}
        onClick={(event) => {
          const { left, top } = event.currentTarget.getBoundingClientRect();
          setMenu({ x: left, y: top - 40 - 40 * items.length });
        }}
      />
      {menu !== undefined && <Menu label={fileText.attachKinds} items={items} {...menu} onClose={close} />}
    </>
  );
}
