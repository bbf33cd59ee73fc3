import { hasEnded, type Job, type JobProgress } from '@docusnap/contracts';
import { jobBody } from '../present.ts';

/** Of jobs that have ended, which the database hands out again while they are as they were. */
const texts = new WeakMap<Job, string>();

/** A job as the API shows it, as JSON. */
export function bodyText(job: Job, progress?: JobProgress): string {
  if (!hasEnded(job.status)) return JSON.stringify(jobBody(job, progress));
  const known = texts.get(job);
  if (known !== undefined) return known;
  const text = JSON.stringify(jobBody(job));
  texts.set(job, text);
  return text;
}
