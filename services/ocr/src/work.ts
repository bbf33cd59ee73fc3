import { jobContext, openBytes, pageContext, passwordContext, unwrapDataKey } from '@docusnap/blobs';
import {
  AppError,
  blobKeyOf,
  type Doorbell,
  LIMITS,
  type MediaType,
  type StageTimes,
  type Unit,
} from '@docusnap/contracts';
import { claimUnit, saveOpenedFile, savePage } from '@docusnap/db';
import type { Hold } from './lease.ts';
import type { OpenReply } from './reader/messages.ts';
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
    let unit = await claimUnit(worker.db, { holder: worker.holder });
    const rung: Promise<void>[] = [];
    while (unit) {
      const { made, next } = await workOn(worker, reader, unit);
      // Not waited for: the next unit is claimed already, and its lease wants to be held.
      rung.push(ring(worker, next ? made - 1 : made, unit.jobId));
      unit = next;
    }
    await Promise.all(rung);
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

async function workOn(worker: Worker, reader: Loan, unit: Unit): Promise<Consequence> {
  const hold = worker.leases.hold(unit);
  try {
    const story = unit.kind === 'open' ? openFile : readPageUnit;
    const { stages, ...consequence } = await story(worker, reader, unit, hold);
    worker.metrics.unitDone(unit, stages);
    worker.log.info({ ...unitNames(unit), reader: reader.pid, outcome: 'done', stages }, 'unit ended');
    return consequence;
  } catch (error) {
    reader.giveBack();
    await settleFailure(worker, unit, error);
    return NOTHING_MORE;
  } finally {
    hold.end();
  }
}

/** What working on a unit led to: how many units wait that did not before, and the one this delivery goes on with. */
interface Consequence {
  readonly made: number;
  readonly next: Unit | null;
}
const NOTHING_MORE: Consequence = { made: 0, next: null };

interface Worked extends Consequence {
  readonly stages: StageTimes;
}

/** Finds how many pages the file has, saves them, and claims what is next for the same reader. */
export async function openFile(worker: Worker, reader: Loan, unit: Unit, hold: Hold): Promise<Worked> {
  const { frames, stages } = SEVERAL_PAGES.has(unit.mediaType) ? await askToOpen(worker, reader, unit) : ONE_PAGE;
  // Of a selection it is counted where it is applied.
  if (unit.options.pages === undefined && frames > LIMITS.pagesPerJob) {
    throw new AppError('too_many_pages', `It has ${frames}; the limit is ${LIMITS.pagesPerJob}.`);
  }
  // Direct callers who wait have their turn first.
  const yields = worker.stopping.aborted || worker.readers.state().waiting.direct > 0;
  const goingOn = yields ? {} : { thenClaimFor: worker.holder };
  const { waiting, next } = await saveThroughAbsence(worker, hold, () =>
    saveOpenedFile(worker.db, unit, { frames }, goingOn),
  );
  return { stages, made: waiting, next };
}

/** Of all others one page is read; whether it can be decoded is found where that is done, once. */
const SEVERAL_PAGES: ReadonlySet<MediaType> = new Set(['application/pdf', 'image/tiff']);
const ONE_PAGE = { frames: 1, stages: {} };

async function askToOpen(worker: Worker, reader: Loan, unit: Unit): Promise<OpenReply> {
  return reader.ask({
    kind: 'open',
    ...(await sourceOf(worker, unit)),
    maxPixels: worker.maxPixels,
  });
}

/** Has a reader read and seal the page, and saves it unless the unit is another worker's by now. */
export async function readPageUnit(worker: Worker, reader: Loan, unit: Unit, hold: Hold): Promise<Worked> {
  const frame = unit.fileFrame ?? 0;
  const { sealed, stages } = await reader.ask({
    kind: 'read',
    ...(await sourceOf(worker, unit)),
    pdfText: unit.options.pdf?.text ?? 'auto',
    frame,
    sealContext: pageContext(unit.jobId, unit.fileIndex, frame),
    maxPixels: worker.maxPixels,
    model: unit.options.model,
    setting: unit.options.setting,
  });
  reader.giveBack();
  const page = { sealed: Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength), stages };
  await saveThroughAbsence(worker, hold, () => savePage(worker.db, unit, page));
  return { stages, ...NOTHING_MORE };
}

/** Where a unit's file lies and what opens it. */
async function sourceOf(worker: Worker, unit: Unit) {
  const dataKey = unwrapDataKey(worker.masterKeys, unit.key, jobContext(unit.jobId));
  const sealed = unit.mediaType === 'application/pdf' ? unit.options.password : undefined;
  const password = sealed && (await openBytes(dataKey, passwordContext(unit.jobId), Buffer.from(sealed, 'base64')));
  return {
    blobKey: blobKeyOf(unit.jobId, unit.fileIndex),
    mediaType: unit.mediaType,
    dataKey,
    password: password?.toString(),
  };
}
