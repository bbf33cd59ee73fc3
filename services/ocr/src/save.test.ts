import { AppError } from '@docusnap/contracts';
import type { Hold } from '@docusnap/runtime';
import { expect, test } from '@jest/globals';
import { saveThroughAbsence } from './save.ts';

const HELD: Hold = { isLost: () => false, end: () => undefined };
const going = () => ({ graceOver: new AbortController().signal });

/** Fails so often for want of the database, then succeeds. */
function savingAfter(failures: number) {
  let tries = 0;
  const save = async () => {
    tries += 1;
    if (tries <= failures) throw new AppError('database_unavailable');
    return 'saved';
  };
  return { save, tries: () => tries };
}

test('what was read is saved once the database is back', async () => {
  const { save, tries } = savingAfter(1);
  expect(await saveThroughAbsence(going(), HELD, save)).toBe('saved');
  expect(tries()).toBe(2);
});

test('a unit that was lost meanwhile is not saved', async () => {
  const { save, tries } = savingAfter(0);
  const lost = { ...HELD, isLost: () => true };
  await expect(saveThroughAbsence(going(), lost, save)).rejects.toMatchObject({ code: 'lease_lost' });
  expect(tries()).toBe(0);
});

test('any other failure is thrown at once', async () => {
  const save = () => Promise.reject(new AppError('lease_lost'));
  await expect(saveThroughAbsence(going(), HELD, save)).rejects.toMatchObject({ code: 'lease_lost' });
});

test('a process that ends tries once more and waits for nothing', async () => {
  const grace = new AbortController();
  const { save, tries } = savingAfter(100);
  const saving = saveThroughAbsence({ graceOver: grace.signal }, HELD, save);
  // The first try has failed by then, and the pause has begun.
  await new Promise((resolve) => setImmediate(resolve));
  grace.abort();
  await expect(saving).rejects.toMatchObject({ code: 'database_unavailable' });
  expect(tries()).toBe(2);
});
