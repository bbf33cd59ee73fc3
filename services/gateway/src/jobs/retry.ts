import { retryJob } from '@docusnap/db';
import { doneToJob } from '../once/once.ts';
import type { Ports } from '../ports.ts';
import { jobBody } from '../present.ts';
import { ringBells } from '../ring.ts';
import { type Call, idOf } from '../route.ts';
import { setJobHeaders } from './job-headers.ts';

/**
 * `POST /v1/jobs/{id}/retry`: 202 with the job, running again; pages that were read stay readable. Where only understanding failed, that is tried again. Throws `job_not_found`,
 * `job_still_running`, `nothing_to_retry` and, since it takes room in the queue as a new job does, `tenant_queue_full`, `queue_full`, `larger_than_queue`.
 */
export async function retry(ports: Ports, { request, response, caller, once }: Call<object>): Promise<void> {
  const id = idOf(request, 'job_not_found');
  const done = doneToJob(once, { id, status: 202 });
  const { job, waiting } = await retryJob(ports.db, caller.tenantId, id, { once: done });
  if (waiting === 0) ringBells(ports, 'understand', 1, { jobId: job.id });
  else ringBells(ports, 'read', waiting, { jobId: job.id });
  response.location(`/v1/jobs/${job.id}`);
  setJobHeaders(response, job);
  response.status(202).json(jobBody(job));
}
