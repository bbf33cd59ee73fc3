import {
  AppError,
  type Failure,
  type Job,
  LEASE,
  type Task,
  type TokenUsage,
  type WrappedKey,
} from '@docusnap/contracts';
import { type Database, query, queryOne } from './connection.ts';
import { failureFrom, type JobDocument, jobFrom } from './job-rows.ts';
import { type OnceOptions, queryOnce } from './once.ts';

/** A job to understand, in hand: a lease and a fencing token, as a Unit has them. */
export interface UnderstandingUnit {
  readonly jobId: string;
  readonly tenantId: string;
  readonly task: Task;
  /** The UnderstandingRequest, sealed under the job's data key. */
  readonly request: Buffer;
  readonly key: WrappedKey;
  readonly token: string;
  /** From 1. */
  readonly attempt: number;
}

/** What names a unit in hand. */
export type HeldUnderstanding = Pick<UnderstandingUnit, 'jobId' | 'token'>;

const NO_TOKENS: TokenUsage = { prompt_tokens: 0, completion_tokens: 0 };

/** Takes the next job to understand, with a lease of LEASE.seconds; null when nothing waits. Needs the worker role. */
export async function claimUnderstanding(
  db: Database,
  { holder }: { holder: string },
): Promise<UnderstandingUnit | null> {
  const [row] = await query<{
    job_id: string;
    tenant_id: string;
    task: Task;
    request: Buffer;
    token: string;
    attempt: number;
    master_key_id: string;
    wrapped_key: Buffer;
  }>(db, 'SELECT * FROM claim_understanding($1, $2)', [holder, LEASE.seconds]);
  if (row === undefined) return null;
  return {
    jobId: row.job_id,
    tenantId: row.tenant_id,
    task: row.task,
    request: row.request,
    key: { masterKeyId: row.master_key_id, wrapped: row.wrapped_key },
    token: row.token,
    attempt: row.attempt,
  };
}

/** The `traceparent` that a job was submitted under, where it has one. Needs the worker role. */
export async function jobTrace(db: Database, jobId: string): Promise<string | undefined> {
  const [row] = await query<{ trace: string | null }>(
    db,
    "SELECT options ->> 'trace_parent' AS trace FROM jobs WHERE id = $1",
    [jobId],
  );
  return row?.trace ?? undefined;
}

/** Renews leases; gives the ids of the jobs that are still held. */
export async function renewUnderstandings(db: Database, held: readonly HeldUnderstanding[]): Promise<Set<string>> {
  if (held.length === 0) return new Set();
  const rows = await query<{ id: string }>(db, 'SELECT renew_understandings($1, $2, $3) AS id', [
    held.map(({ jobId }) => jobId),
    held.map(({ token }) => token),
    LEASE.seconds,
  ]);
  return new Set(rows.map(({ id }) => id));
}

/** Saves what was understood, and so ends the job. Throws `lease_lost`. */
export async function saveUnderstanding(
  db: Database,
  { jobId, token }: HeldUnderstanding,
  { sealed, usage }: { readonly sealed: Uint8Array; readonly usage: TokenUsage },
): Promise<void> {
  await queryOne(db, 'SELECT finish_understanding($1, $2, $3, NULL, NULL, $4, $5)', [
    jobId,
    token,
    Buffer.from(sealed),
    usage.prompt_tokens,
    usage.completion_tokens,
  ]);
}

/** It failed for good: the job ends with its pages, and this reason. Throws `lease_lost`. */
export async function failUnderstanding(
  db: Database,
  { jobId, token }: HeldUnderstanding,
  failure: Failure,
  usage: TokenUsage = NO_TOKENS,
): Promise<void> {
  await queryOne(db, 'SELECT finish_understanding($1, $2, NULL, $3, $4, $5, $6)', [
    jobId,
    token,
    failure.code,
    failure.message,
    usage.prompt_tokens,
    usage.completion_tokens,
  ]);
}

export interface Release {
  /** Seconds until it may be claimed again. */
  readonly waitSeconds: number;
  /** The attempt does not count: the holder is stopping. */
  readonly asIfUnclaimed: boolean;
  readonly usage?: TokenUsage;
}

/** Hands it back. Throws `lease_lost`. */
export async function releaseUnderstanding(
  db: Database,
  { jobId, token }: HeldUnderstanding,
  { waitSeconds, asIfUnclaimed, usage = NO_TOKENS }: Release,
): Promise<void> {
  await queryOne(db, 'SELECT release_understanding($1, $2, $3, $4, $5, $6)', [
    jobId,
    token,
    waitSeconds,
    asIfUnclaimed,
    usage.prompt_tokens,
    usage.completion_tokens,
  ]);
}

/**
 * Asks something of the pages of an ended job, instead of what was asked of it before. Throws `job_not_found`, `job_still_running`,
 * `nothing_to_understand`, `idempotency_key_in_use`.
 */
export async function understandJob(
  db: Database,
  tenantId: string,
  jobId: string,
  { task, request }: { readonly task: Task; readonly request: Uint8Array },
  options: OnceOptions = {},
): Promise<Job> {
  const values = [tenantId, jobId, task, Buffer.from(request)];
  const statement = { text: 'SELECT * FROM understand_job($1, $2, $3, $4)', values };
  const [row] = await queryOnce<{ job: JobDocument }>(db, statement, options);
  if (row === undefined) throw new AppError('job_not_found');
  return jobFrom(row.job);
}

/** Whether the lane may take the job: so after the last of its pages has failed, for one. Needs the worker role. */
export async function awaitsUnderstanding(db: Database, jobId: string): Promise<boolean> {
  const { awaits } = await queryOne<{ awaits: boolean }>(
    db,
    "SELECT EXISTS (SELECT 1 FROM understandings WHERE job_id = $1 AND status = 'queued' AND leased_until IS NULL) AS awaits",
    [jobId],
  );
  return awaits;
}

/** What was understood of a job, sealed under its data key; null until it is done, and where it failed. */
export interface SealedUnderstanding {
  readonly sealed: Buffer | null;
  readonly error: Failure | null;
  readonly key: WrappedKey;
}

/** Null where there is no such job, or nothing was asked of it. */
export async function readUnderstanding(
  db: Database,
  tenantId: string,
  jobId: string,
): Promise<SealedUnderstanding | null> {
  const [row] = await query<{
    sealed: Buffer | null;
    error_code: string | null;
    error_message: string | null;
    master_key_id: string;
    wrapped_key: Buffer;
  }>(db, 'SELECT * FROM read_understanding($1, $2)', [tenantId, jobId]);
  if (row === undefined) return null;
  const key = { masterKeyId: row.master_key_id, wrapped: row.wrapped_key };
  return { sealed: row.sealed, error: failureFrom(row), key };
}
