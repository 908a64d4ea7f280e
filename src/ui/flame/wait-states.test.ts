import { expect, test } from 'vitest';
import { treeFromText } from '../../../test/support/tree-from-text.ts';
import { functionOf } from './call-tree.ts';
import { waitStates } from './wait-states.ts';

test('says what the goroutines below a frame wait for where that is one thing', () => {
  const tree = treeFromText(`
    main.serve;main.work;runtime.chansend1;runtime.chansend;runtime.gopark 40
    main.serve;main.listen;internal/poll.runtime_pollWait;runtime.netpollblock;runtime.gopark 2
    main.busy 1
  `);
  const states = waitStates(tree);
  const byName = new Map(Array.from(tree.parent.keys(), (row) => [functionOf(tree, row), states[row]]));
  expect(byName.get('main.work')).toBe('chan send');
  expect(byName.get('main.listen')).toBe('IO wait');
  expect(byName.get('main.serve')).toBeUndefined();
  expect(byName.get('main.busy')).toBe('running');
  expect(byName.get('total')).toBeUndefined();
});
