import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { type BlobStore, jobContext, type MasterKeys, unwrapDataKey } from '@docusnap/blobs';
import { AppError, LEASE, LIMITS, type TokenUsage, toAppError } from '@docusnap/contracts';
import {
  claimUnderstanding,
  type Database,
  failUnderstanding,
  jobTrace,
  releaseUnderstanding,
  saveUnderstanding,
  streamPages,
  type UnderstandingUnit,
} from '@docusnap/db';
import type { Hold, Leases, Logger, Span, Traces } from '@docusnap/runtime';
import { tokensSpent } from './failed-attempt.ts';
import { findFor, remember } from './find.ts';
import type { UnderstandMetrics } from './metrics.ts';
import type { ModelCall, StoredPage } from './thread/messages.ts';
import type { Understander } from './understander.ts';

/** How often a passing failure is tried in all: the language model is down, or the thread died. */
const MOST_ATTEMPTS = 5;
/** Seconds before the second attempt; twice as long before each later one, and up to half as long again by chance. */
const FIRST_WAIT_SECONDS = 2;
const MOST_WAIT_SECONDS = 60;
const JITTER = 0.5;

export interface Lane {
  /** As the role docusnap_worker. */
  readonly db: Database;
  readonly blobs: BlobStore;
  readonly masterKeys: MasterKeys;
  readonly understander: Understander;
  readonly leases: Leases<LeasedUnderstanding>;
  readonly log: Logger;
  readonly metrics: UnderstandMetrics;
  readonly traces: Traces;
  /** Aborted when the process stops: what is in hand is handed back. */
  readonly stopping: AbortSignal;
}

/** A unit of the lane under the name that leases know it by. */
export type LeasedUnderstanding = UnderstandingUnit & { readonly id: string };

/** Who this process is to people who look into the table. */
const HOLDER = `${hostname()}:${process.pid}`;

/** What one doorbell leads to: one job claimed, whichever is next, and understood. */
export async function understandNext(lane: Lane): Promise<void> {
  if (lane.stopping.aborted) return;
  const claimed = await claimUnderstanding(lane.db, { holder: HOLDER });
  if (!claimed) return;
  const unit = { ...claimed, id: claimed.jobId };
  const hold = lane.leases.hold(unit);
  const started = performance.now();
  const span = lane.traces.begin('understand', {
    parent: await traceOf(lane, unit),
    kind: 'consumer',
    attributes: { 'docusnap.job': unit.jobId, 'docusnap.task': unit.task, 'docusnap.attempt': unit.attempt },
  });
  const named = { ...names(unit), trace_id: span.traceId };
  try {
    const usage = await understandJob(lane, unit, hold, span);
    lane.metrics.used(usage);
    lane.metrics.ended({ task: unit.task, outcome: 'done' }, since(started) / 1_000);
    span.end();
    lane.log.info({ ...named, outcome: 'done', ms: since(started), usage }, 'understanding ended');
  } catch (error) {
    const outcome = await settle(lane, unit, error, named);
    lane.metrics.ended({ task: unit.task, outcome }, since(started) / 1_000);
    span.end({ failure: toAppError(error).code, attributes: { 'docusnap.outcome': outcome } });
  } finally {
    hold.end();
  }
}

/** What the job was submitted under; losing it costs a line in a trace, and nothing else. */
async function traceOf({ db, log }: Lane, { jobId }: UnderstandingUnit): Promise<string | undefined> {
  return jobTrace(db, jobId).catch((err: unknown) => {
    log.warn({ err, job: jobId }, 'what the job was submitted under could not be looked up');
    return undefined;
  });
}

/** Loads the pages, has them understood and saves what came of it. */
async function understandJob(lane: Lane, unit: UnderstandingUnit, hold: Hold, span: Span): Promise<TokenUsage> {
  const dataKey = unwrapDataKey(lane.masterKeys, unit.key, jobContext(unit.jobId));
  const pages = await loadPages(lane.db, unit);
  const question = { jobId: unit.jobId, dataKey, request: unit.request, pages };
  const company = { find: findFor(lane, unit, { dataKey, pages }), onCall: noteCall(lane, span) };
  const understood = await whileHeld(lane, hold, (signal) => lane.understander.understand(question, signal, company));
  const storing = lane.traces.begin('store', { parent: span.traceparent });
  await saveThroughAbsence(lane, hold, () => saveUnderstanding(lane.db, unit, understood));
  storing.end();
  const { sealed, fingerprint } = understood;
  if (fingerprint) await remember(lane, unit, { sealed, fingerprint });
  return understood.usage;
}

