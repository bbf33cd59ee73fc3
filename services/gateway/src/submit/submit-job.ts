import { passwordContext, sealBytes } from '@docusnap/blobs';
import { AppError, blobPrefixOf, type Caller, type Job, type JobOptions, LIMITS } from '@docusnap/contracts';
import { createJobs, eraseJob, type NewFile, type NewJob } from '@docusnap/db';
import type { Request, Response } from 'express';
import type { Ports } from '../ports.ts';
import { ringBells } from '../ring.ts';
import { askBytes, sealAsk } from './ask.ts';
import { type Draft, dealFiles, newDraft, newDrafts } from './draft.ts';
import type { JobFields } from './fields.ts';
import { type Intake, openIntake } from './intake.ts';
import { readJsonSubmit } from './json.ts';
import { FORM_BYTES, readMultipart } from './multipart.ts';

export interface Submitted {
  /** One, or with `options.split` one a file, in order. */
  readonly jobs: readonly Job[];
  readonly split: boolean;
}

/**
 * A request in, queued jobs out: their files sealed in the blob store, their rows committed together, their bells rung. Every refusal, and a
 * client that goes away in mid-upload, leaves neither blobs nor rows.
 */
export async function submitJob(
  ports: Ports,
  caller: Caller,
  request: Request,
  response: Response,
): Promise<Submitted> {
  refuseIfAnnouncedTooLarge(ports, request);
  const draft = newDraft(ports);
  let drafts: readonly Draft[] = [draft];
  const intake = openIntake(ports.blobs, draft, ports.limits);
  try {
    const fields = await readSubmit(ports, request, response, intake);
    refuseWrongFiles(fields, intake.files.length);
    refuseUnknownModel(ports, fields.options.model);
    if (fields.split) {
      drafts = [draft, ...newDrafts(ports, intake.files.length)];
      await dealFiles(ports, { ...draft, files: intake.files }, drafts.slice(1));
      await discardBlobs(ports, draft.id);
      drafts = drafts.slice(1);
    }
    const shares = fields.split ? intake.files.map((file) => [file]) : [intake.files];
    const jobs = await commit(
      ports,
      drafts.map((one, index) => newJob(caller, fields, one, shares[index] ?? [])),
    );
    if (intake.files.length === 0) ringBells(ports, 'understand', 1, { jobId: draft.id });
    else ringBells(ports, 'read', intake.files.length, { jobId: fields.split ? null : draft.id });
    return { jobs, split: fields.split };
  } catch (error) {
    for (const { id } of drafts) await discardBlobs(ports, id);
    throw error;
  }
}

function newJob(caller: Caller, fields: JobFields, { id, dataKey, key }: Draft, files: readonly NewFile[]): NewJob {
  const options = sealPassword(withoutCacheFor(caller, fields.options), { id, dataKey });
  const understanding = fields.ask ? sealAsk(fields.ask, { id, dataKey }) : undefined;
  return { id, tenantId: caller.tenantId, options, metadata: fields.metadata, key, files, understanding };
}

/** Multipart or JSON by its content type. Throws `unsupported_media_type` and what the readers throw. */
async function readSubmit(ports: Ports, request: Request, response: Response, intake: Intake): Promise<JobFields> {
  if (request.is('multipart/form-data')) return readMultipart(request, intake, ports.limits.documentBytes + FORM_BYTES);
  if (request.is('application/json')) return readJsonSubmit(ports, request, response, intake);
  throw new AppError('unsupported_media_type', 'Send multipart/form-data or application/json.');
}

/** Filling a form reads no pages; everything else does. What is asked is kept with each job of a split request: not too much of it. */
function refuseWrongFiles({ ask, split }: JobFields, files: number): void {
  if (ask && split && askBytes(ask) * files > LIMITS.splitAskBytes) {
    throw new AppError(
      'body_too_large',
      'What is to be understood is kept with each of these jobs: ask for less, or of fewer files.',
    );
  }
  if (ask?.task !== 'fill' && files === 0) throw new AppError('no_files');
  if (ask?.task === 'fill' && (files > 0 || split)) throw new AppError('bad_request', 'The task fill takes no files.');
}

function refuseUnknownModel({ modelSets }: Ports, model: string | undefined): void {
  if (model === undefined || modelSets === undefined || modelSets.includes(model)) return;
  throw new AppError('invalid_options', `model: "${model}" is not loaded; there are: ${modelSets.join(', ')}.`);
}

/** A key that does without the page cache does so for all its jobs. */
function withoutCacheFor({ cache }: Caller, options: JobOptions): JobOptions {
  return cache ? options : { ...options, cache: false };
}

/** From here on the password is readable only with the job's data key. */
function sealPassword(options: JobOptions, { id, dataKey }: { id: string; dataKey: Buffer }): JobOptions {
  if (options.password === undefined) return options;
  const sealed = sealBytes(dataKey, passwordContext(id), Buffer.from(options.password));
  return { ...options, password: sealed.toString('base64') };
}

function refuseIfAnnouncedTooLarge(ports: Ports, request: Request): void {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > ports.limits.documentBytes + FORM_BYTES) {
    throw new AppError('job_too_large', `The limit is ${ports.limits.documentBytes} bytes.`);
  }
}

/**
 * Writes the rows. When that fails the commit may have happened all the same, with only its answer lost: the rows are then erased, behind
 * the caller's back, who should hear at once that the database is away.
 */
async function commit(ports: Ports, jobs: readonly NewJob[]): Promise<Job[]> {
  try {
    return await createJobs(ports.db, jobs);
  } catch (error) {
    void ports.running.track(eraseRows(ports, jobs));
    throw error;
  }
}

async function eraseRows(ports: Ports, jobs: readonly NewJob[]): Promise<void> {
  try {
    for (const { tenantId, id } of jobs) await eraseJob(ports.db, tenantId, id);
  } catch (err) {
    // Where the first is not there, none is.
    if (err instanceof AppError && err.code === 'job_not_found') return;
    ports.log.warn({ err, job: jobs[0]?.id }, 'it is not known whether a refused job left rows');
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
