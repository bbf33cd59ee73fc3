import { type Database, query, queryOne } from './connection.ts';
import type { NewJob } from './jobs.ts';
import { documentOf } from './jobs.ts';

/** The tenant of all DocuSnap v1 clients. Its id is the same everywhere, so that every process knows it without asking. */
export const V1_TENANT_ID = '00000000-0000-7000-8000-000000000001';

export const V1_TYPES = ['doc', 'form', 'fill'] as const;
export type V1Type = (typeof V1_TYPES)[number];

/** What names a task. */
export interface V1TaskKey {
  /** SHA-256 of the client's id. */
  readonly client: Uint8Array;
  /** Lower-case hex, as the client named it. */
  readonly sha256: string;
  readonly type: V1Type;
}

export interface V1Answer {
  readonly status: 'processing' | 'completed' | 'error';
  /** Under the client's key; null unless completed. */
  readonly result: Buffer | null;
  /** A code of the protocol; null unless in error. */
  readonly errorDetail: string | null;
}

/** What became of a task's job: null while it works, `completed`, or a code of the table of errors. */
export type V1Outcome = string | null;

export interface V1Task extends V1Answer {
  /** Null once it is erased. */
  readonly jobId: string | null;
  readonly ageSeconds: number;
  /** Of a task that is processing still: it can be settled once this is not null. */
  readonly outcome: V1Outcome;
}

/** Makes the tenant unless it is there. Needs the worker role. */
export async function ensureV1Tenant(db: Database): Promise<void> {
  await query(db, "INSERT INTO tenants (id, name) VALUES ($1, 'DocuSnap v1') ON CONFLICT DO NOTHING", [V1_TENANT_ID]);
}

interface TaskRow {
  readonly status: 'processing' | 'completed' | 'error' | 'gone';
  readonly result: Buffer | null;
  readonly error_detail: string | null;
  readonly job_id: string | null;
  readonly age_seconds: number;
  readonly outcome: V1Outcome;
}

/**
 * The task as it stands. Its result is kept from now on as long again as `keepSeconds`; null where there is none, or no longer: then the job is
 * told that may have left blobs.
 */
export async function pollV1Task(
  db: Database,
  { client, sha256, type }: V1TaskKey,
  { keepSeconds }: { keepSeconds: number },
): Promise<V1Task | { readonly goneJobId: string } | null> {
  const [row] = await query<TaskRow>(db, 'SELECT * FROM poll_v1_task($1, $2, $3, $4, $5)', [
    V1_TENANT_ID,
    Buffer.from(client),
    sha256,
    type,
    keepSeconds,
  ]);
  if (row === undefined) return null;
  if (row.status === 'gone') return row.job_id === null ? null : { goneJobId: row.job_id };
  return {
    status: row.status,
    result: row.result,
    errorDetail: row.error_detail,
    jobId: row.job_id,
    ageSeconds: row.age_seconds,
    outcome: row.outcome,
  };
}

/** A task to begin with its job, or one that has failed before it had any. */
export type NewV1Task = V1TaskKey &
  (
    | { readonly job: NewJob; readonly source: Uint8Array; readonly failedWith: null }
    | { readonly job: null; readonly failedWith: string }
  );

/** False where there is such a task by now: nothing was stored then. */
export async function submitV1Task(db: Database, task: NewV1Task): Promise<boolean> {
  const { job } = task;
  const { made } = await queryOne<{ made: boolean }>(
    db,
    'SELECT submit_v1_task($1, $2, $3, $4, $5, $6, $7, $8, $9) AS made',
    [
      V1_TENANT_ID,
      Buffer.from(task.client),
      task.sha256,
      task.type,
      job && Buffer.from(task.source),
      task.failedWith,
      job && JSON.stringify(documentOf(job)),
      job && Buffer.from(job.key.wrapped),
      job?.understanding ? Buffer.from(job.understanding.request) : null,
    ],
  );
  return made;
}

/** How many tasks work just now. */
export interface V1Running {
  readonly client: number;
  readonly source: number;
  readonly total: number;
}

export function runningV1Tasks(
  db: Database,
  { client, source }: { readonly client: Uint8Array; readonly source: Uint8Array },
): Promise<V1Running> {
  return queryOne(db, 'SELECT * FROM running_v1_tasks($1, $2, $3)', [
    V1_TENANT_ID,
    Buffer.from(client),
    Buffer.from(source),
  ]);
}

