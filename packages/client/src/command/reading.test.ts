import { expect, test } from '@jest/globals';
import type { Call } from './call.ts';
import { textWork } from './reading.ts';

/** Of `docusnap read` with these options. */
const workOf = (given: Call['given']) => textWork({ given, output: { isTTY: false } } as Call);

test('a password opens the files, and a batch goes on with another one', () => {
  const [one, other] = [workOf({ password: 'a', pages: '1' }), workOf({ password: 'b', pages: '1' })];
  expect(one.ask).toEqual({ options: { password: 'a', pages: '1' } });
  expect(one.asked).toBe(other.asked);
  expect(workOf({ password: 'a', pages: '2' }).asked).not.toBe(one.asked);
});
