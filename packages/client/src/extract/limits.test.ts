import { expect, test } from '@jest/globals';
import { check } from './check.ts';
import { brokenLimits } from './limits.ts';

test.each([
  [{ type: 'number', minimum: 1, maximum: 3 }, [1, 3], [0, 4]],
  [{ type: 'number', exclusiveMinimum: 1, exclusiveMaximum: 3 }, [2], [1, 3]],
  [{ type: 'number', multipleOf: 0.01 }, [120.5, 0.07], [0.005]],
  [{ type: 'integer' }, [2], [2.5, '2']],
  [{ type: 'string', minLength: 2, maxLength: 3 }, ['ab', '😀😀😀'], ['😀', 'abcd']],
  [{ type: 'string', pattern: '^\\p{Lu}\\d+$' }, ['Ä1'], ['ä1']],
  [{ type: 'string', pattern: '^\\d\\-\\d$' }, ['1-2'], ['12']],
  [{ type: ['string', 'null'], enum: ['a', null] }, ['a', null], ['b']],
  [{ type: 'string', const: 'a' }, ['a'], ['b']],
  [{ type: 'array', minItems: 1, maxItems: 2, uniqueItems: true }, [['a'], ['a', 'b']], [[], ['a', 'a'], [1, 2, 3]]],
])('%j holds of %j and not of %j', (schema, good, bad) => {
  for (const value of good) expect([value, brokenLimits(schema, value)]).toEqual([value, []]);
  for (const value of bad) expect([value, brokenLimits(schema, value)]).toEqual([value, [expect.any(String)]]);
});

test('items and what lies in them are checked at their places; what may be absent is not missed', async () => {
  const lines = { type: 'object', properties: { price: { type: 'number', minimum: 0 } }, required: ['price'] };
  const schema = {
    type: 'object',
    properties: {
      lines: { type: 'array', maxItems: 2, items: lines },
      note: { type: 'string', minLength: 5 },
      names: { type: 'array', items: { type: 'string' } },
    },
    required: ['names'],
  };
  const data = { lines: [{ price: 1 }, { price: -1 }, { price: null }], names: ['a', undefined], note: null };
  const paths = (await check(schema, data)).issues.map(({ path }) => path);
  expect(paths).toEqual(['lines', 'lines.1.price', 'lines.2.price', 'names.1']);
});
