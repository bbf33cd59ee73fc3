import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@docusnap/contracts';
import type { Database } from '@docusnap/db';
import { expect, test } from '@jest/globals';
import { openRenditionMarks } from './rendition-marks.ts';
import type { Worker } from './worker.ts';

const CLAIMANT = { holder: 'a test', served: null };
const MARKING = 'mark_all_renditions(';
const ALONE = 'mark_renditions(';

/** Marks over a database that notes what it is asked; `answer` may throw. What each statement does is proven where it is made. */
function openMarks(answer: (text: string) => Promise<object>) {
  const asked: string[] = [];
  const removed: string[] = [];
  const warned: string[] = [];
  const query = async (text: string) => {
    asked.push([MARKING, ALONE, 'claim_unit('].find((name) => text.includes(name)) ?? text);
    return { rows: [await answer(text)] };
  };
  const db = { pool: { query }, presence: null } as unknown as Database;
  const blobs = { removePrefix: async (prefix: string) => void removed.push(prefix) } as unknown as Worker['blobs'];
  const log = { warn: (_facts: object, what: string) => warned.push(what) } as unknown as Worker['log'];
  return { marks: openRenditionMarks({ db, blobs, log }), asked, removed, warned };
}

const mark = () => ({ page: { jobId: randomUUID(), fileIndex: 0, fileFrame: 0 }, outcome: 'made' }) as const;
const NOTHING = { id: null, gone: [], busy: [], there: true };

test('marks go with the next claim, all of them with one; without a claim each goes alone', async () => {
  const { marks, asked } = openMarks(async () => NOTHING);
  marks.add(mark());
  marks.add(mark());
  await marks.claim(CLAIMANT);
  expect(asked).toEqual([MARKING]);
  marks.add(mark());
  while (asked.length < 2) await delay(5);
  await marks.close();
  expect(asked).toEqual([MARKING, ALONE]);
});

test('what a claim that failed had with it is kept alone, and holds up no other claim', async () => {
  const { marks, asked } = openMarks(async (text) => {
    if (text.includes(MARKING)) throw new AppError('database_unavailable');
    return text.includes(ALONE) ? NOTHING : {};
  });
  marks.add(mark());
  await expect(marks.claim(CLAIMANT)).rejects.toThrow(AppError);
  await marks.claim(CLAIMANT);
  await marks.close();
  expect(asked).toEqual([MARKING, ALONE, 'claim_unit(']);
});

test('so is the mark of a page that somebody has in hand', async () => {
  const { marks, asked } = openMarks(async (text) => (text.includes(MARKING) ? { ...NOTHING, busy: [2] } : NOTHING));
  marks.add(mark());
  marks.add(mark());
  await marks.claim(CLAIMANT);
  await marks.close();
  expect(asked).toEqual([MARKING, ALONE]);
});

test('what waits at the end is kept before it closes; what cannot be kept is told, and no more is tried', async () => {
  const { marks, asked, warned } = openMarks(async () => {
    await delay(20);
    throw new AppError('database_unavailable');
  });
  marks.add(mark());
  marks.add(mark());
  await marks.close();
  expect(warned).toHaveLength(2);
  await delay(100);
  expect(asked).toEqual([ALONE, ALONE]);
});

test('images of jobs that are gone are removed, whichever way that is found', async () => {
  const [first, second] = [mark(), mark()];
  const { marks, removed } = openMarks(async (text) =>
    text.includes(MARKING) ? { ...NOTHING, gone: [first.page.jobId] } : { there: false },
  );
  marks.add(first);
  await marks.claim(CLAIMANT);
  marks.add(second);
  await marks.close();
  expect(removed.map((prefix) => [first, second].findIndex(({ page }) => prefix.includes(page.jobId)))).toEqual([0, 1]);
});
