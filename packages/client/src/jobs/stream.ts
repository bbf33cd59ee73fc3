import { DocuSnapError } from '../errors.ts';
import type { Job, Page } from '../generated/api.ts';
import { type CallOptions, requestOf } from '../http/call.ts';
import type { Http } from '../http/http.ts';
import { pause } from '../http/pause.ts';
import { serverEvents } from '../http/server-events.ts';
import { hasEnded } from './ended.ts';

/** A page that ended, without its text; or the job as it is by then. */
export type JobEvent =
  | { readonly type: 'page'; readonly page: Page; readonly id: string | undefined }
  | { readonly type: 'job'; readonly job: Job; readonly id: string | undefined };

export interface StreamOptions extends CallOptions {
  /** The id of the last event seen: only later ones follow. */
  readonly lastEventId?: string | undefined;
}

/** Before a broken stream is taken up again. */
const AGAIN_MS = 500;
/** Streams that end at once without an event, one after another, before it is given up. */
const MOST_EMPTY = 10;

/** The events of a job until its end. A stream that breaks goes on where it was. Throws `job_not_found` when the job is erased meanwhile. */
export async function* stream(
  http: Http,
  id: string,
  { signal, lastEventId }: StreamOptions = {},
): AsyncGenerator<JobEvent> {
  let last = lastEventId;
  for (let empty = 0; empty < MOST_EMPTY; empty += 1) {
    const body = await open(http, id, last, signal);
    if (body === null) return;
    try {
      for await (const { id: eventId, type, data } of serverEvents(body)) {
        last = eventId ?? last;
        empty = 0;
        if (type === 'page') yield { type, page: JSON.parse(data) as Page, id: eventId };
        if (type === 'erased') throw new DocuSnapError({ code: 'job_not_found', message: 'The job was erased.' });
        if (type !== 'job') continue;
        const job = JSON.parse(data) as Job;
        yield { type, job, id: eventId };
        if (hasEnded(job)) return;
      }
    } catch (error) {
      signal?.throwIfAborted();
      // The connection broke; what else goes wrong has a name of its own.
      if (error instanceof DocuSnapError || error instanceof SyntaxError) throw error;
    }
    await pause(AGAIN_MS, signal);
  }
  throw new DocuSnapError({
    code: 'unexpected_answer',
    message: `${http.url} ends the stream of events again and again.`,
  });
}

/** Null when the last event seen was that of the end. */
function open(http: Http, id: string, last: string | undefined, signal: AbortSignal | undefined) {
  const headers = { accept: 'text/event-stream', ...(last !== undefined && { 'last-event-id': last }) };
  const request = requestOf('get_v1_jobs_id_events', { parts: { id }, headers, timeoutMs: null, signal });
  return http.send(request, async (response) => (response.status === 204 ? null : response.body));
}
