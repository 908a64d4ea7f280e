import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { SERVICE_LABEL } from '../../../model/identity.ts';
import type { Matcher, Selector } from '../../../model/selector.ts';
import { Button } from '../../parts/button.tsx';
import type { Range } from '../../state/range.ts';
import { useLabelNames, useLabelValues } from './explore-queries.ts';
import { formatMatchers, parseMatchers } from './explore-state.ts';
import { draftMatcher, OPERATORS, parseDraft } from './matcher-draft.ts';

export interface MatcherInputProps {
  readonly service: string;
  readonly matchers: Selector;
  readonly range: Range;
  readonly onChange: (matchers: Selector) => void;
}

interface Completion {
  readonly text: string;
  readonly note?: string;
}

const MAX_COMPLETIONS = 50;

/** Label conditions as chips, and an input that completes labels, operators, values. Backspace edits the last chip. */
export function MatcherInput({ service, matchers, range, onChange }: MatcherInputProps) {
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const completions = useCompletions(text, service, matchers, range, open);
  const draft = parseDraft(text);

  const add = (matcher: Matcher) => {
    onChange([...matchers, matcher]);
    setText('');
    setActive(-1);
  };
  const take = (completion: Completion) => {
    setActive(-1);
    if (draft.operator === '') return setText(completion.text);
    add({ name: draft.name, operator: draft.operator, value: completion.text });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const chosen = completions[active];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      setOpen(true);
      setActive((at) => clampIndex(at + (event.key === 'ArrowDown' ? 1 : -1), completions.length));
    } else if ((event.key === 'Enter' || event.key === 'Tab') && chosen !== undefined) take(chosen);
    else if (event.key === 'Enter') {
      const matcher = draftMatcher(draft);
      if (matcher === undefined) return;
      add(matcher);
    } else if (event.key === 'Escape') {
      if (open) setOpen(false);
      else input.current?.blur();
    } else if (event.key === 'Backspace' && text === '' && matchers.length > 0) {
      setText(formatMatchers(matchers.slice(-1)));
      onChange(matchers.slice(0, -1));
    } else return;
    event.preventDefault();
  };
  /** A selector from elsewhere, `{a="b",c=~"d"}`, is understood as a whole. */
  const onPaste = (event: React.ClipboardEvent) => {
    const pasted = parseMatchers(event.clipboardData.getData('text').replace(/^[\w.:]*\{/, '{'));
    if (pasted === undefined || pasted.length === 0) return;
    event.preventDefault();
    onChange([...matchers, ...pasted.filter((matcher) => matcher.name !== SERVICE_LABEL)]);
  };
  const isOpen = open && completions.length > 0;
  return (
    <div className="matchers">
      {matchers.map((matcher, at) => (
        <span className="chip" key={formatMatchers([matcher])}>
          <span className="chip-name">{matcher.name}</span>
          <span className="chip-operator">{matcher.operator}</span>
          <span>{matcher.value}</span>
          <Button
            kind="ghost"
            icon="cross"
            label={`Remove ${matcher.name}`}
            onClick={() => onChange(matchers.filter((_, other) => other !== at))}
          />
        </span>
      ))}
      <input
        ref={input}
        role="combobox"
        aria-label="Filter by label"
        aria-expanded={isOpen}
        {...(isOpen ? { 'aria-controls': listId } : {})}
        aria-autocomplete="list"
        {...(active >= 0 && isOpen ? { 'aria-activedescendant': `${listId}-${active}` } : {})}
        placeholder="Filter by label…"
        value={text}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => {
          setText(event.target.value);
          setOpen(true);
          setActive(-1);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
      />
      {isOpen && (
        <div className="menu completions" id={listId} role="listbox" aria-label="Completions">
          {completions.map((completion, at) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the input has the keys
            <div
              key={completion.text}
              id={`${listId}-${at}`}
              role="option"
              tabIndex={-1}
              className={at === active ? 'menu-row active' : 'menu-row'}
              aria-selected={at === active}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(completion)}
            >
              <span className="mono">{completion.text.replace(/^\w+(?=[!=])/, '')}</span>
              {completion.note !== undefined && <span className="t3">{completion.note}</span>}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

/** First labels, then operators, then the values of the label. */
function useCompletions(
  text: string,
  service: string,
  matchers: Selector,
  range: Range,
  enabled: boolean,
): readonly Completion[] {
  const draft = parseDraft(text);
  const names = useLabelNames(service, matchers, range, enabled);
  const values = useLabelValues(enabled && draft.operator !== '' ? draft.name : '', service, matchers, range);
  if (draft.operator !== '') {
    const wanted = draft.value.toLowerCase();
    const all = (values.data ?? []).filter((value) => value.toLowerCase().includes(wanted));
    return all.slice(0, MAX_COMPLETIONS).map((value) => ({ text: value }));
  }
  const known = names.data ?? [];
  if (known.includes(draft.name))
    return OPERATORS.map(({ operator, word }) => ({ text: draft.name + operator, note: word }));
  return known.filter((name) => name.includes(draft.name)).map((name) => ({ text: name, note: 'label' }));
}

function clampIndex(at: number, length: number): number {
  if (length === 0) return -1;
  return (at + length) % length;
}
