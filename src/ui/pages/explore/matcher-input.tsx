import { type ClipboardEvent, type KeyboardEvent, useId, useState } from 'react';
import { SERVICE_LABEL } from '../../../model/identity.ts';
import type { Matcher, Selector } from '../../../model/selector.ts';
import { Button } from '../../parts/button.tsx';
import type { Range } from '../../state/range.ts';
import { useLabelNames, useLabelValues } from './explore-queries.ts';
import { formatMatchers, parseMatchers } from './explore-state.ts';
import { enterDraft, OPERATORS, parseDraft } from './matcher-draft.ts';

export interface MatcherInputProps {
  readonly service: string;
  readonly matchers: Selector;
  readonly range: Range;
  readonly onChange: (matchers: Selector) => void;
  /** What the server said against the filter; '' where nothing. */
  readonly refusal: string;
}

interface Completion {
  readonly text: string;
  readonly note?: string;
}

const MAX_COMPLETIONS = 50;

/** Label conditions as chips, and an input that completes labels, operators, values. Backspace edits the last chip. */
export function MatcherInput(props: MatcherInputProps) {
  const { matchers, onChange, refusal } = props;
  const listId = useId();
  const editor = useMatcherEditor(props);
  const { text, active, completions, isOpen, missing } = editor;
  return (
    <div className="matchers">
      {matchers.map((matcher, at) => (
        <Chip
          key={formatMatchers([matcher])}
          matcher={matcher}
          isRefused={isNamedIn(refusal, matcher)}
          onRemove={() => onChange(matchers.filter((_, other) => other !== at))}
        />
      ))}
      <input
        role="combobox"
        aria-label="Filter by label"
        aria-expanded={isOpen}
        {...(isOpen ? { 'aria-controls': listId } : {})}
        aria-autocomplete="list"
        {...(active >= 0 && isOpen ? { 'aria-activedescendant': `${listId}-${active}` } : {})}
        placeholder={matchers.length === 0 ? 'Filter by label…' : ''}
        {...(missing === '' ? {} : { 'aria-invalid': true, 'aria-errormessage': `${listId}-missing` })}
        value={text}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => editor.type(event.target.value)}
        onFocus={editor.open}
        onBlur={editor.close}
        onKeyDown={editor.onKeyDown}
        onPaste={editor.onPaste}
      />
      {missing !== '' && (
        <p className="matcher-missing" id={`${listId}-missing`} role="alert">
          {missing}
        </p>
      )}
      {isOpen && missing === '' && (
        <CompletionList id={listId} completions={completions} active={active} onTake={editor.take} />
      )}
    </div>
  );
}

/** What is being typed, and what keys, clicks and pasting do to it. */
function useMatcherEditor({ service, matchers, range, onChange }: MatcherInputProps) {
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const [missing, setMissing] = useState('');
  const completions = useCompletions(text, service, matchers, range, open);
  const draft = parseDraft(text);
  const type = (next: string) => {
    setText(next);
    setMissing('');
    setOpen(true);
    setActive(-1);
  };
  const add = (matcher: Matcher) => {
    onChange([...matchers, matcher]);
    type('');
  };
  const take = (completion: string) => {
    if (draft.operator === '') type(completion);
    else add({ name: draft.name, operator: draft.operator, value: completion });
  };
  const enter = () => {
    const offered = completions.map((completion) => completion.text);
    const entered = enterDraft(draft, offered);
    if (entered === undefined) return;
    if ('add' in entered) add(entered.add);
    else if ('take' in entered) take(entered.take);
    else setMissing(entered.missing);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const chosen = completions[active];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      setOpen(true);
      setMissing('');
      setActive((at) => wrapIndex(at + step, completions.length));
    } else if ((event.key === 'Enter' || event.key === 'Tab') && chosen !== undefined) take(chosen.text);
    else if (event.key === 'Enter') enter();
    else if (event.key === 'Escape' && open) setOpen(false);
    else if (event.key === 'Escape') event.currentTarget.blur();
    else if (event.key === 'Backspace' && text === '' && matchers.length > 0) {
      type(formatMatchers(matchers.slice(-1)));
      onChange(matchers.slice(0, -1));
    } else return;
    event.preventDefault();
  };
  const onPaste = (event: ClipboardEvent) => {
    const pasted = pastedMatchers(event.clipboardData.getData('text'));
    if (pasted === undefined) return;
    event.preventDefault();
    onChange([...matchers, ...pasted]);
  };
  const close = () => {
    setOpen(false);
    setMissing('');
  };
  const isOpen = open && completions.length > 0;
  return {
    text,
    type,
    active,
    completions,
    missing,
    isOpen,
    open: () => setOpen(true),
    close,
    take,
    onKeyDown,
    onPaste,
  };
}

/** A selector from elsewhere, `{a="b",c=~"d"}`, is understood as a whole; undefined for other text. */
function pastedMatchers(text: string): Selector | undefined {
  const pasted = parseMatchers(text.replace(/^[\w.:]*\{/, '{'));
  if (pasted === undefined || pasted.length === 0) return undefined;
  return pasted.filter((matcher) => matcher.name !== SERVICE_LABEL);
}

/** Whether a refusal of the server speaks of this condition. */
function isNamedIn(refusal: string, { name, value }: Matcher): boolean {
  return refusal.includes(`${name}: \`${value}\``);
}

function Chip({ matcher, isRefused, onRemove }: { matcher: Matcher; isRefused: boolean; onRemove: () => void }) {
  return (
    <span className={isRefused ? 'chip refused' : 'chip'}>
      <span className="chip-name">{matcher.name}</span>
      <span className="chip-operator">{matcher.operator}</span>
      <span className="trunc">{matcher.value}</span>
      <Button kind="ghost" icon="cross" label={`Remove ${matcher.name}`} onClick={onRemove} />
    </span>
  );
}

interface CompletionListProps {
  readonly id: string;
  readonly completions: readonly Completion[];
  readonly active: number;
  readonly onTake: (completion: string) => void;
}

function CompletionList({ id, completions, active, onTake }: CompletionListProps) {
  return (
    <div className="menu completions" id={id} role="listbox" aria-label="Completions">
      {completions.map((completion, at) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the input has the keys
        <div
          key={completion.text}
          id={`${id}-${at}`}
          role="option"
          tabIndex={-1}
          className={at === active ? 'menu-row active' : 'menu-row'}
          aria-selected={at === active}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onTake(completion.text)}
        >
          <span className="mono">{completion.text.replace(/^\w+(?=[!=])/, '')}</span>
          {completion.note !== undefined && <span className="t3">{completion.note}</span>}
        </div>
      ))}
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

/** -1 is none; past either end comes the other one. */
function wrapIndex(at: number, length: number): number {
  return length === 0 ? -1 : (Math.max(at, -1) + length) % length;
}
