import type { Request } from 'express';
import { type ServedFile, servedFile } from './files.ts';

/** As browsers say it of a page that somebody opened by typing, pasting or from another program, or that a page of ours led to. */
const OWN_WAYS: readonly (string | undefined)[] = ['none', 'same-origin'];
/** Names what the answer depends on. */
export const OPENED_BY = 'Sec-Fetch-Site';

/** Pages with the mark, made once for each build. */
const marked = new WeakMap<ServedFile, ServedFile>();

/**
 * The console's page, marked where it was opened directly: the page itself cannot know. A one-time link that another site leads to would sign a browser in
 * as somebody else unasked, and what is then read there is theirs to see; so the page asks first, unless it bears the mark. Browsers say nothing of this
 * to addresses without TLS that are not of their own machine: there it asks, too.
 */
export function pageAsOpened(request: Request, page: ServedFile): ServedFile {
  if (!OWN_WAYS.includes(request.get(OPENED_BY))) return page;
  const made =
    marked.get(page) ??
    servedFile('index.html', Buffer.from(page.bytes.toString().replace('<html', '<html data-opened="directly"')));
  marked.set(page, made);
  return made;
}
