import type { PageEntry } from '../generated/api.ts';
import { type CallOptions, call } from '../http/call.ts';
import type { Http } from '../http/http.ts';
import { type Listing, listing } from '../http/listing.ts';

export interface PageListOptions extends CallOptions {
  readonly status?: PageEntry['status'] | undefined;
  readonly limit?: number | undefined;
}

/** The pages of a job without their texts. */
export function pageList(http: Http, id: string, { signal, ...query }: PageListOptions = {}): Listing<PageEntry> {
  return listing(async (cursor) => {
    const part = await call(http, 'get_v1_jobs_id_pages', { parts: { id }, query: { ...query, cursor }, signal });
    return { items: part.pages, nextCursor: part.next_cursor };
  });
}

/** Names a page within its job, also while it has no number. */
export const keyOf = ({ file_index, file_frame }: PageEntry): string => `${file_index}-${file_frame}`;
