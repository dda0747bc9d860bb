import { chooseTheme } from '../../actions/account.ts';
import { store, type Theme } from '../../store.ts';
import { text } from '../../strings.ts';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

export function Appearance() {
  return (
    <fieldset class="choices">
      <legend>{text.theme}</legend>
      <p class="hint">{text.themeHint}</p>
      {THEMES.map((theme) => (
        <label class="choice" key={theme}>
          <input type="radio" name="theme" checked={store.theme.value === theme} onChange={() => chooseTheme(theme)} />
          <span class="choice-name">{text.themes[theme]}</span>
        </label>
      ))}
    </fieldset>
  );
}
