import type { JobBody, PageEntryBody } from '@docusnap/contracts';
import { hasEnded } from '@docusnap/contracts/job';
import { ask, CallError } from './call.ts';

/** What is heard of a job that is followed. */
export interface JobListener {
  readonly onJob: (job: JobBody) => void;
  /** A page has ended. Null: some have, and who wants to know which has to ask. */
  readonly onPage: (page: PageEntryBody | null) => void;
  readonly onErased: () => void;
  readonly onFailed: (error: unknown) => void;
}

/** Milliseconds after which a stream that has said nothing is held back by something between; its first event comes at once. */
const SILENT_MS = 4_000;
/** Seconds that one question for changes is held by the server. */
const HELD_SECONDS = 25;
/** Milliseconds of rest after a question that failed. */
const PAUSE_MS = 2_000;

/** Follows a job until it has ended, by server-sent events, or by held questions where those do not come through. Returns what stops it. */
export function watchJob(id: string, listener: JobListener): () => void {
  const over = new AbortController();
  const poll = () => void pollJob(id, listener, over.signal);
  if (typeof EventSource === 'undefined') poll();
  else stream(id, listener, { signal: over.signal, otherwise: poll });
  return () => over.abort();
}

function stream(
  id: string,
  listener: JobListener,
  { signal, otherwise }: { readonly signal: AbortSignal; readonly otherwise: () => void },
): void {
  const source = new EventSource(`/v1/jobs/${id}/events`);
  const close = () => {
    clearTimeout(silent);
    source.close();
    signal.removeEventListener('abort', close);
  };
  const giveUp = () => {
    close();
    if (!signal.aborted) otherwise();
  };
  const silent = setTimeout(giveUp, SILENT_MS);
  signal.addEventListener('abort', close);
  source.addEventListener('page', (event) => listener.onPage(JSON.parse(event.data)));
  source.addEventListener('job', (event) => {
    clearTimeout(silent);
    const job = JSON.parse(event.data) as JobBody;
    if (hasEnded(job.status)) close();
    listener.onJob(job);
  });
  source.addEventListener('erased', () => {
    close();
    listener.onErased();
  });
  // The browser connects again by itself; one that has closed was refused, and a held question says why. One end in a row is nothing to tell of: servers
  // end streams when they are replaced.
  let ends = 0;
  source.addEventListener('open', () => {
    ends = 0;
  });
  source.addEventListener('error', () => {
    ends += 1;
    if (source.readyState === EventSource.CLOSED) giveUp();
    else if (ends > 1)
      listener.onFailed(new CallError({ code: 'unreachable', detail: '', status: 0, retryable: true }));
  });
}

/** The same by `?wait=`: each question is answered when something has changed, or after a while. */
async function pollJob(id: string, listener: JobListener, signal: AbortSignal): Promise<void> {
  let tag: string | null = null;
  while (!signal.aborted) {
    try {
      const answer: Response = await ask(`/v1/jobs/${id}${tag ? `?wait=${HELD_SECONDS}` : ''}`, {
        ...(tag && { headers: { 'if-none-match': tag } }),
        signal,
      });
      if (answer.status === 304) continue;
      tag = answer.headers.get('etag');
      const job = (await answer.json()) as JobBody;
      listener.onPage(null);
      listener.onJob(job);
      if (hasEnded(job.status)) return;
      // An answer without a tag would be asked for again at once.
      if (tag === null) await pause(signal);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof CallError && error.code === 'job_not_found') return listener.onErased();
      listener.onFailed(error);
      if (error instanceof CallError && !error.retryable) return;
      await pause(signal);
    }
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PAUSE_MS);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Waits until a job has ended. Throws CallError. */
export async function waitForJob(id: string, signal?: AbortSignal): Promise<JobBody> {
  for (;;) {
    const job = (await (await ask(`/v1/jobs/${id}?wait=${HELD_SECONDS}`, { signal })).json()) as JobBody;
    if (hasEnded(job.status)) return job;
  }
}
