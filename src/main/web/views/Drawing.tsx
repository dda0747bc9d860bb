import type { ComponentChildren } from 'preact';

// Small pictures for places where there is nothing yet. They only decorate.

const PICTURES = {
  talk: (
    <>
      <path class="soft" d="M20 34a22 22 0 0122-22h34a22 22 0 010 44H46L28 70V54a22 22 0 01-8-20z" />
      <path class="line" d="M20 34a22 22 0 0122-22h34a22 22 0 010 44H46L28 70V54a22 22 0 01-8-20z" />
      <path class="second" d="M76 66h20a18 18 0 0112 31.5V110L93 102H76a18 18 0 010-36z" />
      <path class="line" d="M42 29h36M42 40h22" />
      <circle class="dot" cx="82" cy="84" r="2.5" />
      <circle class="dot" cx="91" cy="84" r="2.5" />
      <circle class="dot" cx="100" cy="84" r="2.5" />
    </>
  ),
  note: (
    <>
      <path class="soft" d="M34 14h56a12 12 0 0112 12v48L72 104H34a12 12 0 01-12-12V26a12 12 0 0112-12z" />
      <path class="line" d="M34 14h56a12 12 0 0112 12v48L72 104H34a12 12 0 01-12-12V26a12 12 0 0112-12z" />
      <path class="second" d="M102 74H82a10 10 0 00-10 10v20" />
      <path class="line" d="M40 38h44M40 54h44M40 70h18" />
    </>
  ),
  nothing: (
    <>
      <circle class="soft" cx="54" cy="52" r="34" />
      <circle class="line" cx="54" cy="52" r="34" />
      <path class="second" d="M79 77l26 26" />
      <path class="line" d="M42 60c6-7 18-7 24 0M43 44v2M65 44v2" />
    </>
  ),
  settings: (
    <>
      <path class="soft" d="M18 20h88a8 8 0 018 8v64a8 8 0 01-8 8H18a8 8 0 01-8-8V28a8 8 0 018-8z" />
      <path class="line" d="M26 44h40M90 44h10M26 76h10M60 76h40" />
      <circle class="second" cx="78" cy="44" r="10" />
      <circle class="second" cx="48" cy="76" r="10" />
    </>
  ),
} satisfies Record<string, ComponentChildren>;

export type PictureName = keyof typeof PICTURES;

/** What to see and do where nothing is. */
export function Empty(props: {
  readonly picture: PictureName;
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <svg class="drawing" viewBox="0 0 124 120" aria-hidden="true" focusable="false">
        {PICTURES[props.picture]}
      </svg>
      <p class="empty-title">{props.title}</p>
      {props.children}
    </div>
  );
}
