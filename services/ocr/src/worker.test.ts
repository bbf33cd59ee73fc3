import { AppError } from '@docusnap/contracts';
import { openLog } from '@docusnap/runtime';
import { expect, test } from '@jest/globals';
import { ring, type Worker } from './worker.ts';

test('bells that cannot be rung fail nothing: the sweep rings them', async () => {
  const calls: unknown[] = [];
  const queue = {
    ring: (...call: unknown[]) => {
      calls.push(call);
      return Promise.reject(new AppError('queue_unavailable'));
    },
  };
  const worker = { queue, log: openLog({ service: 'test', level: 'silent' }) } as unknown as Worker;
  await ring(worker, 3, 'a-job');
  await ring(worker, 0, 'a-job');
  expect(calls).toEqual([['read', 3, { jobId: 'a-job' }]]);
});
