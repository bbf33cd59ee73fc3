import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { explain } from './explain.ts';

const Shape = z.strictObject({ name: z.string(), wait: z.coerce.number().max(60).default(0) });

test.each([
  [{}, 'name: is missing'],
  [{ name: 'a', wait: 'abc' }, 'wait: is not a number'],
  [{ name: 'a', wiat: 1 }, 'unknown: wiat'],
  [{ name: 'a', wait: 61 }, 'wait: Too big: expected number to be <=60'],
])('%j: %s', (value, words) => {
  expect(explain(Shape.safeParse(value).error!)).toBe(words);
});
