/** A letter P that is a speech bubble: its bowl is round, its stem is the tail, and two points talk inside. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 64 64" aria-hidden="true" focusable="false">
      <path class="logo-plate" d="M18 0h28a18 18 0 0118 18v28a18 18 0 01-18 18H18A18 18 0 010 46V18A18 18 0 0118 0z" />
      <path class="logo-letter" d="M18 51V29a14.5 14.5 0 1114.5 14.5H27z" />
      <circle class="logo-point" cx="27.5" cy="29" r="3" />
      <circle class="logo-point second" cx="37.5" cy="29" r="3" />
    </svg>
  );
}
