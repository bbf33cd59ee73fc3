import { AppError, type Job, type JobOptions, type MediaType, type WrappedKey } from '@docusnap/contracts';
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
  /** At least one; the first gives the job its name. */
  readonly files: readonly NewFile[];
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
  const [first] = job.files;
  if (first === undefined) throw new AppError('no_files');
  const document = {
    id: job.id,
    tenant_id: job.tenantId,
    name: first.name,
    options: job.options,
    metadata: job.metadata,
    master_key_id: job.key.masterKeyId,
    files: job.files.map(({ name, mediaType, bytes, sha256 }) => ({ name, media_type: mediaType, bytes, sha256 })),
  };
  const row = await queryOne<{ job: JobDocument }>(db, 'SELECT create_job($1, $2) AS job', [
    JSON.stringify(document),
    Buffer.from(job.key.wrapped),
  ]);
  return jobFrom(row.job);
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
