import { pathTo } from '../../flame/call-tree.ts';
import type { FlameModel } from './flame-model.ts';

const SHOWN = 4;

/** The way to the focused frame; its nearest ancestors, the others as an ellipsis. */
export function Breadcrumb(props: { model: FlameModel; focus: number; onFocus: (node: number) => void }) {
  const { model, focus, onFocus } = props;
  const ancestors = pathTo(model.tree, focus).slice(1, -1);
  const shortOf = (node: number) => model.styles[model.tree.name[node] ?? 0]?.short ?? '';
  return (
    <nav className="breadcrumb" aria-label="Focused frames">
      <button type="button" onClick={() => onFocus(0)}>
        Whole graph
      </button>
      {ancestors.length > SHOWN && <span aria-hidden="true">…</span>}
      {ancestors.slice(-SHOWN).map((node) => (
        <button type="button" key={node} onClick={() => onFocus(node)}>
          {shortOf(node)}
        </button>
      ))}
      <span aria-current="true">{shortOf(focus)}</span>
    </nav>
  );
}
