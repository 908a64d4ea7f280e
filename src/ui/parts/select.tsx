import {
  autoUpdate,
  flip,
  offset,
  shift,
  size,
  useClick,
  useDismiss,
  useFloating,
  useInteractions,
  useListNavigation,
  useRole,
  useTypeahead,
} from '@floating-ui/react';
import { type ReactNode, useRef, useState } from 'react';
import { Caret } from './button.tsx';
import { Layer } from './layer.tsx';

export interface SelectOption<T extends string> {
  readonly value: T;
  readonly label: string;
  /** One line that explains the choice. */
  readonly note?: string;
  /** Options of one group stand together under its name. */
  readonly group?: string;
  readonly disabled?: boolean;
  readonly icon?: ReactNode;
}

export interface SelectProps<T extends string> {
  /** Names the control; shown in grey before the value unless `hideLabel`. */
  readonly label: string;
  readonly hideLabel?: boolean;
  readonly options: readonly SelectOption<T>[];
  readonly value: T | null;
  readonly onChange: (value: T) => void;
  readonly placeholder?: string;
}

/** One of many: a button that opens a list box. Arrow keys, first letters, Enter, Esc. */
export function Select<T extends string>(props: SelectProps<T>) {
  const { label, hideLabel = false, options, value, onChange, placeholder = 'Choose' } = props;
  const [open, setOpen] = useState(false);
  const [activeIndex, setActiveIndex] = useState<number | null>(null);
  const rows = useRef<(HTMLElement | null)[]>([]);
  const labels = useRef<(string | null)[]>([]);
  labels.current = options.map((option) => option.label);
  const selected = options.findIndex((option) => option.value === value);
  const { refs, floatingStyles, context } = useFloating({
    open,
    onOpenChange: setOpen,
    placement: 'bottom-start',
    strategy: 'fixed',
    middleware: [offset(4), flip({ padding: 8 }), shift({ padding: 8 }), size({ apply: limitHeight, padding: 12 })],
    whileElementsMounted: autoUpdate,
  });
  const { getReferenceProps, getFloatingProps, getItemProps } = useInteractions([
    useClick(context),
    useDismiss(context),
    useRole(context, { role: 'listbox' }),
    useListNavigation(context, {
      listRef: rows,
      activeIndex,
      selectedIndex: selected < 0 ? null : selected,
      onNavigate: setActiveIndex,
      loop: true,
    }),
    useTypeahead(context, { listRef: labels, activeIndex, onMatch: setActiveIndex }),
  ]);
  const choose = (option: SelectOption<T>) => {
    setOpen(false);
    onChange(option.value);
  };
  const shown = options[selected]?.label ?? value ?? placeholder;
  return (
    <>
      <button
        type="button"
        className="btn select"
        ref={refs.setReference}
        {...getReferenceProps()}
        aria-label={`${label}: ${shown}`}
      >
        {!hideLabel && <span className="t3">{label}</span>}
        <span className="trunc">{shown}</span>
        <Caret />
      </button>
      {open && (
        <Layer context={context} initialFocus={-1}>
          <div
            ref={refs.setFloating}
            className="menu list"
            style={floatingStyles}
            {...getFloatingProps({ 'aria-label': label })}
          >
            {options.map((option, index) => (
              <div key={option.value} role="presentation">
                {option.group !== options[index - 1]?.group && <GroupName name={option.group} />}
                <div
                  role="option"
                  className="menu-row"
                  tabIndex={activeIndex === index ? 0 : -1}
                  aria-selected={index === selected}
                  aria-disabled={option.disabled === true}
                  ref={(element) => {
                    rows.current[index] = element;
                  }}
                  {...getItemProps({
                    onClick: () => option.disabled !== true && choose(option),
                    onKeyDown: (event) => {
                      if (event.key !== 'Enter' && event.key !== ' ') return;
                      event.preventDefault();
                      if (option.disabled !== true) choose(option);
                    },
                  })}
                >
                  {option.icon}
                  <span>
                    {option.label}
                    {option.note !== undefined && <small>{option.note}</small>}
                  </span>
                </div>
              </div>
            ))}
          </div>
        </Layer>
      )}
    </>
  );
}

function GroupName({ name }: { name: string | undefined }) {
  return (
    name !== undefined && (
      <div className="menu-group" role="presentation">
        {name}
      </div>
    )
  );
}

function limitHeight({ availableHeight, elements }: { availableHeight: number; elements: { floating: HTMLElement } }) {
  elements.floating.style.maxHeight = `${Math.min(availableHeight, 480)}px`;
}
