import { hasEnded } from '@docusnap/contracts';
import type { z } from 'zod';
import { clientGone, holdJob, type WaitQuery } from '../jobs/hold.ts';
import { setJobHeaders } from '../jobs/poll.ts';
import { sendResult } from '../jobs/result.ts';
import type { Ports } from '../ports.ts';
import { jobBody } from '../present.ts';
import type { Call } from '../route.ts';
import { submitJob } from './submit-job.ts';

/** `POST /v1/jobs`: 202 with the queued job; with `?wait=` 200 with the ended one, or its text where text/plain is asked for. */
export async function post(
  ports: Ports,
  { request, response, query, caller }: Call<z.output<typeof WaitQuery>>,
): Promise<void> {
  const gone = clientGone(response);
  const submitted = await submitJob(ports, caller, request, response);
  const hold = { seconds: query.wait, until: { kind: 'end' as const }, signal: gone };
  const job = query.wait === 0 ? submitted : await holdJob(ports, caller.tenantId, submitted.id, hold, submitted);
  response.location(`/v1/jobs/${job.id}`);
  const ended = hasEnded(job.status);
  if (ended && request.accepts(['application/json', 'text/plain']) === 'text/plain') {
    await sendResult(ports, caller, response, job, 'text');
    return;
  }
  setJobHeaders(response, job);
  response.status(ended ? 200 : 202).json(jobBody(job));
}
