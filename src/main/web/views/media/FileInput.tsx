import type { RefObject } from 'preact';

/** What a button opens: it is not seen, and not reached by itself. */
export function FileInput(props: {
  readonly input: RefObject<HTMLInputElement | null>;
  onFiles(files: readonly File[]): void;
}) {
  return (
    <input
      type="file"
      multiple
      class="visually-hidden"
      tabIndex={-1}
      aria-hidden="true"
      ref={props.input}
      onChange={(event) => {
        props.onFiles([...(event.currentTarget.files ?? [])]);
        event.currentTarget.value = ''; // the same one may be chosen again
      }}
    />
  );
}
