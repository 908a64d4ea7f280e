import { useEffect, useState } from 'react';
import type { FrameTip } from '../../flame/frame-tip.ts';
import { Button } from '../../parts/button.tsx';
import { writeClipboard } from '../../parts/code-block.tsx';
import { Menu, type MenuItem } from '../../parts/menu.tsx';

export interface Inspected {
  readonly tip: FrameTip;
  /** "fanout.fetch, 1.92 GiB, 62 % of total, child 1 of 3, depth 2" */
  readonly spoken: string;
  readonly actions: FrameActions;
}

/** What can be done with a frame or function; undefined where it does not apply. */
export interface FrameActions {
  readonly focus: (() => void) | undefined;
  readonly sandwich: (() => void) | undefined;
  readonly find: () => void;
  readonly name: string;
  /** Root first, a function a line; undefined where no single stack is meant. */
  readonly stack: string | undefined;
  readonly link: string;
}

/** The line under the graph: the selected frame, else the whole; the same actions as the menu of a frame. */
export function Inspector({ inspected, id }: { inspected: Inspected; id: string }) {
  const { tip, actions } = inspected;
  const [copied, copy] = useCopy();
  return (
    <div className="inspector">
      <div className="inspector-name">
        <div className="mono trunc">{tip.name}</div>
        <div className="t3 trunc">{tip.place}</div>
      </div>
      <dl className="num">
        {tip.facts.map((fact) => (
          <div key={fact.label}>
            <dt>{fact.label}</dt>
            <dd>{fact.value}</dd>
          </div>
        ))}
      </dl>
      <p className="vh" id={id} aria-live="polite">
        {inspected.spoken}
      </p>
      <span className="grow" />
      <div className="inspector-actions">
        {actions.focus !== undefined && (
          <Button size="small" hint="f" onClick={actions.focus}>
            Focus
          </Button>
        )}
        {actions.sandwich !== undefined && (
          <Button size="small" hint="s" onClick={actions.sandwich}>
            Sandwich
          </Button>
        )}
        <Menu
          label="Copy"
          items={copyItems(actions, copy)}
          trigger={(trigger) => (
            <Button size="small" icon={copied ? 'check' : 'copy'} caret {...trigger}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        />
      </div>
    </div>
  );
}

/** Entries of the menu that a right click on a frame opens. */
export function frameMenu(actions: FrameActions): MenuItem[] {
  const copy = (text: string) => void writeClipboard(text);
  const items: MenuItem[] = [];
  if (actions.focus !== undefined) items.push({ label: 'Focus', hint: 'f', onSelect: actions.focus });
  if (actions.sandwich !== undefined) items.push({ label: 'Sandwich', hint: 's', onSelect: actions.sandwich });
  items.push({ label: 'Find this function', onSelect: actions.find });
  return [...items, ...copyItems(actions, copy)];
}

function copyItems(actions: FrameActions, copy: (text: string) => void): MenuItem[] {
  const { name, stack, link } = actions;
  return [
    { label: 'Copy function name', startsGroup: true, onSelect: () => copy(name) },
    ...(stack === undefined ? [] : [{ label: 'Copy stack', onSelect: () => copy(stack) }]),
    { label: 'Copy link to this', onSelect: () => copy(link) },
  ];
}

const SAID_MS = 2000;

/** Copies a text; the first value is true for 2 s after it. */
function useCopy(): [boolean, (text: string) => void] {
  const [copies, setCopies] = useState(0);
  const [said, setSaid] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => setSaid(copies), SAID_MS);
    return () => clearTimeout(timer);
  }, [copies]);
  const copy = async (text: string) => {
    await writeClipboard(text);
    setCopies((count) => count + 1);
  };
  return [copies > said, (text) => void copy(text)];
}
