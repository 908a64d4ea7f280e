import { formatBytes, formatDuration, formatExactCount, formatNumber, formatPercent } from '../../../base/units.ts';
import type { Reason, ReasonGroup } from '../../../model/finding.ts';
import type { StackHistory } from '../../../model/history.ts';
import type { Group, Member } from '../group.ts';
import { waitsOnNetwork } from '../links.ts';
import { lastOf } from '../series.ts';
import { THRESHOLDS } from '../thresholds.ts';
import { ageS } from '../trial.ts';
import { clock } from './sentences.ts';

type Numbers = Readonly<Record<string, string | number | boolean | null>>;

function reason(rule: string, group: ReasonGroup, text: string, numbers: Numbers = {}): Reason {
  return { rule, passed: group === 'for' || group === 'ruledOut', group, text, ...numbers };
}

/** Every rule with its outcome and numbers: those of the head, then of what it is joined with, then of its peers. */
export function reasonsOf(group: Group, head: Member | undefined): readonly Reason[] {
  const proven = group.proofs.reduce((sum, proof) => sum + proof.count, 0);
  const proofs =
    proven === 0
      ? []
      : [
          reason(
            'proof',
            'for',
            `Go's garbage collector found ${formatExactCount(proven)} of these goroutines unreachable: nothing can wake them.`,
            {
              provenGoroutines: proven,
            },
          ),
        ];
  if (head === undefined) return proofs;
  const memory = group.members.find((member) => member !== head && member.trial.site.kind !== 'goroutine');
  const isGoroutine = head.trial.site.kind === 'goroutine';
  return [
    ...proofs,
    gateReason(head),
    ...shapeReasons(head),
    ageReason(head),
    ...(isGoroutine ? goroutineReasons(head) : memoryReasons(head)),
    ...connectionReasons(head),
    ...loadReasons(head),
    ...(isGoroutine && memory ? joinReasons(memory) : []),
    ...peerReasons(head),
    ...(isGoroutine && proven === 0 ? [silentProof(head)] : []),
  ];
}

/** Quantity of a trial in words. */
function amount(member: Member, value: number): string {
  return member.trial.site.kind === 'goroutine' ? formatExactCount(value) : formatBytes(value);
}

function gateReason(member: Member): Reason {
  const { gate, site, onsetS } = member.trial;
  const what = site.kind === 'goroutine' ? 'goroutines wait here' : 'allocated here are in use';
  const text = `${amount(member, gate.now)} ${what}; ${amount(member, gate.start)} at the start of the window.`;
  return reason('gate', 'for', text, {
    start: gate.start,
    now: gate.now,
    growth: gate.growth,
    sinceMs: Math.round(onsetS * 1000),
  });
}

function shapeReasons(member: Member): Reason[] {
  const { shape, stoppedS, series } = member.trial;
  if (!member.isJudged) return [];
  const points = series.values.length;
  if (shape.isGrowingObject) {
    return [
      reason('shape', 'for', `A few objects are replaced by larger ones again and again, over ${points} profiles.`, {
        points,
      }),
    ];
  }
  const reasons = [
    reason(
      'shape',
      'for',
      `From the first to the last of ${shape.buckets} parts of the window (${points} profiles) the floor rose by ${amount(member, shape.growth)}; in the last third at ${percent(shape.late)} of the mean rate.`,
      { points, buckets: shape.buckets, growth: shape.growth, late: shape.late },
    ),
    reason(
      'step',
      'ruledOut',
      `Not a step: the largest rise is ${percent(shape.stepShare)} of the growth, a step has over ${percent(THRESHOLDS.maxStep)}.`,
      {
        stepShare: shape.stepShare,
      },
    ),
    reason('backlog', 'ruledOut', `Not a saw-tooth or a backlog that drains: ${fallsOf(shape.fallShare)}.`, {
      fallShare: shape.fallShare,
    }),
  ];
  const late = `growth in the last third is ${percent(shape.late)} of the mean`;
  const isSlow = member.ruling.doubts.includes('slowing') || member.ruling.doubts.includes('late');
  if (isSlow)
    reasons.push(
      reason('warmUp', 'against', `Growth is slowing, as a cache that fills does: ${late}.`, { late: shape.late }),
    );
  else reasons.push(reason('warmUp', 'ruledOut', `Not a warm-up that ends: ${late}.`, { late: shape.late }));
  if (member.ruling.doubts.includes('swings')) {
    reasons.push(reason('swings', 'against', 'It also falls by more than it grew: a longer window decides.'));
  }
  if (stoppedS !== null) {
    const stopped = `Growth stopped at ${clock(stoppedS * 1000)}; what leaked is still there.`;
    reasons.push(reason('levelledOff', 'unknown', stopped, { stoppedMs: Math.round(stoppedS * 1000) }));
  }
  return reasons;
}

