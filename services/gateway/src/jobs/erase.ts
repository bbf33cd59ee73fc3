import { AppError, blobPrefixOf, type Caller } from '@docusnap/contracts';
import { eraseJob, finishErasure, readErasure } from '@docusnap/db';
import type { Ports } from '../ports.ts';
import { erasureBody } from '../present.ts';
import { type Call, idOf } from '../route.ts';

/**
 * `DELETE /v1/jobs/{id}`. The rows and the data key go first, with a note of what is left to do: from then on nothing of the job can be found or opened.
 * Then the blobs; should the storage or this process fail, they are removed as soon as can be (retention), and 202 says so.
 */
export async function erase(ports: Ports, { request, response, caller }: Call<object>): Promise<void> {
  const id = idOf(request, 'job_not_found');
  const isRemoved = await eraseWithBlobs(ports, caller, id);
  const wanted = wantsReceipt(request.headers.prefer) ? 'return=representation' : undefined;
  if (wanted !== undefined) response.set('preference-applied', wanted);
  if (!isRemoved) response.location(`/v1/erasures/${id}`);
  if (isRemoved && wanted === undefined) return void response.status(204).end();
  response.status(isRemoved ? 200 : 202).json(erasureBody(await readErasure(ports.db, caller.tenantId, id)));
}

/** Says whether the blobs are gone, too. Throws `job_not_found`. */
export async function eraseWithBlobs(
  ports: Ports,
  { tenantId, keyId }: Pick<Caller, 'tenantId' | 'keyId'>,
  id: string,
): Promise<boolean> {
  await eraseJob(ports.db, tenantId, id, { keyId });
  return removeBlobs(ports, tenantId, id);
}

/** `GET /v1/erasures/{id}`, by the id of the job. */
export async function erasure(ports: Ports, { request, response, caller }: Call<object>): Promise<void> {
  const id = idOf(request, 'erasure_not_found');
  response.json(erasureBody(await readErasure(ports.db, caller.tenantId, id)));
}

async function removeBlobs(ports: Ports, tenantId: string, id: string): Promise<boolean> {
  try {
    await ports.blobs.removePrefix(blobPrefixOf(id));
    await finishErasure(ports.db, tenantId, id);
    return true;
  } catch (err) {
    if (!(err instanceof AppError)) throw err;
    ports.log.warn({ err, job: id }, 'the blobs of an erased job are still to be removed');
    return false;
  }
}

/** RFC 7240. */
function wantsReceipt(prefer: string | string[] | undefined): boolean {
  return /(?:^|[,;])\s*return\s*=\s*"?representation"?\s*(?:$|[,;])/i.test(String(prefer ?? ''));
}
