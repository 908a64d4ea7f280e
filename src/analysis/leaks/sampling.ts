/**
 * What Go's heap profiler sees of objects of one size: each is sampled with p = 1 - exp(-size / period) when it is
 * allocated and scaled up by 1 / p; once sampled it stays so until it is freed.
 */
function sampledShare(objectBytes: number, periodBytes: number): number {
  return -Math.expm1(-objectBytes / periodBytes);
}

/**
 * Variance of a sampled amount per byte of it, bytes: s (1 - p) / p. That is the period for small objects, and nothing
 * for large ones, which are always seen. `objectBytes` null: not known, taken as small.
 */
export function varianceOf(objectBytes: number | null, periodBytes: number): number {
  if (objectBytes === null || objectBytes <= 0) return periodBytes;
  const share = sampledShare(objectBytes, periodBytes);
  return (objectBytes * (1 - share)) / share;
}
