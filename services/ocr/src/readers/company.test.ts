import { expect, test } from '@jest/globals';
import { openCompany } from './company.ts';

const moment = () => new Promise(setImmediate);

test('what wants to be alone begins when all before it has ended, and what comes after waits for it, whether it fails or not', async () => {
  const company = openCompany();
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const run = (name: string, alone: boolean, failure?: Error) =>
    company.run(
      () => {
        begun.push(name);
        return new Promise<void>((resolve, reject) => ends.set(name, failure ? () => reject(failure) : resolve));
      },
      { alone },
    );
  const ended = [
    run('a', false),
    run('b', false),
    run('alone', true, new Error('it cost the process')).catch((error: Error) => error.message),
    run('c', false),
    run('alone too', true),
    run('d', false),
  ];
  const told: string[][] = [];
  for (const name of ['a', 'b', 'alone', 'c', 'alone too', 'd']) {
    await moment();
    told.push([...begun]);
    ends.get(name)?.();
  }
  expect((await Promise.all(ended))[2]).toBe('it cost the process');
  const order = ['a', 'b', 'alone', 'c', 'alone too', 'd'];
  expect(told.map((names) => names.length)).toEqual([2, 2, 3, 4, 5, 6]);
  expect(begun).toEqual(order);
  void run('e', false);
  expect(begun).toContain('e');
});
