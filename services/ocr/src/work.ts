import { jobContext, openBytes, pageContext, passwordContext, unwrapDataKey } from '@docusnap/blobs';
import { AppError, blobKeyOf, type Doorbell, isOnePage, LIMITS, type StageTimes, type Unit } from '@docusnap/contracts';
import { saveOpenedFile, savePage } from '@docusnap/db';
import { epochMs, type Hold, type Span } from '@docusnap/runtime';
import type { OpenReply } from './reader/messages.ts';
import type { Loan } from './readers/pool.ts';
import { openMemory } from './recall.ts';
import { makeRenditions } from './renditions.ts';
import { saveThroughAbsence } from './save.ts';
import { settleFailure } from './settle.ts';
import { tellStages } from './trace-stages.ts';
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
    let unit = await worker.marks.claim({ holder: worker.holder, served: worker.served.get(reader.pid) ?? null });
    const rung: Promise<void>[] = [];
    while (unit) {
      worker.served.set(reader.pid, unit.jobId);
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
  // Cancelled, erased, or claimed by another: nobody wants it from here any more.
  let calm: (() => void) | undefined;
  const hold = worker.leases.hold(unit, {
    onLost: () => {
      calm = reader.hurry();
    },
  });
  const begun = performance.now();
  const span = beginSpan(worker, unit);
  try {
    const story = unit.kind === 'open' ? openFile : readPageUnit;
    const { stages, showing, ...consequence } = await story(worker, reader, unit, { hold, span });
    // Saved: that it is not held any more is as it should be.
    hold.end();
    calm?.();
    worker.metrics.unitDone(unit, stages);
    span.end();
    if (unit.kind === 'read') worker.rate.pageRead(millisecondsSince(begun));
    worker.log.info({ ...unitNames(unit), reader: reader.pid, outcome: 'done', stages }, 'unit ended');
    await showing;
    return consequence;
  } catch (error) {
    reader.giveBack();
    // A reader that was ended because of that is not to blame, and there is nothing to hand back.
    const cause = hold.isLost() ? new AppError('lease_lost', undefined, { cause: error }) : error;
    await settleFailure(worker, unit, cause, { total: millisecondsSince(begun) });
    span.end({ failure: cause instanceof AppError ? cause.code : 'reader_lost' });
    return NOTHING_MORE;
  } finally {
    hold.end();
  }
}

/** Below what the job was submitted under. */
function beginSpan({ traces }: Worker, unit: Unit): Span {
  return traces.begin(unit.kind === 'open' ? 'open file' : 'read page', {
    parent: unit.options.trace_parent,
    kind: 'consumer',
    attributes: {
      'docusnap.job': unit.jobId,
      'docusnap.file': unit.fileIndex,
      'docusnap.frame': unit.fileFrame ?? undefined,
      'docusnap.attempt': unit.attempt,
    },
  });
}

/** To a hundredth, as readers measure. */
function millisecondsSince(begun: number): number {
  return Math.round((performance.now() - begun) * 100) / 100;
}

/** What working on a unit led to: how many units wait that did not before, and the one this delivery goes on with. */
interface Consequence {
  readonly made: number;
  readonly next: Unit | null;
}
const NOTHING_MORE: Consequence = { made: 0, next: null };

/** A unit that is worked on. */
export interface InHand {
  readonly hold: Hold;
  readonly span: Span;
}

/** Saves what was done for a unit; throws what `saveThroughAbsence` throws. */
async function store<T>(worker: Worker, { hold, span }: InHand, save: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const storing = worker.traces.begin('store', { parent: span.traceparent });
  const saved = await saveThroughAbsence(worker, hold, save);
  worker.metrics.stored(performance.now() - begun);
  storing.end();
  return saved;
}

interface Worked extends Consequence {
  readonly stages: StageTimes;
  /** The making of a page's images, which goes on behind the end of the unit with the same reader. Never rejects. */
  readonly showing?: Promise<void> | undefined;
}

/** Finds how many pages the file has, saves them, and claims what is next for the same reader. */
export async function openFile(worker: Worker, reader: Loan, unit: Unit, inHand: InHand): Promise<Worked> {
  const asked = epochMs();
  const { frames, stages } = isOnePage(unit.mediaType) ? ONE_PAGE : await askToOpen(worker, reader, unit);
  tellStages(worker.traces, inHand.span, stages, asked);
  // Of a selection it is counted where it is applied.
  if (unit.options.pages === undefined && frames > LIMITS.pagesPerJob) {
    throw new AppError('too_many_pages', `It has ${frames}; the limit is ${LIMITS.pagesPerJob}.`);
  }
  // Direct callers who wait have their turn first.
  const yields = worker.stopping.aborted || worker.readers.state().waiting.direct > 0;
  const goingOn = yields ? {} : { thenClaimFor: worker.holder };
  const { waiting, next } = await store(worker, inHand, () => saveOpenedFile(worker.db, unit, { frames }, goingOn));
  return { stages, made: waiting, next };
}

/** Whether it can be decoded is found where that is done, once. */
const ONE_PAGE = { frames: 1, stages: {} };

async function askToOpen(worker: Worker, reader: Loan, unit: Unit): Promise<OpenReply> {
  const source = await sourceOf(worker, unit);
  return reader.ask({ kind: 'open', ...source, maxPixels: worker.maxPixels }, { alone: isSuspect(unit) });
}

/** What was tried before may have cost the reader then, or was beside what did. */
function isSuspect({ attempt }: Unit): boolean {
  return attempt > 1;
}

/**
 * Has a reader read and seal the page, or recall it, and saves it unless the unit is another worker's by now. Its images are made while it is
 * saved, and nobody who waits for the page waits for them.
 */
export async function readPageUnit(worker: Worker, reader: Loan, unit: Unit, inHand: InHand): Promise<Worked> {
  const frame = unit.fileFrame ?? 0;
  const source = await sourceOf(worker, unit);
  const memory = openMemory(worker, unit);
  const request = {
    kind: 'read',
    ...source,
    pdfText: unit.options.pdf?.text ?? 'auto',
    frame,
    sealContext: pageContext(unit.jobId, unit.fileIndex, frame),
    maxPixels: worker.maxPixels,
    model: unit.options.model,
    setting: unit.options.setting,
    barcodes: unit.options.barcodes,
    cache: memory && { reading: worker.reading },
  } as const;
  const asking = { recall: memory?.recall, alone: isSuspect(unit) };
  const asked = performance.now();
  const askedAt = epochMs();
  const { sealed, stages: measured, size, holdsPixels } = await reader.ask(request, asking);
  // Its images would be in vain, too.
  if (inHand.hold.isLost()) throw new AppError('lease_lost');
  const stages = { ...measured, total: millisecondsSince(asked) };
  tellStages(worker.traces, inHand.span, measured, askedAt);
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const page = { sealed: bytes, stages, cacheKey: memory?.cacheKey() ?? null };
  const saving = store(worker, inHand, () => savePage(worker.db, unit, page));
  const toShow = { unit, source, size };
  const isPutOff = unit.options.renditions === false || (!holdsPixels && worker.later.add(toShow));
  if (isPutOff) reader.giveBack();
  const showing = isPutOff ? undefined : makeRenditions(worker, reader, toShow);
  // Not before the reader has nothing in hand is told that the page was not saved.
  await saving.catch(() => showing);
  const { understands } = await saving;
  if (understands) await ring(worker, 1, unit.jobId, 'understand');
  return { stages, showing, ...NOTHING_MORE };
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
