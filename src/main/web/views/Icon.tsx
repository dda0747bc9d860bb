import type { ComponentChildren } from 'preact';

// Drawn for Parley on a grid of 24, strokes of 1.75. They say nothing by themselves: the button around them has a name.

const SHAPES = {
  back: <path d="M15 5l-7 7 7 7" />,
  close: <path d="M6 6l12 12M18 6L6 18" />,
  search: (
    <>
      <circle cx="11" cy="11" r="6.25" />
      <path d="M16 16l4 4" />
    </>
  ),
  write: (
    <path d="M12 5H7a3 3 0 00-3 3v9a3 3 0 003 3h9a3 3 0 003-3v-5M18.5 3.8a1.6 1.6 0 012.3 2.3L13 14l-3.2.8.8-3.2z" />
  ),
  settings: (
    <>
      <path d="M4 7h9M19 7h1M4 17h1M11 17h9" />
      <circle cx="16" cy="7" r="2.5" />
      <circle cx="8" cy="17" r="2.5" />
    </>
  ),
  send: <path d="M4.5 12l-1-7.2c-.1-.8.7-1.4 1.4-1L20.6 11.2a.9.9 0 010 1.6L4.9 20.2c-.7.4-1.5-.200-1.4-1zM4.5 12h8" />,
  smile: (
    <>
      <circle cx="12" cy="12" r="8.25" />
      <path d="M8.5 14.2c1.6 2.7 5.4 2.7 7 0M9 9.5v.6M15 9.5v.6" />
    </>
  ),
  down: <path d="M12 5v14M6 13l6 6 6-6" />,
  more: (
    <>
      <circle class="filled" cx="12" cy="5.5" r="1.5" />
      <circle class="filled" cx="12" cy="12" r="1.5" />
      <circle class="filled" cx="12" cy="18.5" r="1.5" />
    </>
  ),
  eye: (
    <>
      <path d="M2.8 12C5 8 8.3 6 12 6s7 2 9.2 6c-2.2 4-5.5 6-9.2 6s-7-2-9.2-6z" />
      <circle cx="12" cy="12" r="2.75" />
    </>
  ),
  eyeOff: (
    <>
      <path d="M2.8 12C5 8 8.3 6 12 6s7 2 9.2 6c-2.2 4-5.5 6-9.2 6s-7-2-9.2-6z" />
      <path d="M5 20L19 4" />
    </>
  ),
  person: (
    <>
      <circle cx="12" cy="8" r="3.75" />
      <path d="M4.5 20c.8-4 3.8-6 7.5-6s6.7 2 7.5 6" />
    </>
  ),
  lock: (
    <>
      <rect x="5" y="11" width="14" height="9" rx="2.5" />
      <path d="M8 11V8a4 4 0 018 0v3" />
    </>
  ),
  lockOpen: (
    <>
      <rect x="5" y="11" width="14" height="9" rx="2.5" />
      <path d="M8 11V7.5a4 4 0 017.7-1.5" />
    </>
  ),
  shieldCheck: (
    <>
      <path d="M12 3.5l7 2.5v5.5c0 4.3-2.9 7.4-7 9-4.1-1.6-7-4.7-7-9V6z" />
      <path d="M8.7 12l2.3 2.3 4.3-4.8" />
    </>
  ),
  shieldAlert: (
    <>
      <path d="M12 3.5l7 2.5v5.5c0 4.3-2.9 7.4-7 9-4.1-1.6-7-4.7-7-9V6z" />
      <path d="M12 8.2v4.3M12 15.6v.1" />
    </>
  ),
  devices: (
    <>
      <rect x="3" y="5" width="13" height="10" rx="2" />
      <path d="M2.5 19H12" />
      <rect x="15" y="10" width="6" height="10" rx="1.5" />
    </>
  ),
  key: (
    <>
      <circle cx="8" cy="15" r="4" />
      <path d="M11 12l8.5-8.5M16 7l3 3" />
    </>
  ),
  forward: <path d="M9 5l7 7-7 7" />,
  download: <path d="M12 4v11M7 10.5l5 5 5-5M5 19.5h14" />,
  zoomIn: (
    <>
      <circle cx="11" cy="11" r="6.25" />
      <path d="M16 16l4 4M11 8.5v5M8.5 11h5" />
    </>
  ),
  zoomOut: (
    <>
      <circle cx="11" cy="11" r="6.25" />
      <path d="M16 16l4 4M8.5 11h5" />
    </>
  ),
  play: <path class="filled" d="M8 5.2v13.6a.8.8 0 001.2.7l10.8-6.8a.8.8 0 000-1.4L9.2 4.5a.8.8 0 00-1.2.7z" />,
  pause: (
    <>
      <rect class="filled" x="6.5" y="5" width="4" height="14" rx="1.25" />
      <rect class="filled" x="13.5" y="5" width="4" height="14" rx="1.25" />
    </>
  ),
  microphone: (
    <>
      <rect x="9" y="3.5" width="6" height="11" rx="3" />
      <path d="M5.5 11.5a6.5 6.5 0 0013 0M12 18v2.5M9 20.5h6" />
    </>
  ),
  palette: (
    <>
      <circle cx="12" cy="12" r="8.25" />
      <path class="filled" d="M12 3.75a8.25 8.25 0 010 16.5z" />
    </>
  ),
  bell: <path d="M6 16.5V11a6 6 0 0112 0v5.5l1.5 1.5h-15zM10 20.5c.8 1 3.2 1 4 0" />,
  keyboard: (
    <>
      <rect x="2.5" y="6" width="19" height="12" rx="2.5" />
      <path d="M6.5 10h.01M10 10h.01M14 10h.01M17.5 10h.01M8 14h8" />
    </>
  ),
  info: (
    <>
      <circle cx="12" cy="12" r="8.25" />
      <path d="M12 11v5.5M12 7.5v.2" />
    </>
  ),
  copy: (
    <>
      <rect x="8" y="8" width="12" height="12" rx="2.5" />
      <path d="M16 5.5A2 2 0 0014 4H6.5A2.5 2.5 0 004 6.5V14a2 2 0 001.5 2" />
    </>
  ),
  again: <path d="M19 12a7 7 0 11-2.2-5.1M19 4v4h-4" />,
  trash: <path d="M4.5 7h15M9.5 7V4.5h5V7M6.5 7l.8 11.2a2 2 0 002 1.8h5.4a2 2 0 002-1.8L17.5 7" />,
  leave: <path d="M14 4.5H7a2.5 2.5 0 00-2.5 2.5v10A2.5 2.5 0 007 19.5h7M10 12h10M16.5 8.5L20 12l-3.5 3.5" />,
  note: (
    <path d="M6.5 4h11A2.5 2.5 0 0120 6.5V14l-6 6H6.5A2.5 2.5 0 014 17.5v-11A2.5 2.5 0 016.5 4zM20 14h-4a2 2 0 00-2 2v4M8 9h8M8 13h3" />
  ),
  clip: (
    <path d="M19.5 11.5l-7.8 7.8a4.6 4.6 0 01-6.5-6.5l8.3-8.3a3.1 3.1 0 014.4 4.4l-8.2 8.2a1.6 1.6 0 01-2.2-2.2l7.4-7.4" />
  ),
  picture: (
    <>
      <rect x="3.5" y="5" width="17" height="14" rx="2.5" />
      <circle cx="8.5" cy="10" r="1.5" />
      <path d="M4.5 17.5l4.8-4.3 3.4 2.8 3.6-3.7 3.7 3.9" />
    </>
  ),
  camera: (
    <>
      <path d="M4 8.5A1.5 1.5 0 015.5 7h2.7l1.3-2h5l1.3 2h2.700A1.5 1.5 0 0120 8.500v9a1.5 1.5 0 01-1.5 1.500h-13A1.5 1.5 0 014 17.500z" />
      <circle cx="12" cy="12.75" r="3.25" />
    </>
  ),
  file: (
    <path d="M7 3.5h7l4.5 4.500v11a1.5 1.5 0 01-1.5 1.500H7A1.5 1.5 0 015.5 19V5A1.5 1.5 0 017 3.500zM14 3.500V8h4.5" />
  ),
  check: <path d="M5 12.5l4.5 4.5L19 7.5" />,
} satisfies Record<string, ComponentChildren>;

export type IconName = keyof typeof SHAPES;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {SHAPES[name]}
    </svg>
  );
}
