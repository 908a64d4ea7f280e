import { describe, expect, test } from 'vitest';
import { treeFromText } from '../../../test/support/tree-from-text.ts';
import { functionOf } from './call-tree.ts';
import { flameBoxes, frameAt, levelsWithin } from './flame-boxes.ts';
import { firstVisible, layoutFrames } from './flame-layout.ts';

const tree = treeFromText(`
  main.a;main.x;main.deep 40
  main.a;main.y 10
  main.b;main.z 30
  main.b 5
  main.c 15
`);
const layout = layoutFrames(tree);
const rowOf = (name: string) => {
  for (let row = 0; row < tree.parent.length; row++) if (functionOf(tree, row) === name) return row;
  throw new Error(`no frame ${name}`);
};
const xOf = (name: string) => layout.x[rowOf(name)];

describe('layoutFrames', () => {
  test('puts children side by side from the left edge of their parent', () => {
    expect([xOf('main.a'), xOf('main.b'), xOf('main.c')]).toEqual([0, 50, 85]);
    expect([xOf('main.x'), xOf('main.y'), xOf('main.z'), xOf('main.deep')]).toEqual([0, 40, 50, 0]);
  });
  test('keeps levels contiguous and sorted by x', () => {
    for (let level = 0; level < layout.levels; level++) {
      const rows = [...layout.order.subarray(layout.levelStart[level], layout.levelStart[level + 1])];
      expect(rows.every((row) => layout.depth[row] === level)).toBe(true);
      const lefts = rows.map((row) => layout.x[row]!);
      expect(lefts).toEqual(lefts.toSorted((a, b) => a - b));
    }
    expect(Array.from(layout.levelStart)).toEqual([0, 1, 4, 7, 8]);
  });
  test('puts what stands for other frames at the right end of the children', () => {
    const folded = treeFromText('main.a;other 30\nmain.a;main.x 10\nmain.a 5');
    const { x } = layoutFrames(folded);
    const places = new Map(Array.from(folded.parent.keys(), (row) => [functionOf(folded, row), x[row]]));
    expect(places.get('main.x')).toBe(0);
    expect(places.get('other')).toBe(10);
  });
  test('lays out a tree of the root alone', () => {
    expect(layoutFrames(treeFromText('')).levels).toBe(1);
  });
});

describe('firstVisible', () => {
  test('finds the first frame that ends right of an edge', () => {
    expect(layout.order[firstVisible(layout, tree.total, 1, 50)]).toBe(rowOf('main.b'));
    expect(layout.order[firstVisible(layout, tree.total, 1, 49.9)]).toBe(rowOf('main.a'));
    expect(firstVisible(layout, tree.total, 1, 100)).toBe(layout.levelStart[2]);
  });
});

describe('flameBoxes', () => {
  const whole = { from: 0, to: 100, widthPx: 1000, fromLevel: 0, untilLevel: layout.levels };

  test('answers the frame under a point', () => {
    const boxes = flameBoxes(tree, layout, whole, 1);
    expect(boxes.undrawn).toBe(0);
    expect(frameAt(boxes, 2, 399)).toBe(rowOf('main.x'));
    expect(frameAt(boxes, 2, 401)).toBe(rowOf('main.y'));
    expect(frameAt(boxes, 2, 900)).toBeUndefined();
    expect(frameAt(boxes, 9, 10)).toBeUndefined();
  });
  test('cuts frames at the window when zoomed', () => {
    const boxes = flameBoxes(tree, layout, { ...whole, from: 40, to: 60 }, 1);
    expect(boxes.node[0]).toBe(0);
    expect([boxes.leftPx[0], boxes.widthPx[0]]).toEqual([0, 1000]);
    expect(frameAt(boxes, 1, 499)).toBe(rowOf('main.a'));
    expect(frameAt(boxes, 1, 501)).toBe(rowOf('main.b'));
  });
  test('merges neighbours below 1 px to the largest of them and leaves out what stays below half a pixel', () => {
    const lines = Array.from({ length: 40 }, (_, at) => `main.f${at} ${at === 7 ? 6 : 5}`);
    const many = treeFromText([...lines, 'main.big 9800'].join('\n'));
    const places = layoutFrames(many);
    const boxes = flameBoxes(many, places, { from: 0, to: 10_001, widthPx: 100, fromLevel: 1, untilLevel: 2 }, 1);
    const names = boxes.node.map((row) => functionOf(many, row));
    expect(names[0]).toBe('main.big');
    expect(names[1]).toBe('main.f7');
    expect(boxes.node.length + boxes.undrawn).toBe(41);
    expect(frameAt(boxes, 1, 98.2)).toBe(boxes.node[1]);
  });
  test('lets a hit of a search stand for its slice', () => {
    const many = treeFromText('main.big 9980\nmain.a 9\nmain.b 8\nmain.c 3');
    const prefer = new Uint8Array(many.strings.length);
    prefer[many.strings.indexOf('main.b')] = 1;
    const boxes = flameBoxes(
      many,
      layoutFrames(many),
      { from: 0, to: 10_000, widthPx: 500, fromLevel: 1, untilLevel: 2 },
      1,
      prefer,
    );
    expect(boxes.node.map((row) => functionOf(many, row))).toEqual(['main.big', 'main.b']);
  });
  test('counts the levels that a window holds', () => {
    expect(levelsWithin(tree, layout, 0, 100)).toBe(4);
    expect(levelsWithin(tree, layout, 40, 50)).toBe(3);
    expect(levelsWithin(tree, layout, 85, 100)).toBe(2);
  });
});
