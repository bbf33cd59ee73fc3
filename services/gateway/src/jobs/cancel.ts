import { cancelJob } from '@docusnap/db';
import { doneToJob } from '../once/once.ts';
import type { Ports } from '../ports.ts';
import { jobBody } from '../present.ts';
import { type Call, idOf } from '../route.ts';
import { setJobHeaders } from './job-headers.ts';

/**
 * `POST /v1/jobs/{id}/cancel`: 200 with the job, which has ended by then. Readers that have a page of it in hand are told, and free at most a page later.
 * Throws `job_not_found`, `job_already_ended`.
 */
export async function cancel(ports: Ports, { request, response, caller, once }: Call<object>): Promise<void> {
  const id = idOf(request, 'job_not_found');
  const job = await cancelJob(ports.db, caller.tenantId, id, { once: doneToJob(once, { id, status: 200 }) });
  response.location(`/v1/jobs/${job.id}`);
  setJobHeaders(response, job);
  response.json(jobBody(job));
}
