import { AppError, blobPrefixOf, type Caller, type Job, LIMITS, toAppError } from '@docusnap/contracts';
import { createJobs, type Made, type NewBatch, type NewJob, pollJob } from '@docusnap/db';
import type { Once } from '../once/once.ts';
import { markAsShownAgain } from '../once/show-again.ts';
import type { Ports } from '../ports.ts';
import { notesOf } from '../request-log.ts';
import { ringBells } from '../ring.ts';
import type { Call } from '../route.ts';
import { checkJobWebhook } from '../webhooks/job-webhook.ts';
import { askBytes } from './ask.ts';
import { type Draft, dealFiles, newDraft, newDrafts } from './draft.ts';
import { eraseRows } from './erase-rows.ts';
import { type FieldReader, JOB_FIELDS, type JobFields } from './fields.ts';
import { type Intake, openIntake, openWitness } from './intake.ts';
import { newJobId } from './job-id.ts';
import { readJsonSubmit } from './json.ts';
import { FORM_BYTES, readMultipart } from './multipart.ts';
import { newJob } from './new-job.ts';

export interface Submitted {
  /** One, or of a split request or a batch one a file, in order. */
  readonly jobs: readonly Job[];
  /** Of all of them, also where a batch that was made before is not shown with its jobs. */
  readonly ids: readonly string[];
  readonly split: boolean;
  /** Id of the batch that was made. */
  readonly batch: string | null;
}

type SubmitCall = Pick<Call<unknown>, 'request' | 'response' | 'caller' | 'once'>;

/**
 * A request in, queued jobs out: their files sealed in the blob store, their rows committed together, their bells rung. Every refusal, and a
 * client that goes away in mid-upload, leaves neither blobs nor rows. A request that was carried out before gives what it made then.
 */
export async function submitJob(ports: Ports, call: SubmitCall, reader: FieldReader = JOB_FIELDS): Promise<Submitted> {
  const notes = notesOf(call.response);
  const span = ports.traces.begin('submit', { parent: notes.span.traceparent });
  try {
    const submitted = await takeJob(ports, call, { reader, trace: span.traceparent });
    notes.job = submitted.ids[0];
    span.end({ attributes: { 'docusnap.job': submitted.ids[0], 'docusnap.jobs': submitted.ids.length } });
    return submitted;
  } catch (error) {
    span.end({ failure: toAppError(error).code });
    throw error;
  }
}

async function takeJob(
  ports: Ports,
  call: SubmitCall,
  { reader, trace }: { readonly reader: FieldReader; readonly trace: string },
): Promise<Submitted> {
  const draft = newDraft(ports);
  let drafts: readonly Draft[] = [draft];
  const intake = call.once?.isDone ? openWitness(ports.limits) : openIntake(ports.blobs, draft, ports.limits);
  try {
    const fields = await asPart(ports, 'receive and seal', trace, () => readSubmit(ports, call, intake, reader));
    ports.pressure.giveBack(call.response);
    const made = await call.once?.meet({ ...withoutPasswords(fields), files: intake.seen });
    if (made) return await recall(ports, call, made);
    refuseWrong(ports, fields, intake.files.length);
    await checkJobWebhook(ports, call.caller, fields.terms.webhook);
    if (fields.split) {
      drafts = [draft, ...newDrafts(ports, intake.files.length)];
      await dealFiles(ports, { ...draft, files: intake.files }, drafts.slice(1));
      await discardBlobs(ports, draft.id);
      drafts = drafts.slice(1);
    }
    const batch = fields.newBatch && {
      ...fields.newBatch,
      id: newJobId(),
      tenantId: call.caller.tenantId,
      metadata: fields.metadata,
    };
    const shares = fields.split ? intake.files.map((file) => [file]) : [intake.files];
    const jobs = drafts.map((one, index) =>
      newJob(call.caller, fields, one, { index, files: shares[index] ?? [], batch, trace }),
    );
    const { split } = fields;
    const created = await asPart(ports, 'store rows', trace, () => commit(ports, call, jobs, { split, batch }));
    if (intake.files.length > 0) ringBells(ports, 'read', intake.files.length, { jobId: split ? null : draft.id });
    else if (jobs.length > 0) ringBells(ports, 'understand', 1, { jobId: draft.id });
    return { jobs: created, ids: jobs.map(({ id }) => id), split, batch: batch?.id ?? null };
  } catch (error) {
    if (error instanceof FateUnknown) throw error.cause;
    for (const { id } of drafts) await discardBlobs(ports, id);
    throw error;
  }
}

/** A part of the submit as a span of its own, where anybody is told. */
async function asPart<T>({ traces }: Ports, name: string, parent: string, work: () => Promise<T>): Promise<T> {
  if (!traces.isOn) return work();
  const span = traces.begin(name, { parent });
  try {
    const done = await work();
    span.end();
    return done;
  } catch (error) {
    span.end({ failure: toAppError(error).code });
    throw error;
  }
}

/** Multipart or JSON by its content type. Throws `unsupported_media_type` and what the readers throw. */
async function readSubmit(ports: Ports, { request, response }: SubmitCall, intake: Intake, reader: FieldReader) {
  if (request.is('multipart/form-data')) {
    return readMultipart(request, intake, { reader, mostBytes: ports.limits.documentBytes + FORM_BYTES });
  }
  if (request.is('application/json')) return readJsonSubmit(ports, request, response, intake, reader);
  throw new AppError('unsupported_media_type', 'Send multipart/form-data or application/json.');
}

