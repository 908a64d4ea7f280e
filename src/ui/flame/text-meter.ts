/** Widths of texts in one font, from the advances of their characters; each is measured once. */
export interface TextMeter {
  readonly width: (text: string) => number;
  /** The longest beginning of `text` that fits `maxPx`. */
  readonly fit: (text: string, maxPx: number) => string;
}

/** Kerning is ignored: it makes a text narrower, seldom wider, and by less than a pixel in a label. */
export function textMeter(context: CanvasRenderingContext2D, font: string): TextMeter {
  const advances = new Map<string, number>();
  const widths = new Map<string, number>();
  const advance = (character: string) => {
    let width = advances.get(character);
    if (width === undefined) {
      context.font = font;
      width = context.measureText(character).width;
      advances.set(character, width);
    }
    return width;
  };
  const width = (text: string) => {
    let sum = widths.get(text);
    if (sum === undefined) {
      sum = 0;
      for (const character of text) sum += advance(character);
      widths.set(text, sum);
    }
    return sum;
  };
  const fit = (text: string, maxPx: number) => {
    if (width(text) <= maxPx) return text;
    let sum = 0;
    let end = 0;
    for (const character of text) {
      sum += advance(character);
      if (sum > maxPx) break;
      end += character.length;
    }
    return text.slice(0, end);
  };
  return { width, fit };
}
