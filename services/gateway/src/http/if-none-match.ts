/** One entity tag. Marked as weak or not makes no difference in `If-None-Match` (RFC 9110, 13.1.2). */
const TAG = /(?:W\/)?"([^"]*)"/g;

/** What stands between the quotes of the tags that `If-None-Match` lists; `any` for `*`, which stands for whatever there is. */
export function namedTags(ifNoneMatch: string | undefined): ReadonlySet<string> | 'any' {
  if (ifNoneMatch === undefined) return NONE;
  if (ifNoneMatch.trim() === '*') return 'any';
  return new Set(Array.from(ifNoneMatch.matchAll(TAG), ([, tag]) => tag ?? ''));
}

const NONE: ReadonlySet<string> = new Set();

/** Whether the client has what bears this tag, as it would be sent in `ETag`. */
export function hasTag(ifNoneMatch: string | undefined, etag: string): boolean {
  const named = namedTags(ifNoneMatch);
  return named === 'any' || named.has(etag.slice(etag.indexOf('"') + 1, -1));
}
