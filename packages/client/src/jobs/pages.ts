import type { Page } from '../generated/api.ts';
import { type CallOptions, call } from '../http/call.ts';
import type { Http } from '../http/http.ts';
import { keyOf, pageList } from './page-list.ts';
import { stream } from './stream.ts';

/** One page, with its text once it is read. */
export function page(http: Http, id: string, n: number, options: CallOptions = {}): Promise<Page> {
  return call(http, 'get_v1_jobs_id_pages_n', { parts: { id, n }, ...options });
}

/**
 * Each page of a job as soon as it has ended, in that order: those read with their text, those that failed with their error. Ends with the job. What
 * waits for a number, because a file before it is not open yet, comes last.
 */
export async function* pages(http: Http, id: string, options: CallOptions = {}): AsyncGenerator<Page> {
  const given = new Set<string>();
  for await (const event of stream(http, id, options)) {
    if (event.type !== 'page' || event.page.number === null || given.has(keyOf(event.page))) continue;
    given.add(keyOf(event.page));
    yield await withText(http, id, event.page, options);
  }
  for await (const entry of pageList(http, id, options)) {
    if (entry.status === 'queued' || given.has(keyOf(entry))) continue;
    yield await withText(http, id, { ...entry, text: null }, options);
  }
}

async function withText(http: Http, id: string, ended: Page, options: CallOptions): Promise<Page> {
  if (ended.status !== 'done' || ended.number === null) return ended;
  return page(http, id, ended.number, options);
}
