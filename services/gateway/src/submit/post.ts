import { hasEnded, type Job } from '@docusnap/contracts';
import type { Response } from 'express';
import type { z } from 'zod';
import { acceptedFormat } from '../jobs/formats.ts';
import { clientGone, type HoldOptions, holdJob, type WaitQuery } from '../jobs/hold.ts';
import { setJobHeaders, setRetryAfter } from '../jobs/job-headers.ts';
import { sendResult } from '../jobs/result.ts';
import type { Ports } from '../ports.ts';
import { jobBody } from '../present.ts';
import type { Call } from '../route.ts';
import { submitJob } from './submit-job.ts';

/**
 * `POST /v1/jobs`: 202 with the queued job; with `?wait=` 200 with the ended one, or its result in the format that Accept names. With
 * `options.split` all its jobs, whichever number they are, as JSON: 200 once all have ended.
 */
export async function post(ports: Ports, call: Call<z.output<typeof WaitQuery>>): Promise<void> {
  const { request, response, query, caller } = call;
  const gone = clientGone(response);
  const { jobs, split } = await submitJob(ports, call);
  const [submitted] = jobs;
  if (split || !submitted) {
    await answerSplit(ports, response, jobs, { seconds: query.wait, gone: () => gone });
    return;
  }
  const hold = { seconds: query.wait, until: { kind: 'end' as const }, gone: () => gone };
  const job = query.wait === 0 ? submitted : await holdJob(ports, caller.tenantId, submitted.id, hold, submitted);
  response.location(`/v1/jobs/${job.id}`);
  const ended = hasEnded(job.status);
  // Of a type that there is not, the job is said in JSON all the same: it has been made.
  const format = acceptedFormat(request) ?? 'json';
  if (ended && format !== 'json' && job.files.length > 0) {
    await sendResult(ports, caller, response, job, { format });
    return;
  }
  setJobHeaders(response, job);
  response.status(ended ? 200 : 202).json(jobBody(job));
}

/** Waits for one after the other: when the last is looked at, those before have ended or time is up. */
async function answerSplit(
  ports: Ports,
  response: Response,
  submitted: readonly Job[],
  { seconds, gone }: Pick<HoldOptions, 'seconds' | 'gone'>,
): Promise<void> {
  const until = performance.now() + seconds * 1_000;
  const jobs: Job[] = [];
  for (const job of submitted) {
    const left = Math.max(0, (until - performance.now()) / 1_000);
    const hold = { seconds: left, until: { kind: 'end' as const }, gone };
    jobs.push(seconds === 0 ? job : await holdJob(ports, job.tenantId, job.id, hold));
  }
  const ended = jobs.every((job) => hasEnded(job.status));
  if (!ended) setRetryAfter(response);
  response.set('cache-control', 'private, no-cache');
  response.status(ended ? 200 : 202).json({ jobs: jobs.map((job) => jobBody(job)) });
}
