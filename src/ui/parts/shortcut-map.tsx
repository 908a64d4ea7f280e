import { useEffect, useRef } from 'react';
import { type Shortcut, useShortcuts, useShortcutsOff } from '../state/shortcuts.ts';
import { Button } from './button.tsx';

const GROUPS: readonly Shortcut['group'][] = ['Everywhere', 'This page', 'Table', 'Flame graph', 'Time'];

/** The keys that work on this page, and the switch that turns single keys off. */
export function ShortcutMap({ open, onClose }: { open: boolean; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const shortcuts = useShortcuts();
  const [off, setOff] = useShortcutsOff();
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  const groups = GROUPS.map((name) => ({ name, rows: shortcuts.filter((shortcut) => shortcut.group === name) }));
  return (
    <dialog ref={dialog} className="shortcut-map" aria-labelledby="shortcut-map-title" onClose={onClose}>
      <header>
        <h2 id="shortcut-map-title">Keyboard shortcuts</h2>
        <Button kind="ghost" icon="cross" label="Close" onClick={onClose} />
      </header>
      <div className="shortcut-groups">
        {groups
          .filter((group) => group.rows.length > 0)
          .map((group) => (
            <section key={group.name}>
              <h3>{group.name}</h3>
              <dl>
                {group.rows.map((shortcut) => (
                  <div key={shortcut.keys}>
                    <dt>{shortcut.what}</dt>
                    <dd>
                      {shortcut.keys.split(' ').map((key) => (
                        <kbd className="kbd" key={key}>
                          {key}
                        </kbd>
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
      </div>
      <label className="shortcut-switch">
        <input type="checkbox" checked={off} onChange={(event) => setOff(event.target.checked)} />
        Switch single keys off (? keeps working)
      </label>
    </dialog>
  );
}
