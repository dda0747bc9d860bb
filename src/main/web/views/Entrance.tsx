import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { text } from '../strings.ts';
import { Logo } from './Logo.tsx';

/** The frame of the pages for those who are not logged in. */
export function Entrance({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <main class="entrance">
      <div class="entrance-card">
        <header class="entrance-head">
          <Logo />
          <p class="entrance-product">{text.product}</p>
          <p class="entrance-motto">{text.motto}</p>
        </header>
        <h1 tabIndex={-1} ref={heading}>
          {title}
        </h1>
        {children}
      </div>
    </main>
  );
}
