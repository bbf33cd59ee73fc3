import { jobContext, unwrapDataKey } from '@docusnap/blobs';
import { AppError, RENDITION_WIDTH, type Rendition, renditionKeyOf } from '@docusnap/contracts';
import { type PageImageRow, readPageImageRow } from '@docusnap/db';
import { readImageHead } from '@docusnap/formats';
import { z } from 'zod';
import { hasTag } from '../http/if-none-match.ts';
import type { Ports } from '../ports.ts';
import { type Call, idOf, pathPart } from '../route.ts';
import { asError } from './stored-failure.ts';

/** Milliseconds after a job's end during which the images of its pages may still be made: those of a long PDF wait for idle readers. */
const MAKING_MS = 600_000;
/** What a page's image is never changes, so programs need not ask twice: seconds, a year. */
const FOR_EVER = 31_536_000;

export const ImageQuery = z.strictObject({
  width: z.coerce
    .number()
    .int()
    .min(1)
    .max(20_000)
    .default(RENDITION_WIDTH.large)
    .describe(
      `Pixels across that are wanted. There are two pictures of a page, ${RENDITION_WIDTH.small} and about ${RENDITION_WIDTH.large} wide, or as wide as the page where that is narrower: the smaller one comes where it is wide enough.`,
    ),
});

/**
 * `GET /v1/jobs/{id}/pages/{n}/image?width=`, also while other pages are still read. Throws `page_not_found`, `page_not_ready`, the page's own
 * error when it was not read, `image_not_ready` shortly after it was, `image_not_made`, `blob_missing`, `blob_damaged`.
 */
export async function image(ports: Ports, call: Call<z.output<typeof ImageQuery>>): Promise<void> {
  const { request, response, caller, query } = call;
  const jobId = idOf(request, 'job_not_found');
  const number = pathPart(request, 'n');
  if (!/^[1-9]\d{0,8}$/.test(number)) throw new AppError('page_not_found');
  const row = await readPageImageRow(ports.db, caller.tenantId, jobId, Number(number));
  refuseUnlessMade(row);
  const rendition: Rendition = query.width <= RENDITION_WIDTH.small ? 'small' : 'large';
  const tag = `"${row.fileIndex}-${row.fileFrame}-${rendition}"`;
  response.set('etag', tag);
  // A browser asks each time, and is told that nothing has changed: one that kept pictures would show them after the sign-out, or after the job's erasure.
  const isBrowser = request.headers.authorization === undefined;
  response.set('cache-control', isBrowser ? 'private, no-cache' : `private, max-age=${FOR_EVER}, immutable`);
  // Not Express's `fresh`: clients that keep nothing themselves send "no-cache" with the tag they name.
  if (hasTag(request.headers['if-none-match'], tag)) {
    response.status(304).end();
    return;
  }
  const dataKey = unwrapDataKey(ports.masterKeys, row.key, jobContext(jobId));
  const key = renditionKeyOf(jobId, row.fileIndex, row.fileFrame, rendition);
  // Whole, before a byte of it is sent: it has some hundred KB, and only its end says that it is all there.
  const bytes = Buffer.concat(await Array.fromAsync(ports.blobs.get(key, dataKey)));
  const head = await readImageHead('image/jpeg', once(bytes));
  if (!head) throw new AppError('blob_damaged', 'They are no picture.');
  response.set('x-image-width', String(head.width));
  response.set('x-image-height', String(head.height));
  response.type('image/jpeg').send(bytes);
}

/** Throws why there is no image of a page to show. */
export function refuseUnlessMade({ status, error, renditions, endedMs }: PageImageRow): void {
  if (status === 'queued') throw new AppError('page_not_ready');
  if (error) throw asError(error);
  if (renditions === 'made') return;
  // Its worker may have died between the saving of the text and the making of the images.
  const mayCome = renditions === null && (endedMs === null || endedMs < MAKING_MS);
  throw new AppError(mayCome ? 'image_not_ready' : 'image_not_made');
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
