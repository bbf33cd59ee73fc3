import { expect, jest, test } from '@jest/globals';
import { oneOf, runCommand, UsageError, wholeNumber, withNegatives } from './usage.ts';

test('a negative number after an option is its value, and nothing else is joined', () => {
  expect(withNegatives(['--turn', '-5', '--images', 'a', '-5'])).toEqual(['--turn=-5', '--images', 'a', '-5']);
  expect(withNegatives(['--turn=-5', '--json', '--out'])).toEqual(['--turn=-5', '--json', '--out']);
});

test('a wrong call ends with 2 and says how to call, and other failures are thrown on', async () => {
  const say = jest.spyOn(console, 'error').mockReturnValue();
  try {
    const wrong = runCommand('npm run x', async () => {
      throw new UsageError('Expected a folder');
    });
    expect(await wrong).toBe(2);
    expect(say.mock.calls.flat().join()).toContain('usage: npm run x');
    expect(await runCommand('npm run x', async () => 1)).toBe(1);
    const broken = runCommand('npm run x', async () => {
      throw new Error('disk full');
    });
    await expect(broken).rejects.toThrow('disk full');
  } finally {
    say.mockRestore();
  }
});

test('values that are not allowed are named', () => {
  expect(oneOf('setting', 'fast', ['accurate', 'fast'])).toBe('fast');
  expect(() => oneOf('setting', 'slow', ['accurate', 'fast'])).toThrow('--setting to be accurate or fast, got slow');
  expect(wholeNumber('rounds', '3')).toBe(3);
  for (const wrong of ['0', '-1', '1.5', 'x', '']) expect(() => wholeNumber('rounds', wrong)).toThrow(UsageError);
});
