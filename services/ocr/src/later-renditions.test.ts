import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { openLaterRenditions } from './later-renditions.ts';
import type { Loan, Readers } from './readers/pool.ts';
import type { PageToShow } from './renditions.ts';

/** Readers of which one is idle when told so. */
function openReaders() {
  const lent: string[] = [];
  const state: { idle: boolean } = { idle: false };
  const loan = { pid: 1, giveBack: () => undefined } as unknown as Loan;
  const readers = {
    borrowIdle() {
      if (!state.idle) return undefined;
      lent.push('idle');
      return loan;
    },
    borrow: async (lane: string) => {
      lent.push(lane);
      return loan;
    },
  } as unknown as Readers;
  return { readers, state, lent };
}

const page = (frame: number) => ({ unit: { fileFrame: frame } }) as unknown as PageToShow;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(5);
}

test('pages wait until a reader is idle, and are then taken one after another in their order', async () => {
  const { readers, state, lent } = openReaders();
  const made: (number | null)[] = [];
  let atOnce = 0;
  const later = openLaterRenditions(readers, {
    async make(_reader, { unit }) {
      atOnce += 1;
      expect(atOnce).toBe(1);
      await delay(2);
      atOnce -= 1;
      made.push(unit.fileFrame);
    },
  });
  for (let frame = 0; frame < 5; frame += 1) expect(later.add(page(frame))).toBe(true);
  await delay(200);
  expect(made).toEqual([]);
  state.idle = true;
  await until(() => made.length === 5);
  expect(made).toEqual([0, 1, 2, 3, 4]);
  expect(new Set(lent)).toEqual(new Set(['idle']));
  await later.close();
});

test('a page that has waited too long takes its turn among the pages that are read', async () => {
  const { readers, lent } = openReaders();
  const made: unknown[] = [];
  const later = openLaterRenditions(readers, {
    make: async (_reader, { unit }) => void made.push(unit),
    mostWaitMs: 100,
  });
  later.add(page(0));
  await until(() => made.length === 1);
  expect(lent).toEqual(['jobs']);
  await later.close();
});

test('no more are put off than can be made in a while, and none once it is closed', async () => {
  const { readers } = openReaders();
  const later = openLaterRenditions(readers, { make: async () => undefined });
  let taken = 0;
  while (later.add(page(taken))) taken += 1;
  expect(taken).toBe(2_000);
  await later.close();
  const other = openLaterRenditions(readers, { make: async () => undefined });
  await other.close();
  expect(other.add(page(0))).toBe(false);
});
