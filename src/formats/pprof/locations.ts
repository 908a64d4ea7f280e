import type { Frame } from '../../model/stack.ts';
import type { FieldReader } from './field-reader.ts';
import { FrameTable } from './frame-table.ts';
import { IdIndex } from './id-index.ts';
import { IntList } from './int-list.ts';
import { checkLimit } from './limits.ts';
import {
  FUNCTION,
  FUNCTION_MESSAGE,
  LINE,
  LINE_MESSAGE,
  LOCATION,
  LOCATION_MESSAGE,
  MAPPING,
  MAPPING_MESSAGE,
  PROFILE,
} from './messages.ts';
import type { Sections } from './sections.ts';
import type { StringTable } from './string-table.ts';

/** The locations of a profile with their frames. Location l is number l of `ids`. */
export interface Locations {
  readonly ids: IdIndex;
  /** Frames of location l, leaf first: `locationFrames[offsets[l] .. offsets[l + 1])`, several where calls were inlined. */
  readonly offsets: Int32Array;
  readonly locationFrames: Int32Array;
  readonly frames: readonly Frame[];
}

/** Ids of one kind of message, and a number for each. */
interface Numbered {
  readonly ids: IdIndex;
  readonly values: IntList;
}

/** What `go tool pprof` calls a function without a name; Go writes such for the made-up ends of some stacks. */
const UNNAMED_FUNCTION = '<unknown>';
/** Reads mappings, functions and locations. Throws pprofTruncated, pprofMalformed. */
export function readLocations(reader: FieldReader, sections: Sections, strings: StringTable): Locations {
  const mappings = readMappings(reader, sections.bodies[PROFILE.mapping]!, strings);
  const functionBodies = sections.bodies[PROFILE.function]!;
  const bodies = sections.bodies[PROFILE.location]!;
  const frames = new FrameTable(strings, { functions: functionBodies.length / 2, frames: bodies.length / 2 });
  const functions = readFunctions(reader, functionBodies, strings, frames);
  const ids = new IdIndex();
  const offsets = new IntList();
  const locationFrames = new IntList();
  const head: LocationHead = { low: 0, high: 0, addressLow: 0, addressHigh: 0, file: 0 };
  offsets.push(0);
  for (let i = 0; i < bodies.length; i += 2) {
    const known = locationFrames.length;
    head.low = head.high = head.addressLow = head.addressHigh = head.file = 0;
    reader.enter(bodies.items[i]!, bodies.items[i + 1]!);
    for (let field = reader.nextField(LOCATION_MESSAGE); field !== 0; field = reader.nextField(LOCATION_MESSAGE)) {
      if (field === LOCATION.line) {
        checkLimit(reader, 'lines', locationFrames.length + 1);
        locationFrames.push(readLine(reader, functions, frames));
      } else readHeadField(reader, field, mappings, head);
    }
    addId(reader, ids, head, 'location', bodies.items[i]!);
    checkLimit(reader, 'lines', locationFrames.length + 1);
    if (locationFrames.length === known) {
      locationFrames.push(frames.frameOfAddress(head.addressLow, head.addressHigh, head.file));
    }
    offsets.push(locationFrames.length);
  }
  return { ids, offsets: offsets.toArray(), locationFrames: locationFrames.toArray(), frames: frames.frames };
}

/** A location without its lines. */
interface LocationHead {
  low: number;
  high: number;
  addressLow: number;
  addressHigh: number;
  /** String of the mapping's path. */
  file: number;
}

function readHeadField(reader: FieldReader, field: number, mappings: Numbered, head: LocationHead): void {
  if (field === LOCATION.id) {
    head.low = reader.low;
    head.high = reader.high;
  } else if (field === LOCATION.address) {
    head.addressLow = reader.low;
    head.addressHigh = reader.high;
  } else if (field === LOCATION.mappingId && (reader.low | reader.high) !== 0) {
    head.file = mappings.values.items[numberAtHand(reader, mappings.ids, 'mapping')]!;
  }
}

