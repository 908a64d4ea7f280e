import { type ReactNode, useEffect, useState } from 'react';
import { RequestError } from '../api/client.ts';
import { Button } from './button.tsx';
import { writeClipboard } from './code-block.tsx';
import { Icon } from './icon.tsx';

export interface BoxProps {
  readonly title?: ReactNode;
  /** Grey words beside the title. */
  readonly note?: ReactNode;
  /** Controls at the right end of the title line. */
  readonly actions?: ReactNode;
  /** Anchor of the section. */
  readonly id?: string;
  readonly className?: string;
  /** Names the box where it has no title. */
  readonly label?: string;
  readonly children: ReactNode;
}

/** A card with a title line. */
export function Box({ title, note, actions, id, className, label, children }: BoxProps) {
  const headingId = id === undefined ? undefined : `${id}-title`;
  return (
    <section
      className={className === undefined ? 'card' : `card ${className}`}
      id={id}
      aria-label={label}
      aria-labelledby={title === undefined || label !== undefined ? undefined : headingId}
    >
      {title !== undefined && (
        <header>
          <h2 id={headingId}>{title}</h2>
          {note !== undefined && <span className="t3 box-note">{note}</span>}
          <span className="grow" />
          {actions}
        </header>
      )}
      {children}
    </section>
  );
}

/** The parts of a react-query result that a box needs. */
export interface Loading<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly isFetching: boolean;
  readonly refetch: () => unknown;
}

export interface BoxContentProps<T> {
  readonly query: Loading<T>;
  /** What could not be read, for "Cannot read <what>: …". */
  readonly what: string;
  /** Height that the box has before its data are there. */
  readonly heightPx: number;
  /** Draws a card around what stands in place of the data, where the data bring their own. */
  readonly framed?: boolean;
  readonly children: (data: T) => ReactNode;
}

/** Data, or a flat block while they load, or what failed with Retry. Old data stay while newer ones load or fail. */
export function BoxContent<T>({ query, what, heightPx, framed = false, children }: BoxContentProps<T>) {
  if (query.data !== undefined) return children(query.data);
  const hasFailed = query.error !== null && query.error !== undefined;
  const instead = hasFailed ? (
    <BoxError error={query.error} what={what} onRetry={() => query.refetch()} />
  ) : (
    <BoxLoading what={what} heightPx={heightPx} />
  );
  return framed ? <div className="card">{instead}</div> : instead;
}

const SLOW_MS = 3000;

/** A flat block of fixed height; after 3 s it says what is being read. */
export function BoxLoading({ what, heightPx }: { what: string; heightPx: number }) {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="box-loading" style={{ height: heightPx }} aria-busy="true">
      <p role="status">{slow ? `Reading ${what}…` : ''}</p>
    </div>
  );
}

/** What failed, why, the remedy, its code; with Copy details, and Retry where that may help. */
function BoxError({ error, what, onRetry }: { error: unknown; what: string; onRetry: () => void }) {
  const { why, remedy, id } = explain(error);
  const isWorthRetrying = !(error instanceof RequestError) || error.isWorthRetrying;
  const details = `Cannot read ${what}: ${why}. ${remedy}${id === null ? '' : ` (${id})`}\n${location.href}`;
  return (
    <div className="box-error" role="alert">
      <Icon name="warning" size={18} />
      <div>
        <p>
          <b>Cannot read {what}:</b> {why}.
        </p>
        <p className="t3">
          {remedy} {id !== null && <code>{id}</code>}
        </p>
        <div className="box-error-actions">
          {isWorthRetrying && (
            <Button size="small" onClick={onRetry}>
              Retry
            </Button>
          )}
          <Button size="small" kind="ghost" icon="copy" onClick={() => void writeClipboard(details)}>
            Copy details
          </Button>
        </div>
      </div>
    </div>
  );
}

function explain(error: unknown): { why: string; remedy: string; id: string | null } {
  if (error instanceof RequestError) {
    const why = error.message.replace(/\.$/, '');
    return { why: error.isUnreachable ? 'the server does not answer' : why, remedy: error.remedy, id: error.id };
  }
  const why = error instanceof Error ? error.message : String(error);
  return { why, remedy: 'This is a fault of Leakscope; reload the page and report it if it comes back.', id: null };
}

/** Nothing to show, and what to do about it. */
export function BoxEmpty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="box-empty">
      <p>{children}</p>
      {action}
    </div>
  );
}
