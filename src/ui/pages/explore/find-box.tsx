import { type RefObject, useRef } from 'react';
import { formatExactCount, formatPercent } from '../../../base/units.ts';
import { Icon } from '../../parts/icon.tsx';
import { useShortcut } from '../../state/shortcuts.ts';

export interface FindBoxProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
  /** Functions that match and their share of the whole; undefined while nothing is asked for. */
  readonly hits: { readonly functions: number; readonly share: number } | undefined;
  readonly mistake: string | undefined;
  /** Goes to the next (1) or previous (-1) matching frame. */
  readonly onStep: (by: 1 | -1) => void;
}

/** The page's find box: `/` focuses it, Enter and `n` go through the hits by width. */
export function FindBox({ text, onChange, hits, mistake, onStep }: FindBoxProps) {
  const input: RefObject<HTMLInputElement | null> = useRef(null);
  useShortcut('/', 'find function or package', () => input.current?.focus());
  useShortcut('n', 'next hit', () => onStep(1), { enabled: hits !== undefined });
  useShortcut('N', 'previous hit', () => onStep(-1), { enabled: hits !== undefined });
  return (
    <label className="search find-box" title="Substring, /regular expression/, comma = or">
      <Icon name="search" />
      <input
        ref={input}
        value={text}
        placeholder="Find function or package"
        aria-label="Find function or package"
        aria-invalid={mistake !== undefined}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onStep(event.shiftKey ? -1 : 1);
          else if (event.key !== 'Escape') return;
          else if (text === '') input.current?.blur();
          else onChange('');
          event.preventDefault();
        }}
      />
      <output className={mistake === undefined ? 'num' : 'find-mistake'} aria-live="polite">
        {mistake ?? (hits === undefined ? '' : `${formatExactCount(hits.functions)}, ${formatPercent(hits.share)}`)}
      </output>
      {text === '' && <kbd className="kbd">/</kbd>}
    </label>
  );
}
