import { DocuSnapError } from '../errors.ts';
import type { Job, Page } from '../generated/api.ts';
import { type CallOptions, requestOf } from '../http/call.ts';
import type { Http } from '../http/http.ts';
import { pause } from '../http/pause.ts';
import { serverEvents } from '../http/server-events.ts';
import { hasEnded } from './ended.ts';
import { heldEvents } from './held-events.ts';

/** A page that ended, without its text; or the job as it is by then. */
export type JobEvent =
  | { readonly type: 'page'; readonly page: Page; readonly id: string | undefined }
  | { readonly type: 'job'; readonly job: Job; readonly id: string | undefined };

export interface StreamOptions extends CallOptions {
  /** The id of the last event seen: only later ones follow. */
  readonly lastEventId?: string | undefined;
  /** Milliseconds until a stream that has said nothing counts as held back by something between; 5,000 unless given. */
  readonly silentMs?: number | undefined;
}

/** Before a broken stream is taken up again. */
const AGAIN_MS = 500;
/** Streams that end at once without an event, one after another, before it is given up. */
const MOST_EMPTY = 10;

/** A server tells the job as it is as soon as it is asked. */
const SILENT_MS = 5_000;

/**
 * The events of a job until its end. A stream that breaks goes on where it was; where something between holds streams back, as proxies do that collect
 * an answer before they pass it on, the same is learnt by held questions. Throws `job_not_found` when the job is erased meanwhile.
 */
export async function* stream(
  http: Http,
  id: string,
  { signal, lastEventId, silentMs = SILENT_MS }: StreamOptions = {},
): AsyncGenerator<JobEvent> {
  let last = lastEventId;
  let heard = false;
  for (let empty = 0; empty < MOST_EMPTY; empty += 1) {
    const silent = new AbortController();
    const timer = heard ? undefined : setTimeout(() => silent.abort(), silentMs);
    try {
      const body = await open(http, id, last, signal ? AbortSignal.any([signal, silent.signal]) : silent.signal);
      if (body === null) return;
      for await (const { id: eventId, type, data } of serverEvents(body)) {
        clearTimeout(timer);
        heard = true;
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
      if (silent.signal.aborted) return yield* heldEvents(http, id, { signal });
      // The connection broke; what else goes wrong has a name of its own.
      if (error instanceof DocuSnapError || error instanceof SyntaxError) throw error;
    } finally {
      clearTimeout(timer);
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
