import { create } from '@bufbuild/protobuf';
import type { ProfileType } from '../../model/profile-type.ts';
import type { Frame } from '../../model/stack.ts';
import { NS_PER_MS, type TimeRange } from '../../model/time-range.ts';
import type { MergedProfile } from '../../store/profile-store.ts';
import { type Profile, ProfileSchema } from '../../wire/gen/google/v1/profile_pb.ts';

/** Distance between two samples as pprof readers expect it, by the name of the profile type; 1 for all others. */
const PERIODS: Readonly<Record<string, bigint>> = { process_cpu: 1_000_000_000n, memory: 524_288n };

/** A merged profile as pprof, taken at the end of the range. Means are rounded; stacks that round to 0 are left out. */
export function pprofMessage(
  { stacks, values }: MergedProfile,
  { profileType, range }: { readonly profileType: ProfileType; readonly range: TimeRange },
): Profile {
  // The range includes its last millisecond; the profile is dated at the begin of that, as the request named it.
  const endNs = (range.untilNs / NS_PER_MS) * NS_PER_MS;
  const tables = new Tables();
  const sample = [];
  for (const [id, value] of values) {
    const rounded = BigInt(Math.round(value));
    if (rounded === 0n) continue;
    sample.push({ locationId: (stacks.get(id) ?? []).map((frame) => tables.location(frame)), value: [rounded] });
  }
  const valueType = (type: string, unit: string) => ({ type: tables.string(type), unit: tables.string(unit) });
  return create(ProfileSchema, {
    sampleType: [valueType(profileType.sampleType, profileType.sampleUnit)],
    periodType: valueType(profileType.periodType, profileType.periodUnit),
    period: PERIODS[profileType.name] ?? 1n,
    timeNanos: endNs,
    durationNanos: endNs - range.fromNs,
    sample,
    location: tables.locations,
    function: tables.functions,
    stringTable: tables.strings,
  });
}

/** Strings, functions and locations, each once. Ids of functions and locations count from 1. */
class Tables {
  readonly strings: string[] = [];
  readonly functions: { id: bigint; name: bigint; systemName: bigint; filename: bigint }[] = [];
  readonly locations: { id: bigint; line: { functionId: bigint; line: bigint }[] }[] = [];
  readonly #stringIds = new Map<string, bigint>();
  readonly #functionIds = new Map<string, bigint>();
  readonly #locationIds = new Map<string, bigint>();

  constructor() {
    this.string('');
  }

  string(text: string): bigint {
    return once(this.#stringIds, text, () => BigInt(this.strings.push(text) - 1));
  }

  location(frame: Frame): bigint {
    return once(this.#locationIds, JSON.stringify([frame.function, frame.file, frame.line]), () => {
      const line = [{ functionId: this.#function(frame), line: BigInt(frame.line) }];
      const id = BigInt(this.locations.length + 1);
      this.locations.push({ id, line });
      return id;
    });
  }

  #function(frame: Frame): bigint {
    return once(this.#functionIds, JSON.stringify([frame.function, frame.file]), () => {
      const name = this.string(frame.function);
      const id = BigInt(this.functions.length + 1);
      this.functions.push({ id, name, systemName: name, filename: this.string(frame.file) });
      return id;
    });
  }
}

function once(ids: Map<string, bigint>, key: string, make: () => bigint): bigint {
  let id = ids.get(key);
  if (id === undefined) {
    id = make();
    ids.set(key, id);
  }
  return id;
}