function fallsOf(share: number): string {
  return share > 0 ? `the floor never fell by more than ${percent(share)} of the growth` : 'the floor never fell';
}

function ageReason(member: Member): Reason {
  const { trial, ruling } = member;
  const ageMs = Math.round(ageS(trial) * 1000);
  const needed = ruling.minAgeS * 1000;
  const numbers = { ageMs, minAgeMs: needed, points: trial.series.values.length };
  const growing = `Growing for ${formatDuration(ageMs, { units: 1 })}`;
  if (ruling.doubts.includes('age')) return reason('age', 'against', `${growing}; ${judgedAt(member)}`, numbers);
  if (ruling.doubts.includes('points')) {
    const text = `${growing}, seen in ${trial.series.values.length} profiles; a leak needs ${THRESHOLDS.leakPoints}.`;
    return reason('age', 'against', text, numbers);
  }
  return reason(
    'age',
    'for',
    `${growing}; a verdict needs ${formatDuration(Math.ceil(needed / 1000) * 1000, { units: 1 })}.`,
    numbers,
  );
}

/** When growth will be old enough to be judged. */
export function judgedAt(member: Member): string {
  const atMs = (member.trial.onsetS + member.ruling.minAgeS) * 1000;
  return `judged at ${formatDuration(member.ruling.minAgeS * 1000)}, about ${clock(atMs)}.`;
}

function goroutineReasons(member: Member): Reason[] {
  const { trial, ruling } = member;
  const { turnover, site } = trial;
  const state = site.facts.waitState;
  const numbers = {
    waitState: state,
    fallShare: turnover?.fallShare ?? null,
    dispersion: finite(turnover?.dispersion),
  };
  const reasons = [
    ruling.supports.forever
      ? reason('waitState', 'for', `Only ${wakersOf(state)} can end the wait in ${state}.`, { waitState: state })
      : reason('waitState', 'unknown', `The wait in ${state} can end by itself: the state alone says nothing.`, {
          waitState: state,
        }),
    turnover?.has
      ? reason(
          'turnover',
          'against',
          `Goroutines also leave here (${percent(turnover.fallShare)} of those that came): part of it is work in flight.`,
          numbers,
        )
      : reason(
          'turnover',
          'ruledOut',
          `Not work in flight: ${percent(turnover?.fallShare ?? 0)} of those that came have left.`,
          numbers,
        ),
  ];
  if (trial.works) {
    const text =
      'They work, therefore their wait does end: they are also met elsewhere, or what they allocate goes with how many there are.';
    reasons.push(reason('work', 'against', text));
  }
  if (ruling.doubts.includes('idleConnection')) {
    reasons.push(reason('idleConnection', 'against', 'No own code on the stack: these may be idle connections.'));
  }
  return reasons;
}

/** A channel may be that of a timer. */
function wakersOf(state: string): string {
  return state === 'chan receive' || state === 'select' ? 'another goroutine, or a timer,' : 'another goroutine';
}

function connectionReasons({ trial, ruling }: Member): Reason[] {
  if (!ruling.doubts.includes('connections')) return [];
  const what = waitsOnNetwork(trial.site)
    ? 'They wait'
    : trial.site.kind === 'goroutine'
      ? 'As many goroutines wait'
      : 'It grows with goroutines that wait';
  const text = `${what} on the network in own code: these may be open connections, which come with clients.`;
  return [reason('connections', 'against', text)];
}

function memoryReasons(member: Member): Reason[] {
  const { retention, gate, isMoved } = member.trial;
  const samples = Math.round(gate.samples);
  const reasons: Reason[] = [];
  if (retention === null) {
    reasons.push(
      reason(
        'retention',
        'unknown',
        'No allocation profile arrives: what share of the allocated bytes stays in use is not known.',
      ),
    );
  } else {
    const text = `${percent(Math.min(1, retention))} of what was allocated here meanwhile is still in use`;
    const group =
      retention >= THRESHOLDS.retentionSupport
        ? 'for'
        : retention < THRESHOLDS.retentionTraffic
          ? 'against'
          : 'unknown';
    const numbers = { retention, threshold: THRESHOLDS.retentionSupport };
    reasons.push(reason('retention', group, group === 'against' ? `${text}: traffic.` : `${text}.`, numbers));
  }
  if (member.ruling.doubts.includes('fewSamples')) {
    reasons.push(
      reason(
        'samples',
        'against',
        `The growth rests on ${samples} heap samples; a leak needs ${THRESHOLDS.leakHeapSamples}.`,
        { samples },
      ),
    );
  }
  if (isMoved)
    reasons.push(
      reason(
        'moved',
        'against',
        'The function as a whole grew by less than half of this: growth only moved to another line.',
      ),
    );
  return reasons;
}

