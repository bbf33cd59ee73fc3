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
 *
 * Opening a file makes units. This delivery answers for one of them itself and rings for the others: a bell for it would take some
 * milliseconds to come round to the same reader.
 */
export async function answerBell(worker: Worker, bell: Doorbell): Promise<void> {
  const reader = await borrowReader(worker, bell);
  if (!reader) return;
  try {
    for (let goesOn = true; goesOn; ) {
      const unit = await claimUnit(worker.db, { holder: worker.holder });
      const made = unit ? await workOn(worker, reader, unit) : 0;
      goesOn = made > 0 && !worker.stopping.aborted;
      await ring(worker, goesOn ? made - 1 : made, unit?.jobId ?? null);
    }
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

/** How many units wait that did not before. */
async function workOn(worker: Worker, reader: Loan, unit: Unit): Promise<number> {
  const hold = worker.leases.hold(unit);
  try {
    const story = unit.kind === 'open' ? openFile : readPageUnit;
    const { stages, made } = await story(worker, reader, unit, hold);
    worker.metrics.unitDone(unit, stages);
    worker.log.info({ ...unitNames(unit), reader: reader.pid, outcome: 'done', stages }, 'unit ended');
    return made;
  } catch (error) {
    reader.giveBack();
    await settleFailure(worker, unit, error);
    return 0;
  } finally {
    hold.end();
  }
}

/** A unit that was worked on: where the time went, and how many units now wait because of it. */
interface Worked {
  readonly stages: StageTimes;
  readonly made: number;
}

/** Asks a reader how many pages the file has, and saves them. */
export async function openFile(worker: Worker, reader: Loan, unit: Unit, hold: Hold): Promise<Worked> {
  const { frames, stages } = await reader.ask({
    kind: 'open',
    blobKey: blobKeyOf(unit.jobId, unit.fileIndex),
    dataKey: dataKeyOf(worker, unit),
    maxPixels: worker.maxPixels,
  });
  if (frames > LIMITS.pagesPerJob) {
    throw new AppError('too_many_pages', `It has ${frames}; the limit is ${LIMITS.pagesPerJob}.`);
  }
  const { waiting } = await saveThroughAbsence(worker, hold, () => saveOpenedFile(worker.db, unit, { frames }));
  return { stages, made: waiting };
}

/** Has a reader read and seal the page, and saves it unless the unit is another worker's by now. */
export async function readPageUnit(worker: Worker, reader: Loan, unit: Unit, hold: Hold): Promise<Worked> {
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
  return { stages, made: 0 };
}

function dataKeyOf(worker: Worker, unit: Unit): Buffer {
  return unwrapDataKey(worker.masterKeys, unit.key, jobContext(unit.jobId));
}
