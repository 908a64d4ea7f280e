import { expect, test } from 'vitest';
import { frameStyle } from '../../flame/frame-style.ts';
import { tellingPrefixes } from './telling-names.ts';

function prefixesOf(...names: string[]): string[] {
  const styles = names.map((name) => frameStyle(name, ''));
  const prefixes = tellingPrefixes(styles, styles.keys());
  return names.map((_, at) => prefixes.get(at) ?? '');
}

test('shows the last element of a package', () => {
  expect(prefixesOf('compress/flate.NewWriter', 'main.run', 'compress/flate.(*Writer).Write')).toEqual([
    'flate.',
    'main.',
    'flate.',
  ]);
});

test('shows as much of the path as tells functions of one short name apart', () => {
  const klauspost = 'github.com/klauspost/compress/flate.NewWriter';
  expect(prefixesOf('compress/flate.NewWriter', klauspost)).toEqual(['compress/flate.', 'klauspost/compress/flate.']);
  expect(prefixesOf('example.com/a/cmd.Run', 'example.com/b/cmd.Run', 'example.com/a/cmd.Stop')).toEqual([
    'a/cmd.',
    'b/cmd.',
    'cmd.',
  ]);
});
