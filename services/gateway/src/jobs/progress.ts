import { hasEnded, type Job, type JobProgress } from '@docusnap/contracts';
import { jobProgress } from '@docusnap/db';
import type { Ports } from '../ports.ts';

/** Where the job stands; one more query, for jobs that run only. */
export async function progressOf(ports: Pick<Ports, 'db'>, job: Job): Promise<JobProgress | undefined> {
  return hasEnded(job.status) ? undefined : jobProgress(ports.db, job.tenantId, job.id);
}
