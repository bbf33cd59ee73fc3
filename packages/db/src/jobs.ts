import { AppError, type Job, type JobOptions, type MediaType, type Task, type WrappedKey } from '@docusnap/contracts';
import { type Database, query, queryOne } from './connection.ts';
import { type JobDocument, jobFrom } from './job-rows.ts';

/** A job to submit, its files already in the blob store. */
export interface NewJob {
  /** A UUID version 7 of the caller's making (`crypto.randomUUIDv7()`). */
  readonly id: string;
  readonly tenantId: string;
  readonly options: JobOptions;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly key: WrappedKey;
  /** The first gives the job its name. None only where nothing is to be read, but something understood. */
  readonly files: readonly NewFile[];
  /** What is to be understood once the pages are read: its kind, and the whole of it sealed under the job's data key. */
  readonly understanding?: { readonly task: Task; readonly request: Uint8Array } | undefined;
}

export interface NewFile {
  readonly name: string;
  readonly mediaType: MediaType;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Stores the job with its files and one unit to open for each, all or nothing, and gives it as a poll would. */
export async function createJob(db: Database, job: NewJob): Promise<Job> {
  const [created] = await createJobs(db, [job]);
  return created!;
}

/** Stores several jobs, all or none, and gives them in their order. */
export async function createJobs(db: Database, jobs: readonly NewJob[]): Promise<Job[]> {
  // The volatile function runs after the sorting, so that units queue up in the order of the jobs.
  const rows = await query<{ job: JobDocument }>(
    db,
    `SELECT create_job(new.job, new.key, new.request) AS job
     FROM unnest($1::jsonb[], $2::bytea[], $3::bytea[]) WITH ORDINALITY AS new (job, key, request, place) ORDER BY new.place`,
    [
      jobs.map((job) => JSON.stringify(documentOf(job))),
      jobs.map((job) => Buffer.from(job.key.wrapped)),
      jobs.map(({ understanding }) => (understanding ? Buffer.from(understanding.request) : null)),
    ],
  );
  return rows.map((row) => jobFrom(row.job));
}

/** What create_job() takes. */
export function documentOf(job: NewJob) {
  const name = job.files[0]?.name ?? job.understanding?.task;
  if (name === undefined) throw new AppError('no_files');
  return {
    id: job.id,
    tenant_id: job.tenantId,
    name,
    task: job.understanding?.task ?? null,
    options: job.options,
    metadata: job.metadata,
    master_key_id: job.key.masterKeyId,
    files: job.files.map(({ name, mediaType, bytes, sha256 }) => ({ name, media_type: mediaType, bytes, sha256 })),
  };
}

/** The job as it is now, in one round trip. Throws `job_not_found`, for another tenant's id too. */
export async function pollJob(db: Database, tenantId: string, jobId: string): Promise<Job> {
  const { job } = await queryOne<{ job: JobDocument | null }>(db, 'SELECT poll_job($1, $2) AS job', [tenantId, jobId]);
  if (job === null) throw new AppError('job_not_found');
  return jobFrom(job);
}

/**
 * Deletes the job's rows, in whatever state it is; a unit in hand is then lost to its holder. The caller removes the blobs
 * afterwards. Throws `job_not_found`.
 */
export async function eraseJob(db: Database, tenantId: string, jobId: string): Promise<void> {
  const { erased } = await queryOne<{ erased: boolean }>(db, 'SELECT erase_job($1, $2) AS erased', [tenantId, jobId]);
  if (!erased) throw new AppError('job_not_found');
}

export interface JobVersion {
  readonly version: number;
  readonly ended: boolean;
}

/** Versions of jobs of any tenant, in one query, for held polls. Ids that are gone are missing from the map. */
export async function jobVersions(db: Database, ids: readonly string[]): Promise<Map<string, JobVersion>> {
  const rows = await query<{ id: string } & JobVersion>(db, 'SELECT * FROM job_versions($1)', [ids]);
  return new Map(rows.map(({ id, version, ended }) => [id, { version, ended }]));
}