/** The fields as they are known again, apart from passwords: those are not kept where they could be guessed. */
function withoutPasswords(fields: JobFields): { fields: unknown; password: string | undefined } {
  const bare = ({ password: _, ...options }: JobFields['options']) => options;
  const { ofDocuments = [] } = fields;
  const passwords = [fields, ...ofDocuments].map(({ options }) => options?.password ?? null);
  return {
    fields: {
      ...fields,
      options: bare(fields.options),
      ofDocuments: ofDocuments.map((one) => ({ ...one, options: one.options && bare(one.options) })),
    },
    password: passwords.some((one) => one !== null) ? JSON.stringify(passwords) : undefined,
  };
}

/** What the first request made, as it is now. Throws `job_not_found` where it was erased. */
async function recall(ports: Ports, { caller, response }: SubmitCall, made: Made): Promise<Submitted> {
  if ('secret' in made) throw new AppError('internal');
  markAsShownAgain(response);
  const split = 'batch' in made || made.split;
  const batch = 'batch' in made ? made.batch : null;
  // Of a batch only the ids are shown.
  const jobs = batch === null ? made.jobs.map((id) => pollJob(ports.db, caller.tenantId, id)) : [];
  return { jobs: await Promise.all(jobs), ids: made.jobs, split, batch };
}

/**
 * Filling a form reads no pages; everything else does. What is asked is kept with each job of a split request: not too much of it. A deadline that has
 * passed is refused here, the more so as a database might not know the year.
 */
function refuseWrong(
  ports: Ports,
  { ask, split, options, ofDocuments = [], newBatch, terms }: JobFields,
  files: number,
) {
  for (const one of [options, ...ofDocuments.map((document) => document.options)])
    refuseUnknownModel(ports, one?.model);
  if (terms.deadline && terms.deadline.getTime() <= Date.now()) throw new AppError('deadline_unreachable');
  if (ask && split && askBytes(ask) * files > LIMITS.splitAskBytes) {
    throw new AppError(
      'body_too_large',
      'What is to be understood is kept with each of these jobs: ask for less, or of fewer files.',
    );
  }
  if (ask?.task !== 'fill' && files === 0 && !newBatch) throw new AppError('no_files');
  if (ask?.task === 'fill' && (files > 0 || split)) throw new AppError('bad_request', 'The task fill takes no files.');
}

function refuseUnknownModel({ modelSets }: Ports, model: string | undefined): void {
  if (model === undefined || modelSets === undefined || modelSets.includes(model)) return;
  throw new AppError('invalid_options', `model: "${model}" is not loaded; there are: ${modelSets.join(', ')}.`);
}

/** Whether the rows were written could not be told, and is being found out: their blobs stay until then. */
class FateUnknown extends Error {
  override readonly name = 'FateUnknown';
}

/**
 * Writes the rows. When that fails the commit may have happened all the same, with only its answer lost. Without an Idempotency-Key the rows are then
 * erased, behind the caller's back, who should hear at once that the database is away; with one they stay, to be found when the request comes again.
 */
async function commit(
  ports: Ports,
  { caller, once }: SubmitCall,
  jobs: readonly NewJob[],
  {
    split,
    batch,
  }: {
    readonly split: boolean;
    readonly batch: NewBatch | undefined;
  },
): Promise<Job[]> {
  const ids = jobs.map(({ id }) => id);
  const made = batch ? { batch: batch.id, jobs: ids } : { jobs: ids, split };
  const location = batch ? `/v1/batches/${batch.id}` : split ? null : `/v1/jobs/${ids[0]}`;
  try {
    return await createJobs(ports.db, jobs, {
      batch,
      once: once?.done({ status: 202, location, made }),
    });
  } catch (error) {
    if (!once) void ports.running.track(eraseRows(ports, caller.tenantId, ids, error));
    else if (error instanceof AppError && error.code === 'database_unavailable') {
      void ports.running.track(findFate(ports, caller, once, ids));
      throw new FateUnknown('the answer of the database was lost', { cause: error });
    }
    throw error;
  }
}

/** Once the key is given up the rows are there or never will be. Where that cannot be found out either, the sweep of blobs without a job does. */
async function findFate(ports: Ports, caller: Caller, once: Once, ids: readonly string[]): Promise<void> {
  try {
    await once.abandon();
    const isThere = await pollJob(ports.db, caller.tenantId, ids[0] ?? '').then(
      () => true,
      (error: unknown) => {
        if (error instanceof AppError && error.code === 'job_not_found') return false;
        throw error;
      },
    );
    if (!isThere) for (const id of ids) await discardBlobs(ports, id);
  } catch (err) {
    ports.log.warn({ err, job: ids[0] }, 'it is not known whether a submit left rows; its blobs stay');
  }
}

/** What goes wrong here is logged only: the caller is told why the submit was refused. */
async function discardBlobs(ports: Ports, id: string): Promise<void> {
  try {
    await ports.blobs.removePrefix(blobPrefixOf(id));
  } catch (err) {
    ports.log.warn({ err, job: id }, 'the blobs of a refused submit could not be removed');
  }
}