/** A question to the language model, counted and told of once it is answered. */
function noteCall({ metrics, traces }: Lane, { traceparent: parent }: Span): (call: ModelCall) => void {
  return (call) => {
    const { at, ms, outcome, usage } = call;
    metrics.asked(call);
    traces.begin('LLM call', { parent, kind: 'client', at }).end({
      at: at + ms,
      failure: outcome === 'ok' ? undefined : outcome,
      attributes: {
        'gen_ai.usage.input_tokens': usage.prompt_tokens,
        'gen_ai.usage.output_tokens': usage.completion_tokens,
      },
    });
  };
}

/** Milliseconds between tries to save while the database is away. */
const PAUSE_MS = 1_000;
/** As long as a lease: when the database was away longer than that, another process may have the job. */
const TRIES = LEASE.seconds;

/** What a language model was asked costs more than a moment of waiting. A save whose answer alone was lost ends in `lease_lost`. */
async function saveThroughAbsence({ stopping }: Lane, hold: Hold, save: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await save();
    } catch (error) {
      const isAway = error instanceof AppError && error.code === 'database_unavailable';
      if (!isAway || tries >= TRIES || hold.isLost() || stopping.aborted) throw error;
      await delay(PAUSE_MS, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
}

async function loadPages(db: Database, { tenantId, jobId }: UnderstandingUnit): Promise<StoredPage[]> {
  const pages: StoredPage[] = [];
  for await (const { page, sealed } of streamPages(db, tenantId, jobId)) {
    if (!sealed || page.number === null) continue;
    pages.push({ number: page.number, fileIndex: page.fileIndex, fileFrame: page.fileFrame, sealed });
    if (pages.length > LIMITS.understoodPages) {
      throw new AppError(
        'document_too_long',
        `The limit is ${LIMITS.understoodPages}; ask for a part by options.pages.`,
      );
    }
  }
  return pages;
}

/** How often it is looked whether the job is still ours: an erased one must not go on being told to a language model. */
const LOOK_MS = 1_000;

/** A model may be waited for longer than a process may take to stop, or than the job is there. */
async function whileHeld<T>({ stopping }: Lane, hold: Hold, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const lost = new AbortController();
  const looking = setInterval(() => hold.isLost() && lost.abort(new AppError('lease_lost')), LOOK_MS);
  const stop = (): void => lost.abort(new AppError('shutting_down'));
  stopping.addEventListener('abort', stop, { once: true });
  if (stopping.aborted) stop();
  try {
    const done = await work(lost.signal);
    if (hold.isLost()) throw new AppError('lease_lost');
    return done;
  } finally {
    clearInterval(looking);
    stopping.removeEventListener('abort', stop);
  }
}

/** Ends the attempt as its failure deserves. Never throws: what cannot be settled now, the lease's end settles. */
async function settle(lane: Lane, unit: UnderstandingUnit, error: unknown, named: object): Promise<Outcome> {
  const failure = toAppError(error);
  const outcome = outcomeOf(failure, unit, lane.stopping);
  const usage = tokensSpent(error);
  lane.metrics.used(usage);
  lane.log.warn({ ...named, outcome, code: failure.code, err: error }, 'understanding ended');
  try {
    if (outcome === 'failed') await failUnderstanding(lane.db, unit, failure.toFailure(), usage);
    if (outcome === 'again') {
      await releaseUnderstanding(lane.db, unit, {
        waitSeconds: waitAfter(unit.attempt, failure),
        asIfUnclaimed: false,
        usage,
      });
    }
    if (outcome === 'stopped') {
      await releaseUnderstanding(lane.db, unit, { waitSeconds: 0, asIfUnclaimed: true, usage });
    }
  } catch (err) {
    lane.log.warn({ ...named, err }, 'the understanding stays claimed until its lease ends');
  }
  return outcome;
}

type Outcome = 'failed' | 'again' | 'stopped' | 'lost';

function outcomeOf({ code, retryable }: AppError, { attempt }: UnderstandingUnit, stopping: AbortSignal): Outcome {
  if (code === 'lease_lost') return 'lost';
  if (stopping.aborted) return 'stopped';
  // With the database away nothing can be settled: the lease ends by itself.
  if (code === 'database_unavailable') return 'lost';
  return retryable && attempt < MOST_ATTEMPTS ? 'again' : 'failed';
}

/** @returns seconds, no fewer than a server asked for */
function waitAfter(attempt: number, { retryAfter = 0 }: AppError): number {
  const wait = Math.min(MOST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (attempt - 1));
  return Math.max(retryAfter, wait * (1 + JITTER * Math.random()));
}

function names({ jobId, tenantId, task, attempt }: UnderstandingUnit) {
  return { job: jobId, tenant: tenantId, task, attempt };
}

function since(started: number): number {
  return Math.round(performance.now() - started);
}
