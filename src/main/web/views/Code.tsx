import { spelled } from '../strings.ts';

/** A code that is to be compared on two screens. */
export function Code({ code }: { readonly code: string }) {
  return (
    <p class="code">
      <span aria-hidden="true">{code}</span>
      <span class="visually-hidden">{spelled(code)}</span>
    </p>
  );
}
