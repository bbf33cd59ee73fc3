import { blobPrefixOf } from '@docusnap/contracts';
import { eraseJob, pollJob } from '@docusnap/db';
import type { Ports } from '../ports.ts';
import { type Call, idOf } from '../route.ts';

/**
 * `DELETE /v1/jobs/{id}`. The blobs go first: should the storage fail, the rows are still there and the same call can be made again. And once
 * more when the rows are gone: an image of a page may have been written in between. One that is written later finds no row, and goes with that.
 */
export async function erase(ports: Ports, { request, response, caller }: Call<object>): Promise<void> {
  const id = idOf(request, 'job_not_found');
  await pollJob(ports.db, caller.tenantId, id);
  await ports.blobs.removePrefix(blobPrefixOf(id));
  await eraseJob(ports.db, caller.tenantId, id);
  await ports.blobs.removePrefix(blobPrefixOf(id)).catch((err: unknown) => {
    ports.log.warn({ err, job: id }, 'it is not known whether an image of an erased job was left');
  });
  response.status(204).end();
}
