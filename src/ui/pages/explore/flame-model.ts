import type { CallTree } from '../../../analysis/call-tree.ts';
import { ownModuleOf } from '../../../analysis/go-frames.ts';
import type { Frame } from '../../../model/stack.ts';
import type { CallTreeAnswer } from '../../../wire/api.ts';
import { callTreeOf, fileOf, functionOf } from '../../flame/call-tree.ts';
import { type FlameLayout, layoutFrames } from '../../flame/flame-layout.ts';
import { type FrameStyle, frameStyle, frameStyles } from '../../flame/frame-style.ts';

/** An answer prepared for drawing. */
export interface FlameModel {
  readonly answer: CallTreeAnswer;
  readonly tree: CallTree;
  readonly layout: FlameLayout;
  readonly ownModule: string | undefined;
  /** By index into `answer.strings`, those of folded functions included. */
  readonly styles: readonly FrameStyle[];
}

export function flameModel(answer: CallTreeAnswer): FlameModel {
  const tree = callTreeOf(answer.strings, answer.nodes);
  const ownModule = ownModuleOf(framesOf(tree));
  const styles = frameStyles(tree, ownModule);
  const { name, file } = answer.functions;
  for (let row = 0; row < name.length; row++) {
    const at = name[row]!;
    styles[at] ??= frameStyle(answer.strings[at] ?? '', answer.strings[file[row]!] ?? '', ownModule);
  }
  return { answer, tree, layout: layoutFrames(tree), ownModule, styles };
}

function* framesOf(tree: CallTree): Iterable<Frame> {
  for (let row = 1; row < tree.parent.length; row++)
    yield { function: functionOf(tree, row), file: fileOf(tree, row), line: tree.line[row] ?? 0 };
}
