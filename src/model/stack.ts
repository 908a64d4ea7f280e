/** One call: function, file and line as the profile names them; `line` 0 where unknown. */
export interface Frame {
  readonly function: string;
  readonly file: string;
  readonly line: number;
}

/**
 * A stack, leaf first as in pprof: `frames[0]` is where the sample was taken, the last one the root. Inlined calls are
 * frames of their own.
 */
export type Stack = readonly Frame[];

/** Identity of a stack: `Hash64` over function, file and line of each frame. 0 is the empty stack. */
export type StackId = bigint;

/** Frames of many stacks, by id. */
export type Stacks = ReadonlyMap<StackId, Stack>;

/** Values per stack, one profile type: the merge of any number of samples. */
export type StackValues = ReadonlyMap<StackId, number>;

/** What stands for stacks that were left out because a profile had more than the limit. */
export const TRUNCATED_FRAME: Frame = { function: '(truncated)', file: '', line: 0 };

/** What stands for what an answer leaves out because it is small: stacks above the limit, nodes that were folded. */
export const OTHER_FRAME: Frame = { function: 'other', file: '', line: 0 };
