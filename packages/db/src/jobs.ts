import {
  AppError,
  hasEnded,
  isOnePage,
  type Job,
  type JobOptions,
  LIMITS,
  type MediaType,
  type Task,
  type WrappedKey,
} from '@docusnap/contracts';
import type { NewBatch } from './batches.ts';
import { type Database, query, queryOne } from './connection.ts';
import { type GatheredRead, readGathered } from './gather.ts';
import { type JobDocument, jobFrom } from './job-rows.ts';
import { lookUpVersion } from './looks.ts';
import { type DoneRequest, doneDocument, type OnceOptions, queryOnce } from './once.ts';

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
  readonly terms?: JobTerms;
}

/** The terms that a job is taken under. */
export interface JobTerms {
  /** The key that it was submitted with. */
  readonly keyId?: string | undefined;
  readonly batchId?: string | undefined;
  readonly deadline?: Date | undefined;
  /** How long it is kept after its end. */
  readonly retentionSeconds?: number | undefined;
  /** Whom it tells of its end, as it is stored. */
  readonly webhook?: unknown;
}

export interface NewFile {
  readonly name: string;
  readonly mediaType: MediaType;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/**
 * Stores the job with its files, all or nothing, and gives it as a poll would. Each file is a unit to open; of a job of pictures whose pages are all wanted each
 * is a page already, and a unit to read.
 */
export async function createJob(db: Database, job: NewJob): Promise<Job> {
  const [created] = await createJobs(db, [job]);
  return created!;
}

/** What is stored together with jobs. */
export interface CreateOptions {
  /** A new batch that they go into, by the `batchId` of their terms. */
  readonly batch?: NewBatch | undefined;
  /** The request that makes them, where it came with an Idempotency-Key: it is done with them, or they are not made. */
  readonly once?: DoneRequest | undefined;
}

/**
 * Stores several jobs of one tenant, all or none, and gives them in their order. Throws `batch_not_found`, `batch_full`, `deadline_unreachable`,
 * `idempotency_key_in_use` where another carries the request out by now, and what keeps a tenant from submitting more.
 */
export async function createJobs(
  db: Database,
  jobs: readonly NewJob[],
  { batch, once }: CreateOptions = {},
): Promise<Job[]> {
  const rows = await query<{ job: JobDocument }>(db, 'SELECT create_jobs($1, $2, $3, $4, $5, $6, $7) AS job', [
    jobs[0]?.tenantId ?? batch?.tenantId,
    jobs.map((job) => JSON.stringify(documentOf(job))),
    jobs.map((job) => Buffer.from(job.key.wrapped)),
    jobs.map(({ understanding }) => (understanding ? Buffer.from(understanding.request) : null)),
    batch === undefined ? null : JSON.stringify(batch),
    LIMITS.documentsPerBatch,
    once === undefined ? null : JSON.stringify(doneDocument(once)),
  ]);
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
    key_id: job.terms?.keyId ?? null,
    batch_id: job.terms?.batchId ?? null,
    deadline: job.terms?.deadline?.toISOString() ?? null,
    retention_seconds: job.terms?.retentionSeconds ?? null,
    webhook: job.terms?.webhook ?? null,
    opened: job.options.pages === undefined && job.files.every(({ mediaType }) => isOnePage(mediaType)),
    files: job.files.map(({ name, mediaType, bytes, sha256 }) => ({ name, media_type: mediaType, bytes, sha256 })),
  };
}

/**
 * The job as it is now, in one round trip that many may share. Of one that has ended and was read shortly before, only the version is read. Throws
 * `job_not_found`, for another tenant's id too.
 *
 * @param options.version what `versionAhead` gave for this very poll
 */
export async function pollJob(
  db: Database,
  tenantId: string,
  jobId: string,
  { version }: { version?: Promise<number | null> | undefined } = {},
): Promise<Job> {
  const known = db.endedJobs.find(tenantId, jobId);
  if (known && (await (version ?? lookUpVersion(db, jobId))) === known.version) return known;
  const found = await readGathered(db, POLLS, { tenantId, jobId });
  if (found === null) throw new AppError('job_not_found');
  const job = jobFrom(found);
  if (hasEnded(job.status)) db.endedJobs.keep(job);
  return job;
}

/**
 * Asks for the version of a job before it is known who polls it, so that both are asked in one round trip; undefined where it would be of no use. It tells
 * nothing by itself: the job is shown to its tenant only.
 */
export function versionAhead(db: Database, jobId: string): Promise<number | null> | undefined {
  if (!db.endedJobs.has(jobId)) return undefined;
  const version = lookUpVersion(db, jobId);
  // Who turns out to have no key does not come to ask for it.
  version.catch(() => undefined);
  return version;
}

/** The function names the tenant before it looks for a job of that tenant, one after another. */
const POLLS: GatheredRead<{ readonly tenantId: string; readonly jobId: string }, JobDocument | null> = {
  keyOf: ({ tenantId, jobId }) => `${tenantId} ${jobId}`,
  readAll: async (db, asked) => {
    const rows = await query<{ job: JobDocument | null }>(
      db,
      'SELECT poll_job(tenant, job_id) AS job FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY asked (tenant, job_id, place) ORDER BY place',
      [asked.map(({ tenantId }) => tenantId), asked.map(({ jobId }) => jobId)],
    );
    return rows.map(({ job }) => job);
  },
};

/**
 * Ends a job that runs: what was read stays, the rest fails with `job_cancelled`; units in hand are lost to their holders, who are told. Throws
 * `job_not_found`, `job_already_ended`, `idempotency_key_in_use`.
 */
export async function cancelJob(
  db: Database,
  tenantId: string,
  jobId: string,
  options: OnceOptions = {},
): Promise<Job> {
  const statement = { text: 'SELECT * FROM cancel_job($1, $2)', values: [tenantId, jobId] };
  const [row] = await queryOnce<{ job: JobDocument }>(db, statement, options);
  if (row === undefined) throw new AppError('job_not_found');
  return jobFrom(row.job);
}

/**
 * Deletes the job's rows and with them its data key, in whatever state it is; a unit in hand is then lost to its holder. In the same transaction it
 * is noted that blobs are to be removed: by the caller, who then calls `finishErasure`, or else by the next who takes it. Throws `job_not_found`.
 *
 * @param options.keyId the API key that asked for it
 */
export async function eraseJob(
  db: Database,
  tenantId: string,
  jobId: string,
  options: { keyId?: string | null } = {},
): Promise<void> {
  const { erased } = await queryOne<{ erased: boolean }>(db, 'SELECT erase_job($1, $2, $3) AS erased', [
    tenantId,
    jobId,
    options.keyId ?? null,
  ]);
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
