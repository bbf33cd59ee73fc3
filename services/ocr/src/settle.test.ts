import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { type Replica, startReplica } from './rehearsal/replica.ts';
import { openStage, type Stage } from './rehearsal/stage.ts';

jest.setTimeout(120_000);

/** The sweep would ring, too: its first round comes so many milliseconds after the start. */
const BEFORE_SWEEP_MS = 5_000;

let stage: Stage;
let replica: Replica;
beforeEach(async () => {
  stage = await openStage('postgres');
});
afterEach(async () => {
  await replica.stop();
  await stage.close();
});

for (const [what, script] of [
  ['cannot be read', { frames: 2, undecodable: [1] }],
  ['killed two readers', { frames: 2, die: [1] }],
] as const) {
  test(`when the last page of a job ${what} and the others are to be understood, the lane is rung for at once`, async () => {
    // One reader, so that the page which fails is the last one.
    replica = await startReplica(stage, { OCR_READERS: '1' });
    const sweepsAt = performance.now() + BEFORE_SWEEP_MS;
    const jobId = await stage.submit([script], { task: 'doc' });
    await stage.until(jobId, ({ status }) => status === 'understanding');
    while ((await stage.queue.countBells('understand')) === 0 && performance.now() < sweepsAt) await delay(20);
    expect(performance.now()).toBeLessThan(sweepsAt);
    expect(await stage.queue.countBells('understand')).toBe(1);
  });
}
