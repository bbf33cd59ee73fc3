import { once } from 'node:events';
import { AppError, hasEnded, type Job } from '@docusnap/contracts';
import { pagesSince, pollJob } from '@docusnap/db';
import type { Request, Response } from 'express';
import { recognise } from '../authenticate.ts';
import type { Ports } from '../ports.ts';
import { jobBody, pageBody } from '../present.ts';
import { type Call, idOf } from '../route.ts';
import { clientGone } from './hold.ts';
import { progressOf } from './progress.ts';

/**
 * `GET /v1/jobs/{id}/events`: server-sent events made from rows, so that any replica can go on where another stopped. A stream begins with
 * the job as it is; then each change comes as `page` events and one `job` event, where several changes may have become one. It ends after
 * the event of the job's end, with an `erased` event, or within two heartbeats of the end of the caller's key. A client that has seen the end already gets 204, which tells browsers not to connect again.
 */
export async function streamEvents(ports: Ports, { request, response, caller }: Call<object>): Promise<void> {
  const id = idOf(request, 'job_not_found');
  const gone = clientGone(response);
  let job = await pollJob(ports.db, caller.tenantId, id);
  const seen = lastEventId(request.get('last-event-id'));
  if (seen !== undefined && hasEnded(job.status) && seen >= job.version) {
    response.status(204).end();
    return;
  }
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  let sent = Math.min(seen ?? 0, job.version);
  await write(response, await changes(ports, job, sent));
  let admittedAt = performance.now();
  while (!hasEnded(job.status) && !gone.aborted && !ports.stopping.aborted) {
    sent = job.version;
    await ports.wake.wait(id, { after: sent, until: 'change', timeoutMs: ports.heartbeatMs, signal: gone });
    if (performance.now() - admittedAt >= ports.heartbeatMs) {
      if (!(await isStillAdmitted(ports, request))) break;
      admittedAt = performance.now();
    }
    const now = await pollUnlessErased(ports, caller.tenantId, id);
    if (!now) {
      await write(response, eventText('erased', undefined, { id }));
      break;
    }
    job = now;
    await write(response, job.version > sent ? await changes(ports, job, sent) : ': heartbeat\n\n');
  }
  response.end();
}

/** A stream may last for hours: whoever is not let in any more is told so when they come back. */
async function isStillAdmitted(ports: Ports, request: Request): Promise<boolean> {
  try {
    return !(await recognise(ports, request)).suspended;
  } catch (error) {
    if (error instanceof AppError && error.code === 'unauthorized') return false;
    throw error;
  }
}

async function pollUnlessErased(ports: Ports, tenantId: string, id: string): Promise<Job | null> {
  try {
    return await pollJob(ports.db, tenantId, id);
  } catch (error) {
    if (error instanceof AppError && error.code === 'job_not_found') return null;
    throw error;
  }
}

/** The pages that ended after version `since` in the order they did, then the job as it is. */
async function changes(ports: Ports, job: Job, since: number): Promise<string> {
  const events: string[] = [];
  const pages = job.version > since ? await pagesSince(ports.db, job.tenantId, job.id, since) : [];
  for (const page of pages) {
    // Pages newer than the job as it was read come with the next change.
    if (page.version === null || page.version > job.version) continue;
    // A page bears its version as id only while the job's event, which says more, has a later one: a client that was cut off between the
    // two must not be taken for one that has seen both.
    const id = page.version < job.version ? page.version : undefined;
    events.push(eventText('page', id, pageBody(page, null)));
  }
  events.push(eventText('job', job.version, jobBody(job, await progressOf(ports, job))));
  return events.join('');
}

function eventText(name: string, id: number | undefined, data: unknown): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

async function write(response: Response, text: string): Promise<void> {
  if (response.destroyed || response.write(text)) return;
  // A slow reader is waited for; one that goes away ends the wait.
  const over = new AbortController();
  const either = { signal: over.signal };
  await Promise.race([once(response, 'drain', either), once(response, 'close', either)]).finally(() => over.abort());
}

function lastEventId(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}
