import type { Frame, Stack, StackId } from '../model/stack.ts';
import type { TimeRange } from '../model/time-range.ts';
import type { Source } from './connection.ts';
import { dayOf } from './days.ts';
import { RowBinaryReader } from './row-binary.ts';
import { int64, sql, string, strings, uint64s } from './sql.ts';

export interface FramesQuery {
  readonly tenant: string;
  /** Empty: all. */
  readonly services: readonly string[];
  readonly range: TimeRange;
  readonly ids: Iterable<StackId>;
}

/** Ids in one statement; bounds its text and its answer. */
const IDS_PER_QUERY = 20_000;

/** Frames of stacks that profiles of these services in the range refer to. */
export async function readFrames(source: Source, query: FramesQuery): Promise<Map<StackId, Stack>> {
  const stacks = new Map<StackId, Stack>();
  const frames = createFrames();
  // In order, as the table is: so each statement reads a range of it, and all of them together read it once.
  const ids = BigUint64Array.from(query.ids).sort();
  for (let at = 0; at < ids.length; at += IDS_PER_QUERY) {
    const some = ids.subarray(at, at + IDS_PER_QUERY);
    const ofServices = query.services.length === 0 ? sql`1` : sql`service IN ${strings(query.services)}`;
    const rows = await source.select(sql`
      SELECT stack_id, functions, files, lines FROM leakscope.stacks
      WHERE tenant = ${string(query.tenant)} AND ${ofServices}
        AND day >= ${int64(dayOf(query.range.fromNs))} AND day <= ${int64(dayOf(query.range.untilNs))}
        AND stack_id IN ${uint64s(some)}
      LIMIT 1 BY stack_id`);
    readStacks(rows, frames, stacks);
  }
  return stacks;
}

function readStacks(rows: Uint8Array, frame: Frames, stacks: Map<StackId, Stack>): void {
  const reader = new RowBinaryReader(rows);
  while (!reader.done) {
    const id = reader.uint64();
    const functions = reader.array(() => reader.sharedString());
    const files = reader.array(() => reader.sharedString());
    const lines = reader.array(() => reader.int32());
    stacks.set(
      id,
      functions.map((name, i) => frame(name, files[i] ?? '', lines[i] ?? 0)),
    );
  }
}

type Frames = (name: string, file: string, line: number) => Frame;

/** Equal frames are mostly one object: very many stacks have few distinct frames. */
function createFrames(): Frames {
  const byFunction = new Map<string, Map<number, Frame>>();
  return (name, file, line) => {
    let byLine = byFunction.get(name);
    if (byLine === undefined) {
      byLine = new Map();
      byFunction.set(name, byLine);
    }
    const known = byLine.get(line);
    if (known?.file === file) return known;
    const frame = { function: name, file, line };
    byLine.set(line, frame);
    return frame;
  };
}