/** Ends the task of a job, with what was understood or with a code of the protocol, unless it has ended. Null where it is cleared by now. */
export async function settleV1Task(db: Database, jobId: string, failedWith: string | null): Promise<V1Answer | null> {
  const [row] = await query<Pick<TaskRow, 'result' | 'error_detail'> & { status: V1Answer['status'] }>(
    db,
    'SELECT * FROM settle_v1_task($1, $2, $3)',
    [V1_TENANT_ID, jobId, failedWith],
  );
  return row === undefined ? null : { status: row.status, result: row.result, errorDetail: row.error_detail };
}

/** Lets a job whose understanding failed be understood again after a while; false where it works already, or is cleared by now. */
export async function resumeV1Job(
  db: Database,
  jobId: string,
  { waitSeconds }: { waitSeconds: number },
): Promise<boolean> {
  const { resumed } = await queryOne<{ resumed: boolean }>(db, 'SELECT resume_v1_job($1, $2, $3) AS resumed', [
    V1_TENANT_ID,
    jobId,
    waitSeconds,
  ]);
  return resumed;
}

export interface UnsettledV1Task {
  readonly jobId: string;
  readonly type: V1Type;
  readonly ageSeconds: number;
  readonly outcome: V1Outcome;
}

/** Tasks to settle that nobody polls for: ended, or older than `oldestSeconds`. */
export async function unsettledV1Tasks(
  db: Database,
  { oldestSeconds, most }: { oldestSeconds: number; most: number },
): Promise<UnsettledV1Task[]> {
  const rows = await query<Pick<TaskRow, 'age_seconds' | 'outcome'> & { job_id: string; type: V1Type }>(
    db,
    'SELECT * FROM unsettled_v1_tasks($1, $2, $3)',
    [V1_TENANT_ID, oldestSeconds, most],
  );
  return rows.map((row) => ({
    jobId: row.job_id,
    type: row.type,
    ageSeconds: row.age_seconds,
    outcome: row.outcome,
  }));
}

/** Jobs of tasks that have ended: to be erased, blobs first. */
export function erasableV1Jobs(db: Database, { most }: { most: number }): Promise<string[]> {
  return ids(db, 'SELECT erasable_v1_jobs($1, $2) AS id', [V1_TENANT_ID, most]);
}

/** Erases jobs whose blobs are gone; their tasks stay. */
export async function forgetV1Jobs(db: Database, jobIds: readonly string[]): Promise<void> {
  await query(db, 'SELECT forget_v1_jobs($1, $2)', [V1_TENANT_ID, jobIds]);
}

/** Drops results that nobody has seen for so long; gives how many. */
export async function dropOldV1Tasks(db: Database, { keepSeconds }: { keepSeconds: number }): Promise<number> {
  const { dropped } = await queryOne<{ dropped: number }>(db, 'SELECT drop_old_v1_tasks($1, $2) AS dropped', [
    V1_TENANT_ID,
    keepSeconds,
  ]);
  return dropped;
}

/** Which tasks of a client: all, or one. */
export interface V1Selection {
  readonly client: Uint8Array;
  readonly only: { readonly sha256: string; readonly type: string } | null;
}

export function v1JobsOfClient(db: Database, selection: V1Selection): Promise<string[]> {
  return ids(db, 'SELECT v1_jobs_of_client($1, $2, $3, $4) AS id', valuesOf(selection));
}

/** Drops the tasks and their jobs, and gives the jobs, whose blobs the caller removes. */
export function clearV1Tasks(db: Database, selection: V1Selection): Promise<string[]> {
  return ids(db, 'SELECT clear_v1_tasks($1, $2, $3, $4) AS id', valuesOf(selection));
}

function valuesOf({ client, only }: V1Selection): unknown[] {
  return [V1_TENANT_ID, Buffer.from(client), only?.sha256 ?? null, only?.type ?? null];
}

async function ids(db: Database, text: string, values: readonly unknown[]): Promise<string[]> {
  const rows = await query<{ id: string }>(db, text, values);
  return rows.map(({ id }) => id);
}
