import {
  autoUpdate,
  flip,
  offset,
  shift,
  useDismiss,
  useFloating,
  useFocus,
  useHover,
  useInteractions,
  useRole,
} from '@floating-ui/react';
import { type ReactNode, useState } from 'react';
import { TipLayer } from './layer.tsx';

/** Wraps `children` (inline) with a tip after 80 ms of hover or at once on focus. Never the only place of a fact. */
export function Tooltip({ tip, children, className }: { tip: ReactNode; children: ReactNode; className?: string }) {
  const [open, setOpen] = useState(false);
  const { refs, floatingStyles, context } = useFloating({
    open,
    onOpenChange: setOpen,
    placement: 'top',
    middleware: [offset(6), flip({ padding: 8 }), shift({ padding: 8 })],
    whileElementsMounted: autoUpdate,
  });
  const { getReferenceProps, getFloatingProps } = useInteractions([
    useHover(context, { delay: { open: 80, close: 0 }, move: false }),
    useFocus(context),
    useDismiss(context),
    useRole(context, { role: 'tooltip' }),
  ]);
  return (
    <>
      <span ref={refs.setReference} className={className ?? 'tip-anchor'} {...getReferenceProps()}>
        {children}
      </span>
      {open && (
        <TipLayer>
          <div ref={refs.setFloating} className="tip" style={floatingStyles} {...getFloatingProps()}>
            {tip}
          </div>
        </TipLayer>
      )}
    </>
  );
}

/** A tip at a point of the window, for canvas: give `null` to hide it. It never takes the pointer. */
export function PointTip({ point, children }: { point: { x: number; y: number } | null; children: ReactNode }) {
  const { refs, floatingStyles } = useFloating({
    open: point !== null,
    placement: 'right-start',
    strategy: 'fixed',
    middleware: [offset(14), flip({ padding: 8 }), shift({ padding: 8 })],
    elements: { reference: point === null ? null : pointElement(point) },
  });
  if (point === null) return null;
  return (
    <TipLayer>
      <div ref={refs.setFloating} className="tip" style={floatingStyles} role="presentation">
        {children}
      </div>
    </TipLayer>
  );
}

/** A reference for floating elements that has a place but no size. */
export function pointElement({ x, y }: { x: number; y: number }): Element {
  const rect = { x, y, width: 0, height: 0, top: y, right: x, bottom: y, left: x };
  return { getBoundingClientRect: () => rect, contextElement: document.body } as unknown as Element;
}
