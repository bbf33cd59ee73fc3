import { jobContext, newDataKey, passwordContext, sealBytes } from '@docusnap/blobs';
import { AppError, blobPrefixOf, type Caller, type Job, type JobOptions } from '@docusnap/contracts';
import { createJob, eraseJob, type NewJob } from '@docusnap/db';
import type { Request, Response } from 'express';
import type { Ports } from '../ports.ts';
import type { JobFields } from './fields.ts';
import { type Intake, openIntake } from './intake.ts';
import { newJobId } from './job-id.ts';
import { readJsonSubmit } from './json.ts';
import { FORM_BYTES, readMultipart } from './multipart.ts';

/**
 * A request in, a queued job out: its files sealed in the blob store, its rows committed, its bells rung. Every refusal, and a client
 * that goes away in mid-upload, leaves neither blobs nor rows.
 */
export async function submitJob(ports: Ports, caller: Caller, request: Request, response: Response): Promise<Job> {
  refuseIfAnnouncedTooLarge(ports, request);
  const id = newJobId();
  const { dataKey, wrapped } = newDataKey(ports.masterKeys, jobContext(id));
  const intake = openIntake(ports.blobs, { id, dataKey }, ports.limits);
  try {
    const fields = await readSubmit(ports, request, response, intake);
    if (intake.files.length === 0) throw new AppError('no_files');
    refuseUnknownModel(ports, fields.options.model);
    const options = sealPassword(fields.options, { id, dataKey });
    const job = await commit(ports, {
      ...fields,
      options,
      id,
      tenantId: caller.tenantId,
      key: wrapped,
      files: intake.files,
    });
    void ports.running.track(ringBells(ports, job));
    return job;
  } catch (error) {
    await discardBlobs(ports, id);
    throw error;
  }
}

/** Multipart or JSON by its content type. Throws `unsupported_media_type` and what the readers throw. */
async function readSubmit(ports: Ports, request: Request, response: Response, intake: Intake): Promise<JobFields> {
  if (request.is('multipart/form-data')) return readMultipart(request, intake, ports.limits.documentBytes + FORM_BYTES);
  if (request.is('application/json')) return readJsonSubmit(request, response, intake, ports.limits);
  throw new AppError('unsupported_media_type', 'Send multipart/form-data or application/json.');
}

function refuseUnknownModel({ modelSets }: Ports, model: string | undefined): void {
  if (model === undefined || modelSets === undefined || modelSets.includes(model)) return;
  throw new AppError('invalid_options', `model: "${model}" is not loaded; there are: ${modelSets.join(', ')}.`);
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

/** One bell a file. The job stands whether they ring or not, so nobody waits for it: the sweep rings what was not rung. */
async function ringBells(ports: Ports, job: Job): Promise<void> {
  try {
    await ports.queue.ring('read', job.files.length, { jobId: job.id });
  } catch (err) {
    ports.log.warn({ err, job: job.id }, 'the bells of a new job did not ring; the sweep will ring them');
  }
}

/**
 * Writes the rows. When that fails the commit may have happened all the same, with only its answer lost: the rows are then erased, behind
 * the caller's back, who should hear at once that the database is away.
 */
async function commit(ports: Ports, job: NewJob): Promise<Job> {
  try {
    return await createJob(ports.db, job);
  } catch (error) {
    void ports.running.track(eraseRows(ports, job));
    throw error;
  }
}

async function eraseRows(ports: Ports, job: NewJob): Promise<void> {
  try {
    await eraseJob(ports.db, job.tenantId, job.id);
  } catch (err) {
    if (err instanceof AppError && err.code === 'job_not_found') return;
    ports.log.warn({ err, job: job.id }, 'it is not known whether a refused job left rows');
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
