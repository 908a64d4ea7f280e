import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodePprof } from '../../src/formats/pprof/decode.ts';
import type { Profile } from '../../src/model/profile.ts';
import { RECORDED_PUSH_FOLDERS, recordedProfiles } from '../support/recorded.ts';

/** What `go tool pprof -top` says of one sample type; test/fixtures/make-goldens.mjs writes it. */
interface Golden {
  readonly total: number;
  readonly functions: number;
  readonly top: Readonly<Record<string, number>>;
}
type Goldens = Readonly<Record<string, Readonly<Record<string, Golden>>>>;

const recorded = await recordedProfiles();

describe.each([...RECORDED_PUSH_FOLDERS, 'pprof-http'])('profiles of %s', (folder) => {
  const goldens = readGoldens(folder);
  const profiles = recorded.filter(({ name }) => name.startsWith(`${folder}/`));

  it('all have goldens', () => {
    expect(profiles.map(({ name }) => name.slice(folder.length + 1))).toEqual(Object.keys(goldens));
    expect(profiles.length).toBeGreaterThan(0);
  });

  it.each(profiles)('$name has the totals and top functions that go tool pprof finds', ({ name, pprof }) => {
    const golden = goldens[name.slice(folder.length + 1)]!;
    const profile = decodePprof(pprof);
    expect(profile.sampleTypes.map(({ type }) => type)).toEqual(Object.keys(golden));
    for (const [index, { type }] of profile.sampleTypes.entries()) {
      const self = selfByFunction(profile, index);
      const top = Object.fromEntries(Object.keys(golden[type]!.top).map((name) => [name, self.get(name) ?? 0]));
      const total = totalOf(profile, index);
      expect({ type, total, functions: self.size, top }).toEqual({ type, ...golden[type] });
    }
  });
});

function readGoldens(folder: string): Goldens {
  const path = new URL(`../fixtures/goldens/${folder}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')).profiles;
}

function totalOf(profile: Profile, typeIndex: number): number {
  let total = 0n;
  for (let i = typeIndex; i < profile.sampleValues.length; i += profile.sampleTypes.length) {
    total += profile.sampleValues[i]!;
  }
  return Number(total);
}

/** Sum of the values by leaf function, without zeros. The empty stack has no leaf. */
function selfByFunction(profile: Profile, typeIndex: number): Map<string, number> {
  const self = new Map<string, number>();
  for (const [sample, stack] of profile.sampleStacks.entries()) {
    const begin = profile.stackOffsets[stack]!;
    if (begin === profile.stackOffsets[stack + 1]) continue;
    const leaf = profile.frames[profile.stackFrames[begin]!]!.function;
    const value = Number(profile.sampleValues[sample * profile.sampleTypes.length + typeIndex]);
    if (value !== 0) self.set(leaf, (self.get(leaf) ?? 0) + value);
  }
  return self;
}
