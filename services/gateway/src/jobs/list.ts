import type { Job, JobListQuery } from '@docusnap/contracts';
import { jobVersions, listJobs, readEither } from '@docusnap/db';
import type { Ports } from '../ports.ts';
import { jobBody } from '../present.ts';
import type { Call } from '../route.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';

/** `GET /v1/jobs`: the newest first. From a replica it may lack what is newer than that, but shows nothing that was erased. */
export async function list(ports: Ports, { response, query, caller }: Call<JobListQuery>): Promise<void> {
  const { status, name, batch, created_after, created_before, limit, cursor } = query;
  const filter = {
    limit,
    ...(status && { status }),
    ...(name && { name }),
    ...(batch && { batchId: batch }),
    ...(created_after && { createdAfter: new Date(created_after) }),
    ...(created_before && { createdBefore: new Date(created_before) }),
    ...(cursor && { after: decodeCursor(cursor) }),
  };
  const { jobs, next, from } = await readEither(ports.replica, ports.db, async (db) => ({
    ...(await listJobs(db, caller.tenantId, filter)),
    from: db,
  }));
  const shown = from === ports.db ? jobs : await thoseStillThere(ports, jobs);
  response.json({ jobs: shown.map((job) => jobBody(job)), next_cursor: next && encodeCursor(next) });
}

async function thoseStillThere({ db }: Ports, jobs: readonly Job[]): Promise<Job[]> {
  const ids = jobs.map(({ id }) => id);
  const there = await jobVersions(db, ids);
  return jobs.filter(({ id }) => there.has(id));
}
