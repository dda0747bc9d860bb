import { shortcuts, text } from '../strings.ts';

const GROUPS = ['everywhere', 'list', 'chat', 'writing'] as const;

export function Shortcuts() {
  return (
    <div class="shortcuts">
      {GROUPS.map((group) => (
        <section key={group}>
          <h3>{text.shortcutGroups[group]}</h3>
          <dl>
            {shortcuts
              .filter((shortcut) => shortcut.group === group)
              .map((shortcut) => (
                <div key={shortcut.what}>
                  <dt>{shortcut.what}</dt>
                  <dd>
                    {shortcut.keys.map((keys) => (
                      <span key={keys.join()}>
                        {keys.map((key) => (
                          <kbd key={key}>{key}</kbd>
                        ))}
                      </span>
                    ))}
                  </dd>
                </div>
              ))}
          </dl>
          {group === 'writing' && <p class="hint">{text.shortcutsTouch}</p>}
        </section>
      ))}
    </div>
  );
}
