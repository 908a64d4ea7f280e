import type { CallTree } from '../../analysis/call-tree.ts';
import { type WaitState, waitStateOf } from '../../analysis/leaks/wait-state.ts';
import { fileOf, functionOf, pathTo } from './call-tree.ts';

/**
 * What the goroutines of each frame wait for, in Go's words; undefined where those below a frame wait for different
 * things. For trees of goroutine profiles.
 */
export function waitStates(tree: CallTree): (WaitState | undefined)[] {
  const states: (WaitState | undefined)[] = new Array(tree.parent.length);
  const isMixed = new Uint8Array(tree.parent.length);
  // Children come after their parents, so from the end each frame is complete when it is reached.
  for (let row = tree.parent.length - 1; row > 0; row--) {
    if (tree.self[row]! > 0) note(row, stateAt(tree, row));
    const parent = tree.parent[row]!;
    if (isMixed[row] === 1) isMixed[parent] = 1;
    else note(parent, states[row]);
  }
  return states.map((state, row) => (isMixed[row] === 1 || row === 0 ? undefined : state));

  function note(row: number, state: WaitState | undefined): void {
    if (states[row] !== undefined && states[row] !== state) isMixed[row] = 1;
    states[row] ??= state;
  }
}

/** State of the goroutines whose stack ends in this frame. */
function stateAt(tree: CallTree, row: number): WaitState {
  const leafFirst = pathTo(tree, row).slice(1).reverse();
  return waitStateOf(
    leafFirst.map((node) => ({ function: functionOf(tree, node), file: fileOf(tree, node), line: tree.line[node]! })),
  );
}
