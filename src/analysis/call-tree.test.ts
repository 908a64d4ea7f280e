import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Stack } from '../model/stack.ts';
import { buildCallTree, type CallTree, childStarts } from './call-tree.ts';
import { diffTrees, foldDiffTree } from './diff.ts';
import { type Flame, flameOf, flameOfDiff } from './flame.ts';
import { foldCallTree } from './fold.ts';
import { functionTable } from './top.ts';

/** `main;work 3` lines, root first, `name@line` for a line. */
function treeOf(text: string): CallTree {
  const stacks = new Map<bigint, Stack>();
  const values = new Map<bigint, number>();
  for (const [i, row] of text.trim().split('\n').entries()) {
    const [path = '', value = ''] = row.trim().split(' ');
    const frames = path.split(';').map((part) => {
      const [name = '', line = '0'] = part.split('@');
      return { function: name, file: `${name}.go`, line: Number(line) };
    });
    stacks.set(BigInt(i + 1), frames.reverse());
    values.set(BigInt(i + 1), Number(value));
  }
  return buildCallTree(stacks, values);
}

function show(tree: CallTree): string[] {
  return Array.from(tree.name, (name, node) => {
    const path = [];
    for (let at = tree.parent[node]!; at > 0; at = tree.parent[at]!) path.unshift(tree.strings[tree.name[at]!]);
    return `${[...path, tree.strings[name]].join(';')} ${tree.self[node]}/${tree.total[node]}`;
  });
}

const anyTree = fc
  .array(
    fc.record({ path: fc.array(fc.constantFrom('a', 'b', 'c', 'other'), { maxLength: 6 }), value: fc.nat(1000) }),
    {
      maxLength: 30,
    },
  )
  .chain((rows) =>
    fc.constantFrom(1, 3, 7).map((divisor) => rows.map((row) => ({ ...row, value: row.value / divisor }))),
  )
  .map((rows) => {
    const stacks = new Map(
      rows.map(({ path }, i) => [BigInt(i + 1), path.map((name) => ({ function: name, file: '', line: 0 }))]),
    );
    return buildCallTree(stacks, new Map(rows.map(({ value }, i) => [BigInt(i + 1), value])));
  });

const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);

/** Reads a flamebearer as a client does and checks what each must hold. */
function checkLevels(flame: Flame, sides: number): void {
  const width = 3 * sides + 1;
  for (let side = 0; side < sides; side++) {
    let above: { start: number; end: number }[] = [];
    let selfSum = 0;
    for (const [depth, level] of flame.levels.entries()) {
      expect(level.length % width).toBe(0);
      const row = [];
      let x = 0;
      for (let i = 0; i < level.length; i += width) {
        const [offset = 0, total = 0, self = 0] = level.slice(i + 3 * side, i + 3 * side + 3);
        expect(offset).toBeGreaterThanOrEqual(0);
        expect(self).toBeGreaterThanOrEqual(0);
        expect(total).toBeGreaterThanOrEqual(self);
        expect(flame.names[level[i + width - 1]!]).toBeDefined();
        const [start, end] = [x + offset, x + offset + total];
        if (depth > 0) expect(above.some((p) => start >= p.start && end <= p.end)).toBe(true);
        row.push({ start: start + self, end });
        selfSum += self;
        x = end;
      }
      above = row;
    }
    expect(selfSum).toBe(flame.levels[0]![3 * side + 1]);
  }
}

describe('buildCallTree', () => {
  it('merges stacks by function name from the root down', () => {
    expect(show(treeOf('main;work;read 2\nmain;work 1\nmain;idle 5\nmain;work;read 4'))).toEqual([
      'total 0/12',
      'main 0/12',
      'main;work 1/7',
      'main;idle 5/5',
      'main;work;read 6/6',
    ]);
  });

  it('takes the line with the most value', () => {
    const tree = treeOf('main@3;a@10 1\nmain@4;a@11 2\nmain@4;a@12 1.5');
    expect([...tree.line]).toEqual([0, 4, 11]);
  });

  it('leaves out values that a flame graph cannot show', () => {
    expect(show(treeOf('main;gone -3\nmain;kept 1\nmain;nil 0'))).toEqual(['total 0/1', 'main 0/1', 'main;kept 1/1']);
  });

  it('names a stack without frames (unknown)', () => {
    expect(show(buildCallTree(new Map(), new Map([[7n, 2]])))).toEqual(['total 0/2', '(unknown) 2/2']);
  });

  it('keeps self plus the children equal to total, in breadth-first order', () => {
    fc.assert(
      fc.property(anyTree, (tree) => {
        const starts = childStarts(tree.parent);
        for (let node = 0; node < tree.parent.length; node++) {
          const children = [...tree.total.subarray(starts[node]!, starts[node + 1]!)];
          expect(tree.self[node]! + sum(children)).toBeCloseTo(tree.total[node]!, 6);
          expect(children).toEqual([...children].sort((a, b) => b - a));
          if (node > 0) expect(tree.parent[node]).toBeLessThan(node);
        }
        expect(sum(tree.self)).toBeCloseTo(tree.total[0]!, 6);
      }),
    );
  });
});

