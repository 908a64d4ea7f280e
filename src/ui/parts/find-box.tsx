import { type ReactNode, useRef } from 'react';
import { useShortcut } from '../state/shortcuts.ts';
import { Icon } from './icon.tsx';

export interface FindBoxProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What can be written, as a tooltip. */
  readonly hint?: string;
  /** What the text found, or why it cannot be read. */
  readonly result?: ReactNode;
  readonly invalid?: boolean;
  /** Enter, or Shift Enter. */
  readonly onEnter?: (backwards: boolean) => void;
}

/** A find box that `/` focuses and Esc clears, then leaves. */
export function FindBox({ label, value, onChange, hint, result, invalid = false, onEnter }: FindBoxProps) {
  const input = useRef<HTMLInputElement>(null);
  useShortcut('/', label.toLowerCase(), () => input.current?.focus());
  return (
    <label className="search find-box" title={hint}>
      <Icon name="search" />
      <input
        ref={input}
        value={value}
        placeholder={label}
        aria-label={label}
        aria-invalid={invalid}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onEnter?.(event.shiftKey);
          if (event.key !== 'Escape') return;
          if (value === '') input.current?.blur();
          else onChange('');
        }}
      />
      {result !== undefined && (
        <output className={invalid ? 'find-result mistake' : 'find-result num'} aria-live="polite">
          {result}
        </output>
      )}
      {value === '' && <kbd className="kbd">/</kbd>}
    </label>
  );
}