function loadReasons(member: Member): Reason[] {
  const { trial, ruling } = member;
  const { load } = trial;
  if (ruling.doubts.includes('lateStart')) {
    return [
      reason(
        'lateStart',
        'against',
        'It began late in the life of the process, and goroutines come and go here: a longer window decides.',
      ),
    ];
  }
  if (ruling.doubts.includes('loadUnknown')) {
    return [
      reason(
        'load',
        'unknown',
        'Whether more work explains the growth is not known: no allocation profile is linked to it.',
      ),
    ];
  }
  if (load.outcome === 'unknown') return [];
  const numbers = { birthsRatio: load.birthsRatio, excess: load.excess, source: load.source };
  const births = `allocation changed ×${formatNumber(load.birthsRatio ?? 1, { trim: true })}`;
  const rest = `${percent(Math.max(0, Math.min(1, load.excess ?? 1)))} of the growth is beyond that`;
  if (ruling.doubts.includes('load'))
    return [reason('load', 'against', `It follows load: ${births}, ${rest}.`, numbers)];
  if (ruling.doubts.includes('loadPartly'))
    return [reason('load', 'against', `Load may explain a part: ${births}, ${rest}.`, numbers)];
  // Growth that load cannot explain was decided by turnover or retention; then the ratio decides nothing.
  if (load.outcome !== 'independent') return [];
  return [reason('load', 'ruledOut', `Not more load: ${births} meanwhile, ${rest}.`, numbers)];
}

function joinReasons(memory: Member): Reason[] {
  const grown = formatBytes(memory.trial.gate.growth);
  return [
    reason('join', 'for', `Memory allocated on the same path grew by ${grown}; both grow together.`, {
      growthBytes: memory.trial.gate.growth,
    }),
    reason(
      'inference',
      'unknown',
      'That these bytes stay because the goroutines stay is an inference: a heap profile records who allocated.',
    ),
  ];
}

function peerReasons(member: Member): Reason[] {
  const { peers, trial, ruling } = member;
  const reasons: Reason[] = [];
  if (ruling.doubts.includes('knownLevel')) {
    const level = peers.knownLevel ?? trial.knownLevel ?? Number.NaN;
    const text = `${amount(member, level)} is a level that it had before without growing further; now ${amount(member, trial.gate.now)}.`;
    reasons.push(reason('knownLevel', 'against', text, { level, now: trial.gate.now }));
  }
  if (peers.controlVersion !== null) {
    const text = `Version ${peers.controlVersion} did not grow here at the same age.`;
    reasons.push(reason('control', 'for', text, { controlVersion: peers.controlVersion }));
  }
  const counts = { growing: peers.growing, flat: peers.flat };
  if (ruling.doubts.includes('outvoted')) {
    const text = `${peers.flat} of ${peers.flat + peers.growing} process lifetimes of this version have it without growth.`;
    reasons.push(reason('restart', 'against', text, counts));
  } else if (peers.growing > 1) {
    const text = `${peers.growing} of ${peers.growing + peers.flat} process lifetimes of this version show it.`;
    reasons.push(reason('restart', 'for', text, counts));
  }
  if (ruling.doubts.includes('unsupported')) {
    reasons.push(
      reason(
        'support',
        'against',
        'The shape alone speaks for a leak: no wait for ever, no share still in use, no joined site, no second lifetime.',
      ),
    );
  }
  return reasons;
}

function silentProof(member: Member): Reason {
  return reason('proof', 'unknown', silentProofText(member.trial.lifetime.goroutineLeaks), { provenGoroutines: null });
}

function silentProofText(leaks: StackHistory | null): string {
  if (leaks === null) {
    return "Whether Go's own goroutineleak profile would prove it: the service sends none (Go 1.27, or 1.26 with its experiment).";
  }
  return lastOf(leaks.totals) === 0
    ? "Go's goroutineleak profile does not report these goroutines; it is silent on locks, timers and whatever is still reachable."
    : "Go's goroutineleak profile reports others, not these.";
}

function percent(share: number): string {
  return formatPercent(share, { sentence: true });
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
