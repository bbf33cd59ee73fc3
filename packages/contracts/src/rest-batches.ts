import { z } from 'zod';
import { JOB_STATUSES } from './job.ts';
import { Id, Metadata, Time } from './rest.ts';

/** The shapes of `/v1/batches`. */

export const BATCH_STATUSES = ['empty', 'running', 'ended'] as const;

export const BatchBody = z
  .object({
    id: Id,
    name: z.string().nullable(),
    status: z
      .enum(BATCH_STATUSES)
      .describe('ended: each document that it has been given so far has ended; it runs again when it is given more.'),
    documents: z
      .object({ total: z.int(), ended: z.int(), by_status: z.partialRecord(z.enum(JOB_STATUSES), z.int()) })
      .describe('Erased ones do not count.'),
    pages: z
      .object({ total: z.int().nullable(), done: z.int(), failed: z.int() })
      .describe('total is null until every file has been opened.'),
    progress: z.number().min(0).max(1).describe('Documents that have ended, of all.'),
    metadata: Metadata.nullable(),
    created_at: Time,
    links: z.object({ self: z.string(), jobs: z.string() }),
  })
  .meta({ id: 'Batch' });
export type BatchBody = z.infer<typeof BatchBody>;

/** The answer to `POST /v1/batches`: what was made of the files that came with it, in their order. */
export const NewBatchBody = BatchBody.extend({ jobs: z.array(Id) }).meta({ id: 'NewBatch' });

export const BatchListQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(200).optional(),
});
export type BatchListQuery = z.infer<typeof BatchListQuery>;

export const BatchListBody = z
  .object({ batches: z.array(BatchBody), next_cursor: z.string().nullable() })
  .meta({ id: 'BatchList' });
