import type { Profile } from '../model/profile.ts';
import { TRUNCATED_FRAME } from '../model/stack.ts';
import type { StackSymbols } from '../store/profile-store.ts';
import type { StackTable } from './stack-table.ts';

/** Frames of the rows of a table, as columns; only frames and strings that a row needs. */
export function symbolsOf(profile: Profile, table: StackTable): StackSymbols {
  const frames = frameColumns();
  const frameOfProfile = new Int32Array(profile.frames.length).fill(-1);
  const stackOffsets = new Int32Array(table.stacks.length + 1);
  // One more than the profile has, for TRUNCATED_FRAME.
  const stackFrames = new Int32Array(profile.stackFrames.length + 1);
  let count = 0;
  for (let row = 0; row < table.stacks.length; row++) {
    const stack = table.stacks[row] as number;
    if (stack < 0) stackFrames[count++] = frames.add(TRUNCATED_FRAME);
    else {
      const end = profile.stackOffsets[stack + 1] as number;
      for (let i = profile.stackOffsets[stack] as number; i < end; i++) {
        const frame = profile.stackFrames[i] as number;
        let at = frameOfProfile[frame] as number;
        if (at < 0) {
          at = frames.add(profile.frames[frame] as (typeof profile.frames)[number]);
          frameOfProfile[frame] = at;
        }
        stackFrames[count++] = at;
      }
    }
    stackOffsets[row + 1] = count;
  }
  return { ...frames.columns(), stackOffsets, stackFrames: stackFrames.slice(0, count) };
}

function frameColumns() {
  const strings = new Map<string, number>();
  const functions: number[] = [];
  const files: number[] = [];
  const lines: number[] = [];
  const indexOf = (text: string): number => {
    const known = strings.get(text);
    if (known !== undefined) return known;
    strings.set(text, strings.size);
    return strings.size - 1;
  };
  return {
    add(frame: { function: string; file: string; line: number }): number {
      functions.push(indexOf(frame.function));
      files.push(indexOf(frame.file));
      return lines.push(frame.line) - 1;
    },
    columns: () => ({
      strings: [...strings.keys()],
      frameFunction: Int32Array.from(functions),
      frameFile: Int32Array.from(files),
      frameLine: Int32Array.from(lines),
    }),
  };
}
