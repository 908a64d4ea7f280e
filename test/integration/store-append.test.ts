import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAnnounced } from '../../src/store/announced.ts';
import { appendUploads } from '../../src/store/append.ts';
import { type Connection, openEmbedded, type Table } from '../../src/store/connection.ts';
import { mergeStacks } from '../../src/store/merge-stacks.ts';
import { migrate } from '../../src/store/schema/migrate.ts';
import { CPU, framesOf, makeUpload, stackIdOf, temporaryDirectory } from './store-support.ts';

/** Commits that fail partway, on the real engine: one of the three inserts of a commit is refused. */

const T0 = 1_763_000_000_000_000_000n;

let directory: ReturnType<typeof temporaryDirectory>;
let connection: Connection;

beforeEach(async () => {
  directory = temporaryDirectory();
  connection = await openEmbedded(directory.path, { queryTimeoutMs: 10_000 });
  await migrate(connection, directory.path, 0);
});

afterEach(async () => {
  await connection.close();
  directory.remove();
});

function refusing(table: Table): Pick<Connection, 'insert'> {
  return {
    insert: (into, columns, rows) =>
      into === table ? Promise.reject(new Error('no space')) : connection.insert(into, columns, rows),
  };
}

function merged() {
  const range = { fromNs: T0, untilNs: T0 };
  const query = { tenant: 'anonymous', selector: [], range, profileType: CPU, aggregation: 'sum' } as const;
  return mergeStacks(connection, query);
}

test.each(['stacks', 'series', 'profiles'] as const)(
  'a commit whose %s are refused shows nothing and keeps what was committed; sent again, it is whole',
  async (table) => {
    const announced = createAnnounced(100);
    const upload = (stack: string) => makeUpload({ timeNs: T0, profiles: { [CPU]: { [stack]: 1 } } });
    await appendUploads(connection, announced, [upload('f;main')]);
    const lost = [upload('g;main'), upload('h;main')];
    await expect(appendUploads(refusing(table), announced, lost)).rejects.toThrow('no space');
    expect((await merged()).values).toEqual(new Map([[stackIdOf('f;main'), 1]]));

    await appendUploads(connection, announced, lost);
    const { values, stacks, profileCount } = await merged();
    expect([profileCount, values.size]).toEqual([3, 3]);
    for (const stack of ['f;main', 'g;main', 'h;main']) expect(stacks.get(stackIdOf(stack))).toEqual(framesOf(stack));
  },
);
