import { me } from '../store.ts';

/** For the browser's keeper of passwords, which must know whose it is. */
export function PasswordOwner() {
  return (
    <input class="visually-hidden" tabIndex={-1} aria-hidden="true" autocomplete="username" value={me.value} readOnly />
  );
}
