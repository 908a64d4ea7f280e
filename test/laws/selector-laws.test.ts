import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Problem } from '../../src/base/problem.ts';
import { parseAppName } from '../../src/model/app-name.ts';
import { parseAttimeNs } from '../../src/model/attime.ts';
import { formatSelector, type Matcher, parseSelector } from '../../src/model/selector.ts';

const matcher: fc.Arbitrary<Matcher> = fc.record({
  name: fc.oneof(fc.constantFrom('service_name', 'otel.scope.name', '__session_id__'), fc.string({ unit: 'binary' })),
  operator: fc.constantFrom('=', '!=', '=~', '!~'),
  value: fc.string({ unit: 'binary' }),
});

it('a selector is the same after format and parse', () => {
  fc.assert(
    fc.property(fc.array(matcher), (selector) => {
      expect(parseSelector(formatSelector(selector))).toEqual(selector);
    }),
  );
});

it('any text is a selector or badSelector within it', () => {
  const tokens = fc.constantFrom('{', '}', ',', '=', '=~', '!=', 'a', '"', '\\', '\\x41', "'", '`', ' ');
  const text = fc.oneof(
    fc.array(tokens).map((parts) => parts.join('')),
    fc.string(),
  );
  fc.assert(
    fc.property(text, (given) => {
      try {
        expect(Array.isArray(parseSelector(given))).toBe(true);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        expect(error.key).toBe('badSelector');
        expect(error.details.position).toBeLessThanOrEqual(given.length);
      }
    }),
    { numRuns: 2000 },
  );
});

it('any text is an app name or badAppName', () => {
  const tokens = fc.constantFrom('app', '{', '}', ',', '=', 'a', ' ', '__name__', 'ö');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(tokens).map((parts) => parts.join('')),
        fc.string(),
      ),
      (given) => {
        try {
          const { service, labels } = parseAppName(given);
          expect(service).toMatch(/^[A-Za-z0-9_./-]+$/);
          for (const [name, value] of Object.entries(labels)) {
            expect(name).toMatch(/^[A-Za-z0-9_.]+$/);
            expect(value).not.toBe('');
          }
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          expect(error.key).toBe('badAppName');
        }
      },
    ),
    { numRuns: 2000 },
  );
});

it('any text is a time of 64 bits', () => {
  const tokens = fc.constantFrom('now', '-', '+', '1', '999', 'h', 'M', 'y', '_', '20261123');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(tokens).map((parts) => parts.join('')),
        fc.string(),
      ),
      (given) => {
        const timeNs = parseAttimeNs(given, 1_795_407_094_388_251_697n);
        expect(timeNs).toBe(BigInt.asUintN(63, timeNs));
      },
    ),
    { numRuns: 2000 },
  );
});
