import type { JobListQuery } from '@docusnap/contracts';
import { listJobs, readEither } from '@docusnap/db';
import type { Ports } from '../ports.ts';
import { jobBody } from '../present.ts';
import type { Call } from '../route.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';

/** `GET /v1/jobs`: the newest first. */
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
  const { jobs, next } = await readEither(ports.replica, ports.db, (db) => listJobs(db, caller.tenantId, filter));
  response.json({ jobs: jobs.map((job) => jobBody(job)), next_cursor: next && encodeCursor(next) });
}
