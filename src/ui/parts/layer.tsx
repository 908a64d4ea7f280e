import { FloatingFocusManager, type FloatingFocusManagerProps, FloatingPortal } from '@floating-ui/react';
import type { ReactNode } from 'react';

/** Layers stand at the end of the main landmark, so that readers of screens find them. */
function mainElement(): HTMLElement | null {
  return document.getElementById('main');
}

/** Where menus, lists and pickers are drawn: over all else, with the focus inside; Tab past their end closes them. */
export function Layer(props: {
  context: FloatingFocusManagerProps['context'];
  /** Where the focus goes first; -1 leaves it where it is. */
  initialFocus?: number;
  children: FloatingFocusManagerProps['children'];
}) {
  const { context, initialFocus = 0, children } = props;
  return (
    <FloatingPortal root={mainElement()} preserveTabOrder={false}>
      <FloatingFocusManager context={context} modal={false} guards={false} initialFocus={initialFocus}>
        {children}
      </FloatingFocusManager>
    </FloatingPortal>
  );
}

/** Where tips are drawn; they never take the focus. */
export function TipLayer({ children }: { children: ReactNode }) {
  return <FloatingPortal root={mainElement()}>{children}</FloatingPortal>;
}
