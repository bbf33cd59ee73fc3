import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Replica, startReplica } from './rehearsal/replica.ts';
import { openStage, type Stage } from './rehearsal/stage.ts';

let stage: Stage;
let replica: Replica;
let letOthersSweep: (() => void) | undefined;
beforeEach(async () => {
  stage = await openStage('postgres');
});
afterEach(async () => {
  // Whatever became of the test: nothing is closed while it has its connection.
  letOthersSweep?.();
  letOthersSweep = undefined;
  await replica.stop();
  await stage.close();
});

for (const [what, script] of [
  ['cannot be read', { frames: 2, undecodable: [1] }],
  ['killed two readers', { frames: 2, die: [1] }],
] as const) {
  test(`when the last page of a job ${what} and the others are to be understood, the lane is rung for at once`, async () => {
    // The sweep would ring, too: nobody can while this is held.
    const leader = await stage.worker.pool.connect();
    letOthersSweep = () => leader.release(true);
    await leader.query("BEGIN; SELECT pg_advisory_xact_lock(hashtext('docusnap sweep'))");
    // One reader, so that the page which fails is the last one.
    replica = await startReplica(stage, { OCR_READERS: '1' });
    const jobId = await stage.submit([script], { task: 'doc' });
    await stage.until(jobId, ({ status }) => status === 'understanding');
    while ((await stage.queue.countBells('understand')) === 0) await delay(20);
    expect(await stage.queue.countBells('understand')).toBe(1);
  });
}
