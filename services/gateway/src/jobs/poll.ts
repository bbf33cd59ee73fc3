import type { Response } from 'express';
import type { z } from 'zod';
import type { Ports } from '../ports.ts';
import { notesOf } from '../request-log.ts';
import { type Call, idOf } from '../route.ts';
import { bodyText } from './body-text.ts';
import { seenVersions } from './etag.ts';
import { clientGone, holdJob, type WaitQuery } from './hold.ts';
import { setJobHeaders } from './job-headers.ts';
import { progressOf } from './progress.ts';

/**
 * `GET /v1/jobs/{id}`. With `If-None-Match` the first change is what is waited for, and 304 says there was none; without it the end.
 */
export async function poll(ports: Ports, call: Call<z.output<typeof WaitQuery>>): Promise<void> {
  const { request, response, query, caller } = call;
  const id = idOf(request, 'job_not_found');
  const isSeen = seenVersions(request.get('if-none-match'));
  const until = isSeen === undefined ? { kind: 'end' as const } : { kind: 'change' as const, isSeen };
  const job = await holdJob(ports, caller.tenantId, id, {
    seconds: query.wait,
    until,
    gone: () => clientGone(response),
    version: notesOf(response).version,
  });
  setJobHeaders(response, job);
  if (isSeen?.(job.version)) response.status(304).end();
  else sendText(response, bodyText(job, await progressOf(ports, job)));
}

/** What `response.json` would send, without looking for a charset, an ETag and freshness: those took as long as all else of an answer. */
function sendText(response: Response, text: string): void {
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('content-length', Buffer.byteLength(text));
  response.end(text);
}
