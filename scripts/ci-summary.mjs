// Prints `N passed, N failed` from vitest's JSON results; a test file that could not run counts as one failure, and so
// does a check that failed before the tests: node scripts/ci-summary.mjs RESULTS EXIT_CODE
import { readFileSync } from 'node:fs';

const [, , path = '', exitCode = '1'] = process.argv;
const text = readFileSync(path, 'utf8');
if (text === '') {
  console.log('The checks before the tests failed.');
  console.log(`0 passed, ${exitCode === '0' ? 0 : 1} failed`);
} else {
  const results = JSON.parse(text);
  const brokenFiles = results.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  const failed = results.numFailedTests + brokenFiles.length;
  if (results.numPendingTests > 0) console.log(`${results.numPendingTests} skipped`);
  console.log(`${results.numPassedTests} passed, ${failed === 0 && exitCode !== '0' ? 1 : failed} failed`);
}
