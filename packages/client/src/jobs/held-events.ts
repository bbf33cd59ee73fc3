import type { CallOptions } from '../http/call.ts';
import type { Http } from '../http/http.ts';
import { pause } from '../http/pause.ts';
import { hasEnded } from './ended.ts';
import { keyOf, pageList } from './page-list.ts';
import type { JobEvent } from './stream.ts';
import { look } from './wait.ts';

/** Between two looks at the pages of a job that changes all the time: each lists them all. */
const PAUSE_MS = 1_000;

/** The same as a stream of events, by questions that the server holds until something has changed. They bear no ids. */
export async function* heldEvents(http: Http, id: string, { signal }: CallOptions): AsyncGenerator<JobEvent> {
  const given = new Set<string>();
  let etag: string | undefined;
  for (;;) {
    const { job, etag: now } = await look(http, id, { signal, etag, hold: etag !== undefined });
    etag = now ?? etag;
    if (job === undefined) continue;
    for await (const entry of pageList(http, id, { signal })) {
      if (entry.status === 'queued' || given.has(keyOf(entry))) continue;
      given.add(keyOf(entry));
      yield { type: 'page', page: { ...entry, text: null }, id: undefined };
    }
    yield { type: 'job', job, id: undefined };
    if (hasEnded(job)) return;
    await pause(PAUSE_MS, signal);
  }
}
