import { AppError, type StageTimes, type Unit } from '@docusnap/contracts';
import { awaitsUnderstanding, failFile, failPage, releaseUnit } from '@docusnap/db';
import { judge, type Verdict } from './failures.ts';
import { ring, unitNames, type Worker } from './worker.ts';

/**
 * Ends the attempt at a unit that failed, as the failure deserves. Never throws: what cannot be settled now, the lease's end settles.
 *
 * @param stages the time it took, kept with a page that failed for good
 */
export async function settleFailure(worker: Worker, unit: Unit, error: unknown, stages: StageTimes): Promise<void> {
  const verdict = judge(error);
  worker.metrics.unitFailed(unit, verdict.kind, error);
  const line = { ...unitNames(unit), outcome: verdict.kind, err: error };
  if (verdict.kind === 'document') worker.log.info({ ...line, code: verdict.error.code }, 'unit ended');
  else worker.log.warn(line, 'unit ended');
  try {
    await settle(worker, unit, verdict, stages);
  } catch (failure) {
    const late = failure instanceof AppError && failure.code === 'lease_lost';
    const words = late
      ? 'the unit was given to another worker meanwhile'
      : 'the unit stays claimed until its lease ends';
    worker.log.warn({ ...unitNames(unit), err: failure }, words);
  }
}

async function settle(worker: Worker, unit: Unit, verdict: Verdict, stages: StageTimes): Promise<void> {
  switch (verdict.kind) {
    case 'document':
      if (unit.kind === 'open')
        await ring(worker, await failFile(worker.db, unit, verdict.error.toFailure()), unit.jobId);
      else await failPage(worker.db, unit, verdict.error.toFailure(), stages);
      await ringForUnderstanding(worker, unit);
      return;
    case 'death': {
      const state = await releaseUnit(worker.db, unit, { readerDied: verdict.code, stages });
      if (state === 'waiting') await ring(worker, 1, unit.jobId);
      else await ringForUnderstanding(worker, unit);
      return;
    }
    case 'stopped':
      await releaseUnit(worker.db, unit);
      await ring(worker, 1, unit.jobId);
      return;
    case 'passing':
    case 'lost':
      return;
  }
}

/** What failed may have been the last that its job was waiting for: what was read is then to be understood. */
async function ringForUnderstanding(worker: Worker, { jobId }: Unit): Promise<void> {
  if (await awaitsUnderstanding(worker.db, jobId)) await ring(worker, 1, jobId, 'understand');
}
