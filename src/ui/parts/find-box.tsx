import { useRef } from 'react';
import { useShortcut } from '../state/shortcuts.ts';
import { Icon } from './icon.tsx';

/** A find box that `/` focuses and Esc clears, then leaves. */
export function FindBox(props: { label: string; value: string; onChange: (value: string) => void }) {
  const { label, value, onChange } = props;
  const input = useRef<HTMLInputElement>(null);
  useShortcut('/', label.toLowerCase(), () => input.current?.focus());
  return (
    <label className="search find-box">
      <Icon name="search" />
      <input
        ref={input}
        value={value}
        placeholder={label}
        aria-label={label}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          if (value === '') input.current?.blur();
          else onChange('');
        }}
      />
      <kbd className="kbd">/</kbd>
    </label>
  );
}