describe('foldCallTree', () => {
  it('makes small children one child `other`', () => {
    const { tree, folded } = foldCallTree(treeOf('m;a 10\nm;b 3\nm;c;d 2\nm;c 1'), 3);
    expect(show(tree)).toEqual(['total 0/16', 'm 0/16', 'm;a 10/10', 'm;other 6/6']);
    expect(folded).toEqual({ nodes: 3, value: 6 });
  });

  it('keeps the total and at most the asked number of nodes', () => {
    fc.assert(
      fc.property(anyTree, fc.integer({ min: 1, max: 12 }), (tree, maxNodes) => {
        const { tree: small, folded } = foldCallTree(tree, maxNodes);
        expect(sum(small.self)).toBeCloseTo(tree.total[0]!, 6);
        expect(tree.name.length - folded.nodes).toBe(Math.min(maxNodes, tree.name.length));
        checkLevels(flameOf(small), 1);
      }),
    );
  });
});

describe('functionTable', () => {
  it('counts a recursive function once a stack', () => {
    const tree = treeOf('main;f;g;f 5\nmain;f 2\nmain;g;f 1');
    const table = functionTable(tree);
    const rows = Array.from(table.name, (name, i) => [tree.strings[name], table.self[i], table.total[i]]);
    expect(rows).toEqual([
      ['f', 8, 8],
      ['main', 0, 8],
      ['g', 0, 6],
    ]);
  });

  it('sums self to the total', () => {
    fc.assert(
      fc.property(anyTree, (tree) => {
        const table = functionTable(tree);
        expect(sum(table.self)).toBeCloseTo(tree.total[0]! - tree.self[0]!, 6);
        for (const total of table.total) expect(total).toBeLessThanOrEqual(tree.total[0]! + 1e-6);
      }),
    );
  });
});

describe('flameOf', () => {
  it('encodes offsets from the end of the previous node, children by name, other last', () => {
    const flame = flameOf(treeOf('m;z;q 2\nm;other 4\nm;a 3\nm 1'));
    expect(flame).toEqual({
      names: ['total', 'm', 'a', 'z', 'other', 'q'],
      levels: [
        [0, 10, 0, 0],
        [0, 10, 1, 1],
        [1, 3, 3, 2, 0, 2, 0, 3, 0, 4, 4, 4],
        [4, 2, 2, 5],
      ],
      total: 10,
      maxSelf: 4,
    });
  });

  it('answers an empty profile with an empty root', () => {
    expect(flameOf(buildCallTree(new Map(), new Map()))).toEqual({
      names: ['total'],
      levels: [[0, 0, 0, 0]],
      total: 0,
      maxSelf: 0,
    });
  });

  it('rounds fractions so that levels stay valid and the root is the rounded total', () => {
    fc.assert(
      fc.property(anyTree, (tree) => {
        const flame = flameOf(tree);
        expect(flame.total).toBe(Math.round(tree.total[0]!));
        checkLevels(flame, 1);
      }),
    );
  });
});

describe('diffTrees', () => {
  it('lays two trees over each other', () => {
    const diff = flameOfDiff(diffTrees(treeOf('m;a 3\nm;b 1'), treeOf('m;b 4\nm;c 2')));
    expect(diff.names).toEqual(['total', 'm', 'a', 'b', 'c']);
    expect(diff.levels[2]).toEqual([0, 3, 3, 0, 0, 0, 2, 0, 1, 1, 0, 4, 4, 3, 0, 0, 0, 0, 2, 2, 4]);
    expect([diff.leftTotal, diff.rightTotal, diff.total, diff.maxSelf]).toEqual([4, 6, 10, 4]);
  });

  it('answers two empty profiles with one level of zeros', () => {
    const empty = buildCallTree(new Map(), new Map());
    expect(flameOfDiff(diffTrees(empty, empty)).levels).toEqual([[0, 0, 0, 0, 0, 0, 0]]);
  });

  it('finds no change between a tree and itself', () => {
    fc.assert(
      fc.property(anyTree, fc.integer({ min: 1, max: 12 }), (tree, maxNodes) => {
        const diff = foldDiffTree(diffTrees(tree, tree), maxNodes);
        expect(diff.left).toEqual(diff.right);
        checkLevels(flameOfDiff(diff), 2);
      }),
    );
  });

  it('keeps both totals when folded', () => {
    fc.assert(
      fc.property(anyTree, anyTree, fc.integer({ min: 1, max: 12 }), (left, right, maxNodes) => {
        const diff = foldDiffTree(diffTrees(left, right), maxNodes);
        expect(sum(diff.left.self)).toBeCloseTo(left.total[0]!, 6);
        expect(sum(diff.right.self)).toBeCloseTo(right.total[0]!, 6);
        checkLevels(flameOfDiff(diff), 2);
      }),
    );
  });
});
