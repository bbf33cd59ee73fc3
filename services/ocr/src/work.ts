import { jobContext, pageContext, unwrapDataKey } from '@docusnap/blobs';
import { AppError, blobKeyOf, type Doorbell, LIMITS, type StageTimes, type Unit } from '@docusnap/contracts';
import { claimUnit, saveOpenedFile, savePage } from '@docusnap/db';
import type { Hold } from './lease.ts';
import type { Loan } from './readers/pool.ts';
import { saveThroughAbsence } from './save.ts';
import { settleFailure } from './settle.ts';
import { ring, unitNames, type Worker } from './worker.ts';

/**
 * What one doorbell leads to: one unit claimed and worked on, whichever is next. Nothing is claimed before a reader is free for it, so a
 * unit never waits in a process that cannot work on it while another could.
 */
export async function answerBell(worker: Worker, bell: Doorbell): Promise<void> {
  const reader = await borrowReader(worker, bell);
  if (!reader) return;
  try {
    const unit = await claimUnit(worker.db, { holder: worker.holder });
    if (unit) await workOn(worker, reader, unit);
  } finally {
    reader.giveBack();
  }
}

/** Undefined when this process was told to stop before a reader was free: the bell then goes back for others to hear. */
async function borrowReader(worker: Worker, bell: Doorbell): Promise<Loan | undefined> {
  try {
    return await worker.readers.borrow('jobs', { signal: worker.stopping });
  } catch (error) {
    if (!worker.stopping.aborted) throw error;
    await ring(worker, 1, bell.jobId);
    return undefined;
  }
}

async function workOn(worker: Worker, reader: Loan, unit: Unit): Promise<void> {
  const hold = worker.leases.hold(unit);
  try {
    const story = unit.kind === 'open' ? openFile : readPageUnit;
    const stages = await story(worker, reader, unit, hold);
    worker.metrics.unitDone(unit, stages);
    worker.log.info({ ...unitNames(unit), reader: reader.pid, outcome: 'done', stages }, 'unit ended');
  } catch (error) {
    reader.giveBack();
    await settleFailure(worker, unit, error);
  } finally {
    hold.end();
  }
}

/** Asks a reader how many pages the file has, saves them, and rings for them. */
export async function openFile(worker: Worker, reader: Loan, unit: Unit, hold: Hold): Promise<StageTimes> {
  const { frames, stages } = await reader.ask({
    kind: 'open',
    blobKey: blobKeyOf(unit.jobId, unit.fileIndex),
    dataKey: dataKeyOf(worker, unit),
    maxPixels: worker.maxPixels,
  });
  reader.giveBack();
  if (frames > LIMITS.pagesPerJob) {
    throw new AppError('too_many_pages', `It has ${frames}; the limit is ${LIMITS.pagesPerJob}.`);
  }
  const { waiting } = await saveThroughAbsence(worker, hold, () => saveOpenedFile(worker.db, unit, { frames }));
  await ring(worker, waiting, unit.jobId);
  return stages;
}

/** Has a reader read and seal the page, and saves it unless the unit is another worker's by now. */
export async function readPageUnit(worker: Worker, reader: Loan, unit: Unit, hold: Hold): Promise<StageTimes> {
  const frame = unit.fileFrame ?? 0;
  const { sealed, stages } = await reader.ask({
    kind: 'read',
    blobKey: blobKeyOf(unit.jobId, unit.fileIndex),
    dataKey: dataKeyOf(worker, unit),
    frame,
    sealContext: pageContext(unit.jobId, unit.fileIndex, frame),
    maxPixels: worker.maxPixels,
  });
  reader.giveBack();
  const page = { sealed: Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength), stages };
  await saveThroughAbsence(worker, hold, () => savePage(worker.db, unit, page));
  return stages;
}

function dataKeyOf(worker: Worker, unit: Unit): Buffer {
  return unwrapDataKey(worker.masterKeys, unit.key, jobContext(unit.jobId));
}
