import type { Job } from '@docusnap/contracts';

/** A job's ETag: its version, which grows with every visible change. Weak, since two answers of a version may differ in their bytes. */
export function etagOf(job: Job): string {
  return `W/"${job.version}"`;
}

/** The version named by `If-None-Match`: what the client has seen; undefined when it names none of ours. */
export function seenVersion(ifNoneMatch: string | undefined): number | undefined {
  const match = /^(?:W\/)?"(\d{1,15})"$/.exec(ifNoneMatch?.trim() ?? '');
  return match ? Number(match[1]) : undefined;
}
