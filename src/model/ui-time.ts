const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** The span that JavaScript dates can hold. */
const MAX_MS = 8.64e15;

/**
 * A time as it stands in a URL of the UI and in parameters of our own API: `now`, `now-<n><s, m, h, d or w>`, ms since
 * the epoch, or ISO 8601 (UTC without a zone). ms since the epoch, or undefined if it is none of these.
 */
export function parseUiTimeMs(text: string, nowMs: number): number | undefined {
  const relative = /^now(?:-(\d{1,9})([smhdw]))?$/.exec(text);
  if (relative) return nowMs - Number(relative[1] ?? 0) * (UNIT_MS[relative[2] ?? 's'] ?? Number.NaN);
  if (/^\d{1,16}$/.test(text)) return within(Number(text));
  const iso = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/.exec(text);
  if (!iso) return undefined;
  return within(Date.parse(iso[1] !== undefined && iso[4] === undefined ? `${text}Z` : text));
}

function within(ms: number): number | undefined {
  return Number.isFinite(ms) && Math.abs(ms) <= MAX_MS ? ms : undefined;
}
