import type { Stack, StackId, Stacks, StackValues } from '../model/stack.ts';

/** Functions from the root on. A stack is selected if it begins with them; an empty call site selects every stack. */
export type CallSite = readonly string[];

/** The values of the stacks that begin with the call site. */
export function valuesAt(callSite: CallSite, stacks: Stacks, values: StackValues): StackValues {
  if (callSite.length === 0) return values;
  const selected = new Map<StackId, number>();
  for (const [id, value] of values) {
    const stack = stacks.get(id);
    if (stack && beginsWith(stack, callSite)) selected.set(id, value);
  }
  return selected;
}

function beginsWith(stack: Stack, callSite: CallSite): boolean {
  return callSite.every((name, depth) => stack[stack.length - 1 - depth]?.function === name);
}
