import { expect, it } from 'vitest';
import { Problem } from '../base/problem.ts';
import { formatSelector, joinSelectors, MAX_MATCHERS, MAX_REGEX_LENGTH, parseSelector } from './selector.ts';

const matcher = (name: string, operator: string, value: string) => ({ name, operator, value });

it('reads all four operators', () => {
  expect(parseSelector('{a="1", b!="2" ,c=~"3|4",d!~"5.*"}')).toEqual([
    matcher('a', '=', '1'),
    matcher('b', '!=', '2'),
    matcher('c', '=~', '3|4'),
    matcher('d', '!~', '5.*'),
  ]);
});

it.each(['{}', ' { } '])('reads "%s" as everything', (text) => {
  expect(parseSelector(text)).toEqual([]);
});

it('takes a comma after the last matcher, and no braces', () => {
  const expected = [matcher('service_name', '=', 'a'), matcher('otel.scope.name', '=', 'b')];
  expect(parseSelector('{service_name="a",otel.scope.name="b",}')).toEqual(expected);
  expect(parseSelector('service_name="a", otel.scope.name="b"')).toEqual(expected);
});

it.each([
  [String.raw`{a="\"q\"\\ \n\t"}`, '"q"\\ \n\t'],
  [String.raw`{a='it\'s "x"'}`, 'it\'s "x"'],
  ['{a=`C:\\n`}', 'C:\\n'],
  [String.raw`{a="\x41\101\u00e9\U0001f600"}`, 'AAé😀'],
  ['{a="x}y,z=1"}', 'x}y,z=1'],
  ['{a=""}', ''],
])('reads the value in %s', (text, value) => {
  expect(parseSelector(text)).toEqual([matcher('a', '=', value)]);
});

it('reads and writes names that need quotes', () => {
  expect(parseSelector('{"a b"="c"}')).toEqual([matcher('a b', '=', 'c')]);
  expect(formatSelector([{ name: 'a b', operator: '!~', value: 'c"' }])).toBe('{"a b"!~"c\\""}');
});

it.each([
  ['', 0, 'it is empty; {} selects everything'],
  ['{a="1"', 6, 'expected , or }'],
  ['{a="1" b="2"}', 7, 'expected , or }'],
  ['a="1" b', 6, 'expected , or the end'],
  ['{a="1"} x', 8, 'expected the end'],
  ['{,}', 1, 'expected a label name'],
  ['{=~"a"}', 1, 'expected a label name'],
  ['{a}', 2, 'expected =, !=, =~ or !~'],
  ['{a==1}', 3, 'expected a quoted value'],
  ['{a=1}', 3, 'expected a quoted value'],
  ['{a="1}', 3, 'the quote does not end'],
  [String.raw`{a="\q"}`, 4, 'unknown escape'],
  [String.raw`{a="\U00110000"}`, 4, 'unknown escape'],
  ['{a="\\', 4, 'unknown escape'],
])('refuses "%s" at character %i', (text, position, why) => {
  const failure = failureOf(text);
  expect(failure.key).toBe('badSelector');
  expect(failure.details).toEqual({ position, why });
});

it('refuses a regular expression of more than 1000 characters, but not such a value', () => {
  const long = 'x'.repeat(MAX_REGEX_LENGTH + 1);
  expect(failureOf(`{a=~"${long}"}`).details.why).toBe('the regular expression is longer than 1000 characters');
  expect(parseSelector(`{a="${long}"}`)).toEqual([matcher('a', '=', long)]);
});

it('refuses more than 50 conditions, in one selector and in several together', () => {
  const some = (count: number): string => `{${Array.from({ length: count }, (_, i) => `l${i}="x"`).join(',')}}`;
  expect(parseSelector(some(MAX_MATCHERS))).toHaveLength(50);
  expect(failureOf(some(MAX_MATCHERS + 1)).details.why).toBe('there are more than 50 conditions');
  const halves = [parseSelector(some(25)), parseSelector(some(25))];
  expect(joinSelectors(halves)).toHaveLength(50);
  expect(() => joinSelectors([...halves, parseSelector('{a="1"}')])).toThrow('there are more than 50 conditions');
});

function failureOf(text: string): Problem {
  try {
    parseSelector(text);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error(`"${text}" was accepted`);
}
