import {
  autoUpdate,
  flip,
  offset,
  shift,
  useClick,
  useDismiss,
  useFloating,
  useInteractions,
  useListNavigation,
  useRole,
  useTypeahead,
} from '@floating-ui/react';
import { type ReactElement, type Ref, useLayoutEffect, useRef, useState } from 'react';
import { Layer } from './layer.tsx';
import { pointElement } from './tooltip.tsx';

export interface MenuItem {
  readonly label: string;
  readonly onSelect: () => void;
  /** Key that does the same. */
  readonly hint?: string;
  readonly disabled?: boolean;
  /** A rule above this item. */
  readonly startsGroup?: boolean;
}

interface MenuListProps {
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

/** What the element that opens a menu must take. */
export interface TriggerProps {
  readonly ref: Ref<HTMLButtonElement>;
  readonly [attribute: string]: unknown;
}

/** A menu under the control that `trigger` draws. */
export function Menu(props: {
  label: string;
  items: readonly MenuItem[];
  trigger: (props: TriggerProps) => ReactElement;
}) {
  const [open, setOpen] = useState(false);
  const menu = useMenu({ label: props.label, items: props.items, open, onOpenChange: setOpen }, null);
  return (
    <>
      {props.trigger(menu.triggerProps())}
      {menu.list}
    </>
  );
}

/** A menu at a point of the window (right click, long press, `.`); `point` null closes it. */
export function MenuAt(props: {
  label: string;
  items: readonly MenuItem[];
  point: { x: number; y: number } | null;
  onClose: () => void;
}) {
  const onOpenChange = (open: boolean) => {
    if (!open) props.onClose();
  };
  return useMenu({ label: props.label, items: props.items, open: props.point !== null, onOpenChange }, props.point)
    .list;
}

function useMenu({ label, items, open, onOpenChange }: MenuListProps, point: { x: number; y: number } | null) {
  const [activeIndex, setActiveIndex] = useState<number | null>(null);
  const rows = useRef<(HTMLElement | null)[]>([]);
  const labels = useRef<(string | null)[]>([]);
  labels.current = items.map((item) => item.label);
  const { refs, floatingStyles, context } = useFloating({
    open,
    onOpenChange,
    placement: 'bottom-start',
    strategy: 'fixed',
    middleware: [offset(point === null ? 4 : 2), flip({ padding: 8 }), shift({ padding: 8 })],
    whileElementsMounted: autoUpdate,
  });
  const { setPositionReference } = refs;
  // A place only: as the reference itself it would have to be a real element.
  useLayoutEffect(() => {
    if (point !== null) setPositionReference(pointElement(point));
  }, [point, setPositionReference]);
  const { getReferenceProps, getFloatingProps, getItemProps } = useInteractions([
    useClick(context, { enabled: point === null }),
    useDismiss(context),
    useRole(context, { role: 'menu' }),
    useListNavigation(context, { listRef: rows, activeIndex, onNavigate: setActiveIndex, loop: true }),
    useTypeahead(context, { listRef: labels, activeIndex, onMatch: setActiveIndex }),
  ]);
  const select = (item: MenuItem) => {
    onOpenChange(false);
    item.onSelect();
  };
  const list = open && (
    <Layer context={context}>
      <div
        ref={refs.setFloating}
        className="menu"
        style={floatingStyles}
        {...getFloatingProps({ 'aria-label': label })}
      >
        {items.map((item, index) => (
          <button
            key={item.label}
            type="button"
            role="menuitem"
            className={item.startsGroup === true ? 'menu-row rule' : 'menu-row'}
            tabIndex={activeIndex === index ? 0 : -1}
            disabled={item.disabled}
            ref={(element) => {
              rows.current[index] = element;
            }}
            {...getItemProps({ onClick: () => select(item) })}
          >
            <span>{item.label}</span>
            {item.hint !== undefined && <kbd className="kbd">{item.hint}</kbd>}
          </button>
        ))}
      </div>
    </Layer>
  );
  return { triggerProps: (): TriggerProps => ({ ref: refs.setReference, ...getReferenceProps() }), list };
}
