import { AppError, type Batch, type BatchListQuery, LIMITS } from '@docusnap/contracts';
import { batchJobs, cancelBatch, eraseBatch, listBatches, pollBatch } from '@docusnap/db';
import type { z } from 'zod';
import { decodeCursor, encodeCursor } from '../jobs/cursor.ts';
import { eraseWithBlobs } from '../jobs/erase.ts';
import { clientGone, type WaitQuery } from '../jobs/hold.ts';
import { setRetryAfter } from '../jobs/job-headers.ts';
import type { Ports } from '../ports.ts';
import { batchBody } from '../present.ts';
import { type Call, idOf } from '../route.ts';
import { submitJob } from '../submit/submit-job.ts';
import { BATCH_FIELDS } from './fields.ts';

/** `POST /v1/batches`: 202 with the batch and the ids of the jobs that were made of its files; without files, an empty batch to be given some. */
export async function create(ports: Ports, call: Call<object>): Promise<void> {
  const { response, caller } = call;
  const made = await submitJob(ports, call, BATCH_FIELDS);
  const id = made.batch ?? '';
  const { batch } = await pollBatch(ports.db, caller.tenantId, id);
  response.location(`/v1/batches/${id}`).set('cache-control', 'private, no-cache');
  response.status(202).json({ ...batchBody(batch), jobs: made.ids });
}

/** `GET /v1/batches/{id}`; with `?wait=` once everything that it has been given has ended, or time is up. */
export async function poll(
  ports: Ports,
  { request, response, query, caller }: Call<z.output<typeof WaitQuery>>,
): Promise<void> {
  const id = idOf(request, 'batch_not_found');
  const until = performance.now() + query.wait * 1_000;
  const signal = clientGone(response);
  let { batch, runningJobId } = await pollBatch(ports.db, caller.tenantId, id);
  while (runningJobId !== null) {
    const timeoutMs = until - performance.now();
    if (timeoutMs <= 0 || signal.aborted || ports.stopping.aborted) break;
    await ports.wake.wait(runningJobId, { after: 0, until: 'end', timeoutMs, signal });
    ({ batch, runningJobId } = await pollBatch(ports.db, caller.tenantId, id));
  }
  if (isRunning(batch)) setRetryAfter(response);
  response.set('cache-control', 'private, no-cache').json(batchBody(batch));
}

/** `GET /v1/batches`: the newest first. */
export async function list(ports: Ports, { response, query, caller }: Call<BatchListQuery>): Promise<void> {
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor);
  const { batches, next } = await listBatches(ports.db, caller.tenantId, { limit: query.limit, after });
  response.json({ batches: batches.map(batchBody), next_cursor: next && encodeCursor(next) });
}

/** `POST /v1/batches/{id}/cancel`: 200 with the batch, each of whose jobs has ended. */
export async function cancel(ports: Ports, { request, response, caller }: Call<object>): Promise<void> {
  const id = idOf(request, 'batch_not_found');
  await pollBatch(ports.db, caller.tenantId, id);
  await cancelBatch(ports.db, caller.tenantId, id);
  const { batch } = await pollBatch(ports.db, caller.tenantId, id);
  response.location(`/v1/batches/${id}`).json(batchBody(batch));
}

/** `DELETE /v1/batches/{id}`: its jobs one after another, then itself. Cut short, it can be called again. */
export async function erase(ports: Ports, { request, response, caller }: Call<object>): Promise<void> {
  const id = idOf(request, 'batch_not_found');
  await pollBatch(ports.db, caller.tenantId, id);
  do {
    for (const jobId of await batchJobs(ports.db, caller.tenantId, id, LIMITS.documentsPerBatch)) {
      await eraseUnlessGone(ports, caller, jobId);
    }
  } while (!(await eraseBatch(ports.db, caller.tenantId, id)));
  response.status(204).end();
}

async function eraseUnlessGone(ports: Ports, caller: Call<object>['caller'], jobId: string): Promise<void> {
  try {
    await eraseWithBlobs(ports, caller, jobId);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'job_not_found') throw error;
  }
}

function isRunning({ running }: Batch): boolean {
  return running > 0;
}
