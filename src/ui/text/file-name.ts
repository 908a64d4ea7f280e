import type { SourcePoint } from '../../model/finding.ts';

/** `dispatcher.go:90` of a source point; the file alone where the line is unknown, '' where both are. */
export function fileLine(point: SourcePoint): string {
  const name = point.file.slice(point.file.lastIndexOf('/') + 1);
  return point.line > 0 && name !== '' ? `${name}:${point.line}` : name;
}
