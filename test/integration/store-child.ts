/**
 * A process of its own with a store, for tests that kill one or let two meet. `open DIR` opens, says so and waits;
 * `append DIR` appends uploads for ever, and says after each commit how many there are.
 */
import { openStore } from '../../src/store/open-store.ts';
import { CPU, INUSE_SPACE, makeUpload } from './store-support.ts';

const [, , verb, directory = ''] = process.argv;
try {
  const store = await openStore({ directory });
  console.log('open');
  if (verb === 'append') {
    for (let count = 0; ; ) {
      const uploads = Array.from({ length: 20 }, (_, i) => {
        const timeNs = 1_763_000_000_000_000_000n + BigInt(count + i) * 1_000_000_000n;
        const values = Object.fromEntries(Array.from({ length: 100 }, (_, k) => [`f${k};upload ${count + i}`, k + 1]));
        return makeUpload({ timeNs, profiles: { [CPU]: values, [INUSE_SPACE]: values } });
      });
      await store.append(uploads);
      count += uploads.length;
      console.log(`committed ${count}`);
    }
  }
  // Waits to be killed.
  setInterval(() => {}, 60_000);
} catch (error) {
  console.log(`failed ${JSON.stringify({ ...(error as object), message: (error as Error).message })}`);
}