/** Number of the frame of the line at hand. */
function readLine(reader: FieldReader, functions: Numbered, frames: FrameTable): number {
  const outerLimit = reader.limit;
  const begin = reader.fieldOffset;
  reader.limit = reader.bodyEnd;
  let functionNumber = -1;
  let low = 0;
  let high = 0;
  for (let field = reader.nextField(LINE_MESSAGE); field !== 0; field = reader.nextField(LINE_MESSAGE)) {
    if (field === LINE.functionId) functionNumber = numberAtHand(reader, functions.ids, 'function');
    else if (field === LINE.line) {
      low = reader.low;
      high = reader.high;
    }
  }
  if (functionNumber < 0) throw reader.failures.malformed('line has no function_id', begin);
  reader.limit = outerLimit;
  return frames.frameOf(functions.values.items[functionNumber]!, low, high);
}

/** Function number in `frames` by id. */
function readFunctions(reader: FieldReader, bodies: IntList, strings: StringTable, frames: FrameTable): Numbered {
  const ids = new IdIndex();
  const values = new IntList();
  const id = { low: 0, high: 0 };
  for (let i = 0; i < bodies.length; i += 2) {
    reader.enter(bodies.items[i]!, bodies.items[i + 1]!);
    let name = 0;
    let systemName = 0;
    let file = 0;
    id.low = id.high = 0;
    for (let field = reader.nextField(FUNCTION_MESSAGE); field !== 0; field = reader.nextField(FUNCTION_MESSAGE)) {
      if (field === FUNCTION.id) {
        id.low = reader.low;
        id.high = reader.high;
      } else if (field === FUNCTION.name) name = strings.canonicalAtHand('function.name');
      else if (field === FUNCTION.systemName) systemName = strings.canonicalAtHand('function.system_name');
      else if (field === FUNCTION.filename) file = strings.canonicalAtHand('function.filename');
    }
    addId(reader, ids, id, 'function', bodies.items[i]!);
    const shown = name === 0 ? systemName : name;
    values.push(frames.functionOf(shown === 0 ? strings.indexOf(UNNAMED_FUNCTION) : shown, file));
  }
  return { ids, values };
}

/** String of the path by id. */
function readMappings(reader: FieldReader, bodies: IntList, strings: StringTable): Numbered {
  const ids = new IdIndex();
  const values = new IntList();
  const id = { low: 0, high: 0 };
  for (let i = 0; i < bodies.length; i += 2) {
    reader.enter(bodies.items[i]!, bodies.items[i + 1]!);
    let file = 0;
    id.low = id.high = 0;
    for (let field = reader.nextField(MAPPING_MESSAGE); field !== 0; field = reader.nextField(MAPPING_MESSAGE)) {
      if (field === MAPPING.id) {
        id.low = reader.low;
        id.high = reader.high;
      } else if (field === MAPPING.filename) file = strings.canonicalAtHand('mapping.filename');
      else if (field === MAPPING.buildId) strings.indexAtHand('mapping.build_id');
    }
    addId(reader, ids, id, 'mapping', bodies.items[i]!);
    values.push(file);
  }
  return { ids, values };
}

function addId(
  reader: FieldReader,
  ids: IdIndex,
  id: { readonly low: number; readonly high: number },
  what: string,
  begin: number,
): void {
  if ((id.low | id.high) === 0) throw reader.failures.malformed(`${what} has no id`, begin);
  if (!ids.add(id.low, id.high)) throw reader.failures.malformed(`${what} has the id of an earlier one`, begin);
}

/** Number of the message whose id is the scalar at hand. */
export function numberAtHand(reader: FieldReader, ids: IdIndex, what: string): number {
  const number = ids.find(reader.low, reader.high);
  if (number < 0) throw reader.malformed(`${what} ${reader.uint64()} does not exist`);
  return number;
}
