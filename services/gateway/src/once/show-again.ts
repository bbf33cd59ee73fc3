import { openBytes, unwrapDataKey } from '@docusnap/blobs';
import { AppError } from '@docusnap/contracts';
import { type Begun, pollBatch, pollJob } from '@docusnap/db';
import type { Response } from 'express';
import { setJobHeaders } from '../jobs/job-headers.ts';
import type { Ports } from '../ports.ts';
import { batchBody, jobBody } from '../present.ts';
import type { Call } from '../route.ts';

/** What the key of a sealed answer is for: that of one tenant opens no other's. */
export function answerContext(tenantId: string): string {
  return `idempotency/${tenantId}`;
}

/** Says that this answer is to a request that was carried out before. */
export function markAsShownAgain(response: Response): void {
  response.set('idempotent-replayed', 'true');
}

/**
 * Answers a request that was carried out before as it was answered then; a job or batch as it is now. Throws `job_not_found` or `batch_not_found`
 * where that is erased, `idempotency_answer_withheld`, `master_key_missing`.
 */
export async function showAgain(
  ports: Ports,
  { response, caller: { tenantId } }: Pick<Call<unknown>, 'response' | 'caller'>,
  { status, location, made, answer }: Extract<Begun, { state: 'done' }>,
): Promise<void> {
  if (made && 'secret' in made) throw new AppError('idempotency_answer_withheld');
  markAsShownAgain(response);
  if (location !== null) response.location(location);
  response.status(status);
  if (made && 'batch' in made) {
    response.json(batchBody((await pollBatch(ports.db, tenantId, made.batch)).batch));
  } else if (made) {
    const job = await pollJob(ports.db, tenantId, made.jobs[0] ?? '');
    setJobHeaders(response, job);
    response.json(jobBody(job));
  } else if (answer) {
    const dataKey = unwrapDataKey(ports.masterKeys, answer.key, answerContext(tenantId));
    response.json(JSON.parse((await openBytes(dataKey, answerContext(tenantId), answer.sealed)).toString()));
  } else {
    response.end();
  }
}
