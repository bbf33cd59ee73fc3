import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { explain } from './explain.ts';

const Hook = z.union([z.uuid(), z.strictObject({ url: z.string(), secret: z.string() })]);
const Shape = z.strictObject({ name: z.string(), wait: z.coerce.number().max(60).default(0), hook: Hook.optional() });

test.each([
  [{}, 'name: is missing'],
  [{ name: 'a', wait: 'abc' }, 'wait: is not a number'],
  [{ name: 'a', wiat: 1 }, 'unknown: wiat'],
  [{ name: 'a', hook: { url: 'b' } }, 'hook.secret: is missing'],
  [{ name: 'a', hook: 7 }, 'hook: Invalid input'],
  [{ name: 'a', wait: 61 }, 'wait: Too big: expected number to be <=60'],
])('%j: %s', (value, words) => {
  expect(explain(Shape.safeParse(value).error!)).toBe(words);
});
