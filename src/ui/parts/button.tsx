import type { ComponentPropsWithRef, ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

export interface ButtonProps extends Omit<ComponentPropsWithRef<'button'>, 'type'> {
  readonly kind?: 'plain' | 'ink' | 'ghost';
  readonly size?: 'normal' | 'small';
  readonly icon?: IconName;
  /** Word beside the icon; without children, `label` names the icon. */
  readonly label?: string;
  /** Key that does the same, shown at the right. */
  readonly hint?: string;
  /** Shows that a menu opens. */
  readonly caret?: boolean;
  readonly pressed?: boolean;
}

export function Button(props: ButtonProps) {
  const { kind = 'plain', size = 'normal', icon, label, hint, caret, pressed, className, children, ...rest } = props;
  const names = [
    'btn',
    kind === 'plain' ? '' : kind,
    size === 'small' ? 'sm' : '',
    children ? '' : 'icon-only',
    className,
  ];
  return (
    <button
      type="button"
      {...rest}
      className={names.filter(Boolean).join(' ')}
      {...(label === undefined ? {} : { 'aria-label': label })}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
    >
      {icon !== undefined && <Icon name={icon} />}
      {children}
      {hint !== undefined && <kbd className="kbd">{hint}</kbd>}
      {caret === true && <Caret />}
    </button>
  );
}

export function Caret() {
  return (
    <span className="caret">
      <Icon name="down" size={12} />
    </span>
  );
}

/** Buttons joined to one control. */
export function ButtonSet({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as an inline flex box everywhere
    <div className="btn-set" role="group" aria-label={label}>
      {children}
    </div>
  );
}
