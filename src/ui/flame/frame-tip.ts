import type { CallTree } from '../../analysis/call-tree.ts';
import { fileOf } from './call-tree.ts';
import type { FrameStyle } from './frame-style.ts';

/** What a tooltip and the inspector say of a frame; texts are ready to show. */
export interface FrameTip {
  readonly name: string;
  /** Package, and where the frame is in the source if known. */
  readonly place: string;
  readonly facts: readonly { readonly label: string; readonly value: string }[];
}

export interface TipFormats {
  readonly value: (value: number) => string;
  readonly share: (part: number, whole: number) => string;
}

/** Shares are of the whole graph, not of the focused frame. */
export function frameTip(
  tree: CallTree,
  styles: readonly FrameStyle[],
  node: number,
  formats: TipFormats,
  facts: readonly { readonly label: string; readonly value: string }[] = [],
): FrameTip {
  const whole = tree.total[0]!;
  const style = styles[tree.name[node]!];
  const total = tree.total[node]!;
  const self = tree.self[node]!;
  const withShare = (value: number) => (value === 0 ? '0' : `${formats.value(value)}, ${formats.share(value, whole)}`);
  return {
    name: style?.short ?? '',
    place: node === 0 ? 'all samples' : placeOf(style?.packagePath ?? '', fileOf(tree, node), tree.line[node]!),
    facts: [{ label: 'Total', value: withShare(total) }, { label: 'Self', value: withShare(self) }, ...facts],
  };
}

/** `pkg/path · file.go:41`, as much of it as is known. */
export function placeOf(packagePath: string, file: string, line: number): string {
  const base = file.slice(file.lastIndexOf('/') + 1);
  const source = base === '' ? '' : line > 0 ? `${base}:${line}` : base;
  return [packagePath, source].filter((part) => part !== '').join(' · ');
}
