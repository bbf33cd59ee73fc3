import { AppError, type Batch, type JobStatus } from '@docusnap/contracts';
import { type Database, query, queryOne, withTenant } from './connection.ts';
import type { JobCursor } from './list.ts';

/** A batch to make. */
export interface NewBatch {
  /** A UUID version 7 of the caller's making. */
  readonly id: string;
  readonly tenantId: string;
  readonly name: string | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
}

/** What batch_document() gives. */
interface BatchDocument {
  readonly id: string;
  readonly name: string | null;
  readonly metadata: Record<string, unknown> | null;
  readonly created_at: string;
  readonly by_status: Partial<Record<JobStatus, number>>;
  readonly running: number;
  readonly jobs: number;
  readonly uncounted: number;
  readonly pages_made: number;
  readonly pages_done: number;
  readonly pages_failed: number;
}

/** The batch as it is, and one of its jobs that runs, if any does. Throws `batch_not_found`, for another tenant's id too. */
export async function pollBatch(
  db: Database,
  tenantId: string,
  batchId: string,
): Promise<{ batch: Batch; runningJobId: string | null }> {
  const [row] = await query<{ batch: BatchDocument; running_job: string | null }>(
    db,
    'SELECT * FROM poll_batch($1, $2)',
    [tenantId, batchId],
  );
  if (row === undefined) throw new AppError('batch_not_found');
  return { batch: batchFrom(row.batch), runningJobId: row.running_job };
}

/** One page of a tenant's batches, newest first; `next` is null on the last. */
export function listBatches(
  db: Database,
  tenantId: string,
  { limit, after }: { readonly limit: number; readonly after?: JobCursor | undefined },
): Promise<{ batches: Batch[]; next: JobCursor | null }> {
  return withTenant(db, tenantId, async (client) => {
    const { rows } = await client.query<{ batch: BatchDocument }>(
      `SELECT batch_document(b) AS batch FROM batches b
       WHERE b.tenant_id = $1 AND ($2::timestamptz IS NULL OR (b.created_at, b.id) < ($2, $3))
       ORDER BY b.created_at DESC, b.id DESC LIMIT $4`,
      [tenantId, after?.createdAt ?? null, after?.id ?? null, limit + 1],
    );
    const batches = rows.slice(0, limit).map(({ batch }) => batchFrom(batch));
    const last = batches.at(-1);
    const more = rows.length > limit && last !== undefined;
    return { batches, next: more ? { createdAt: last.createdAt, id: last.id } : null };
  });
}

/** Jobs that one statement cancels: it holds the rows of all until it ends. */
const CANCELLED_AT_ONCE = 50;

/** Cancels every job of the batch that runs; gives how many there were. */
export async function cancelBatch(db: Database, tenantId: string, batchId: string): Promise<number> {
  let cancelled = 0;
  for (;;) {
    const values = [tenantId, batchId, CANCELLED_AT_ONCE];
    const { now } = await queryOne<{ now: number }>(db, 'SELECT cancel_batch_jobs($1, $2, $3) AS now', values);
    if (now === 0) return cancelled;
    cancelled += now;
  }
}

/** Ids of its jobs, at most so many. */
export async function batchJobs(db: Database, tenantId: string, batchId: string, most: number): Promise<string[]> {
  const rows = await query<{ id: string }>(db, 'SELECT batch_jobs($1, $2, $3) AS id', [tenantId, batchId, most]);
  return rows.map(({ id }) => id);
}

/** Deletes a batch that has no jobs any more; false where it has some again. */
export async function eraseBatch(db: Database, tenantId: string, batchId: string): Promise<boolean> {
  const values = [tenantId, batchId];
  return (await queryOne<{ erased: boolean }>(db, 'SELECT erase_batch($1, $2) AS erased', values)).erased;
}

function batchFrom(batch: BatchDocument): Batch {
  return {
    id: batch.id,
    name: batch.name,
    metadata: batch.metadata,
    createdAt: new Date(batch.created_at),
    documents: batch.jobs,
    running: batch.running,
    byStatus: batch.by_status,
    // Of a job whose files are not all opened it is not known how many pages it has.
    pagesTotal: batch.uncounted > 0 ? null : batch.pages_made,
    pagesDone: batch.pages_done,
    pagesFailed: batch.pages_failed,
  };
}
