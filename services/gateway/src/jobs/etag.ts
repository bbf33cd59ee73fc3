import type { Job } from '@docusnap/contracts';
import { namedTags } from '../http/if-none-match.ts';

/** A job's ETag: its version, which grows with every visible change. Weak, since two answers of a version may differ in their bytes. */
export function etagOf(job: Job): string {
  return `W/"${job.version}"`;
}

/** Whether the client has seen a version, by what `If-None-Match` names; undefined when that is none of ours. */
export function seenVersions(ifNoneMatch: string | undefined): ((version: number) => boolean) | undefined {
  if (ifNoneMatch === undefined) return undefined;
  const named = namedTags(ifNoneMatch);
  if (named === 'any') return () => true;
  const isOurs = [...named].some((tag) => /^\d{1,15}$/.test(tag));
  return isOurs ? (version) => named.has(String(version)) : undefined;
}
