import type { CallTree } from '../../analysis/call-tree.ts';
import type { FlameBoxes } from './flame-boxes.ts';
import type { FlameLayout } from './flame-layout.ts';
import type { FlameTheme } from './flame-theme.ts';
import type { FrameStyle } from './frame-style.ts';
import type { TextMeter } from './text-meter.ts';

/** Everything that decides a picture but the boxes. */
export interface FlamePicture {
  readonly tree: CallTree;
  readonly layout: FlameLayout;
  /** By index into `tree.strings`. */
  readonly styles: readonly FrameStyle[];
  readonly theme: FlameTheme;
  readonly labels: TextMeter;
  readonly formatValue: (value: number) => string;
  /** 1 by name where a find matches; those are underlined. */
  readonly found: Uint8Array | undefined;
  /** 1 by frame that a find does not dim. */
  readonly lit: Uint8Array | undefined;
  /** Levels above this one are ancestors of the focused frame. */
  readonly focusLevel: number;
  /** Top of a level, in px. */
  readonly topOf: (level: number) => number;
}

const LABEL_FROM_PX = 26;
const VALUE_FROM_PX = 230;
const PADDING_PX = 5;
const ANCESTOR_ALPHA = 0.6;

/** Paints boxes, then labels; `context` is cleared and scaled to CSS px by the caller. `pixel` is the size of one device px. */
export function paintFrames(
  context: CanvasRenderingContext2D,
  picture: FlamePicture,
  boxes: FlameBoxes,
  pixel: number,
): void {
  paintBoxes(context, picture, boxes, pixel);
  paintLabels(context, picture, boxes);
}

/** Fills in batches of one colour: setting `fillStyle` costs more than a rectangle. */
function paintBoxes(context: CanvasRenderingContext2D, picture: FlamePicture, boxes: FlameBoxes, pixel: number): void {
  const { theme, found, lit, tree, styles } = picture;
  const dim = theme.colours.length;
  const batches = new Map<number, number[]>();
  const hits: number[] = [];
  for (let box = 0; box < boxes.node.length; box++) {
    const name = tree.name[boxes.node[box]!]!;
    if (found?.[name] === 1) hits.push(box);
    const colour = lit?.[boxes.node[box]!] === 0 ? dim : (styles[name]?.colour ?? 0);
    const batch = batches.get(colour);
    if (batch === undefined) batches.set(colour, [box]);
    else batch.push(box);
  }
  const height = theme.rowHeightPx - 1;
  for (const [colour, batch] of batches) {
    context.fillStyle = theme.colours[colour] ?? theme.dim;
    for (const box of batch) fillBox(context, picture, boxes, box, pixel, 0, height, colour === dim);
  }
  context.fillStyle = theme.accent;
  for (const box of hits) fillBox(context, picture, boxes, box, pixel, height - 2, 2, true);
}

/** Edges lie on device pixels, so that they are sharp. */
function fillBox(
  context: CanvasRenderingContext2D,
  picture: FlamePicture,
  boxes: FlameBoxes,
  box: number,
  pixel: number,
  offsetPx: number,
  heightPx: number,
  opaque: boolean,
): void {
  const level = picture.layout.depth[boxes.node[box]!]!;
  const left = Math.round(boxes.leftPx[box]! / pixel) * pixel;
  const right = Math.round((boxes.leftPx[box]! + boxes.widthPx[box]!) / pixel) * pixel;
  const faded = !opaque && level < picture.focusLevel;
  if (faded) context.globalAlpha = ANCESTOR_ALPHA;
  context.fillRect(left, picture.topOf(level) + offsetPx, Math.max(MIN_INK_PX, right - left - 1), heightPx);
  if (faded) context.globalAlpha = 1;
}

const MIN_INK_PX = 0.5;

interface Label {
  readonly text: string;
  readonly leftPx: number;
  readonly level: number;
}

function paintLabels(context: CanvasRenderingContext2D, picture: FlamePicture, boxes: FlameBoxes): void {
  const { theme, labels: meter, tree, lit, styles } = picture;
  const plain: Label[] = [];
  const dimmed: Label[] = [];
  const values: Label[] = [];
  const dimmedValues: Label[] = [];
  for (let box = 0; box < boxes.node.length; box++) {
    const widthPx = boxes.widthPx[box]!;
    if (widthPx <= LABEL_FROM_PX) continue;
    const node = boxes.node[box]!;
    const name = tree.name[node]!;
    const style = styles[name];
    if (style === undefined) continue;
    const level = picture.layout.depth[node]!;
    const leftPx = boxes.leftPx[box]! + PADDING_PX;
    const roomPx = widthPx - 2 * PADDING_PX;
    const text = meter.width(style.short) <= roomPx ? style.short : meter.fit(style.symbol, roomPx);
    const isDim = lit?.[node] === 0;
    (isDim ? dimmed : plain).push({ text, leftPx, level });
    const valuePx = leftPx + meter.width(text) + 7;
    if (widthPx >= VALUE_FROM_PX && text === style.short && valuePx + 60 < leftPx + roomPx)
      (isDim ? dimmedValues : values).push({ text: picture.formatValue(tree.total[node]!), leftPx: valuePx, level });
  }
  context.textBaseline = 'middle';
  paintTexts(context, picture, plain, theme.labelFont, theme.text, 1);
  paintTexts(context, picture, dimmed, theme.labelFont, theme.dimText, 1);
  paintTexts(context, picture, values, theme.valueFont, theme.text, 0.76);
  paintTexts(context, picture, dimmedValues, theme.valueFont, theme.dimText, 1);
}

function paintTexts(
  context: CanvasRenderingContext2D,
  picture: FlamePicture,
  texts: readonly Label[],
  font: string,
  colour: string,
  alpha: number,
): void {
  context.font = font;
  context.fillStyle = colour;
  for (const { text, leftPx, level } of texts) {
    context.globalAlpha = level < picture.focusLevel ? alpha * ANCESTOR_ALPHA : alpha;
    context.fillText(text, leftPx, picture.topOf(level) + picture.theme.rowHeightPx / 2);
  }
  context.globalAlpha = 1;
}
