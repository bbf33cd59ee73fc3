import type { Job } from '../generated/api.ts';
import { type CallOptions, requestOf } from '../http/call.ts';
import type { Http } from '../http/http.ts';
import { hasEnded } from './ended.ts';

export interface WaitOptions extends CallOptions {
  /** Told of the job as it is, and at each change. */
  readonly onChange?: ((job: Job) => void) | undefined;
}

/** Seconds for which the server holds one question, and for which its answer may be on its way. */
const HOLD_SECONDS = 50;
const GRACE_SECONDS = 30;

/** Waits for a job's end, by questions that the server holds until something has changed. */
export async function wait(http: Http, id: string, { signal, onChange }: WaitOptions = {}): Promise<Job> {
  let etag: string | undefined;
  let last: Job | undefined;
  for (;;) {
    const seen: { readonly job: Job | undefined; readonly etag: string | undefined } = await look(http, id, {
      signal,
      // Without its ETag the server answers at the end only, or when its time is up.
      etag: onChange && etag,
      hold: last !== undefined || onChange === undefined,
    });
    etag = seen.etag ?? etag;
    last = seen.job ?? last;
    if (seen.job) onChange?.(seen.job);
    if (seen.job && hasEnded(seen.job)) return seen.job;
  }
}

interface LookOptions extends CallOptions {
  readonly etag: string | undefined;
  readonly hold: boolean;
}

/** The job, unless it is as it was by its ETag; held until it changes, or for a while. */
export async function look(http: Http, id: string, { signal, etag, hold }: LookOptions) {
  const request = requestOf('get_v1_jobs_id', {
    parts: { id },
    query: hold ? { wait: HOLD_SECONDS } : {},
    headers: etag === undefined ? {} : { 'if-none-match': etag },
    timeoutMs: (HOLD_SECONDS + GRACE_SECONDS) * 1_000,
    signal,
  });
  return http.send({ ...request, alsoGood: [304] }, async (response) => ({
    job: response.status === 304 ? undefined : ((await response.json()) as Job),
    etag: response.headers.get('etag') ?? undefined,
  }));
}
