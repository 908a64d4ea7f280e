import { afterAll, beforeAll } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import type { ProfileStore } from '../../src/store/profile-store.ts';
import { temporaryDirectory } from './store-support.ts';

/** Opens a store for all tests of a file, in a directory of its own, and removes both after them. */
export function openForTests(take: (store: ProfileStore) => void): { readonly path: string } {
  const directory = temporaryDirectory();
  let store: ProfileStore;
  beforeAll(async () => {
    store = await openStore({ directory: directory.path });
    take(store);
  });
  afterAll(async () => {
    await store.close();
    directory.remove();
  });
  return directory;
}
