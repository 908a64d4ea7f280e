/**
 * Every number that a verdict depends on; docs/leak-detection.md lists them with their reasons, and a test compares
 * the two. They were set on recorded programs with known truth, not chosen by eye: change one only with the error
 * rates of `accuracy.test.ts` before and after.
 */
export const THRESHOLDS = {
  /** Points after the warm-up below which nothing is said. */
  minPoints: 8,
  /** Points below which growth is never called a leak. */
  leakPoints: 12,
  /** First part of a process lifetime that is not looked at, and the fewest points dropped for it. */
  warmUpShare: 0.1,
  warmUpPoints: 2,
  /** Smallest number of goroutines at a site, and smallest growth where they have not doubled. */
  minGoroutines: 20,
  /** Smallest growth of a heap site: bytes, share of its start, samples of the heap profiler. */
  minHeapBytes: 4_194_304,
  minHeapShare: 0.1,
  minHeapSamples: 8,
  /** Heap growth on fewer samples is never called a leak. */
  leakHeapSamples: 16,
  /** A site of so few objects is judged as objects that grow. */
  fewObjects: 8,
  /** Sites per kind and lifetime that are judged, by growth. */
  maxSites: 50,
  /** Floor may fall below its record by this share of the growth. */
  maxFall: 0.1,
  /** Growth below this share of the start, or below so many noise deviations, is nothing. */
  minGrowthShare: 0.1,
  minGrowthNoise: 1.5,
  /** Late growth over mean growth: below, it flattens (`lateCoarse` with three buckets) or slows; a leak needs `lateLeak`. */
  lateFlat: 0.5,
  lateCoarse: 0.7,
  lateSlowing: 0.65,
  lateStopping: 0.3,
  lateLeak: 0.8,
  /** One rise between buckets above this share of the growth is a step. */
  maxStep: 0.6,
  /** A fall of the series itself (median of 3) above this share of the growth: it swings by more than it grew. */
  maxSwing: 1,
  /** Growth in the tail below this share of the expected one has ended. */
  minTail: 0.25,
  /** Deviations that make a difference significant. */
  sigma: 2,
  /** Variance over mean of the changes, and share of falls, above which a site has turnover. */
  turnoverDispersion: 3,
  turnoverFalls: 0.005,
  /** Goroutines count as working: this share is met elsewhere, or at these odds allocation goes with how many there are. */
  workElsewhere: 0.05,
  workOdds: 20,
  /** Births grew by less than this: no load to follow. */
  loadGrowth: 1.2,
  /** Growth not explained by load: below the first it follows load, below the second it may. */
  loadFollows: 0.35,
  loadPartly: 0.6,
  /** Allocation samples needed to speak of load. */
  loadSamples: 40,
  /** Share of what was allocated that is still in use. */
  retentionTraffic: 0.03,
  retentionSupport: 0.1,
  retentionStrong: 0.5,
  /** A level that an earlier, comparable lifetime had without growing, times this, is known. */
  knownLevel: 1.25,
  knownAge: 0.8,
  /** Another version that grew by less than this share at half the age or more is a control. */
  controlGrowth: 0.2,
  controlAge: 0.5,
  /** Largest distance between two growth curves that move together (bounds of a Kolmogorov-Smirnov distance). */
  togetherMin: 0.12,
  togetherMax: 0.35,
  togetherKs: 1.36,
  /** A function on more than this share of at least so many stacks joins nothing. */
  ubiquitousShare: 0.5,
  ubiquitousStacks: 20,
  /** Lifetimes of one version that must still have grown when they ended to stand in for one that is old enough. */
  shortLifetimes: 3,
  /**
   * A total must fall by this share in one step to cut a lifetime (after a gap of so many steps by `restartFallGap`), and
   * fewer than `restartKept` of the steady heap stacks be there after it; where that is not known, the other total must
   * fall, too. As many as `restartKeptStacks` that are there say that it is no restart.
   */
  restartFall: 0.6,
  restartKept: 0.6,
  restartKeptStacks: 2,
  restartFallOther: 0.3,
  restartFallGap: 0.2,
  restartGapSteps: 2.5,
  /** Steps without a profile after which a process is silent, and the least time for it. */
  silentSteps: 3,
  silentS: 15,
  /** Extra windows of long lifetimes, s. */
  windowsS: [21_600, 3600],
  /** Narrowest half-width of the interval of a rate, as share. */
  rateMarginGoroutines: 0.3,
  rateMarginHeap: 0.5,
} as const;
