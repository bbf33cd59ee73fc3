import { z } from 'zod';
import { ERASURE_REASONS } from './erasure.ts';
import { Id, Time } from './rest.ts';

/** The shape of `/v1/erasures`. */

export const ErasureBody = z
  .object({
    job_id: Id,
    status: z
      .enum(['removing', 'gone'])
      .describe('removing: nothing of it can be opened any more, but sealed bytes may be left; gone: nothing is left.'),
    reason: z
      .enum(ERASURE_REASONS)
      .describe('request: somebody asked; expiry: its time was up; tenant: its tenant was erased.'),
    key_id: Id.nullable().describe('The API key that asked for it; null where none did.'),
    erased_at: Time.describe(
      'When it was asked for, or done for its time was up: its rows and its data key are gone since then.',
    ),
    gone_at: Time.nullable().describe(
      'When the last of its sealed bytes was gone. Of a job that was being read minutes before this is some minutes later: it is made sure that no reader left any.',
    ),
    removed: z
      .object({
        files: z.int(),
        bytes: z.int().describe('Of the files as they came.'),
        pages: z.int(),
        texts: z.int().describe('Texts of pages.'),
        extractions: z.int().describe('Results of understanding.'),
        images: z.int().describe('Pictures of pages.'),
        data_keys: z
          .int()
          .describe('Keys without which nothing of the job can be opened, wherever a copy of it may lie.'),
      })
      .describe('What there was.'),
  })
  .meta({ id: 'Erasure' });
export type ErasureBody = z.infer<typeof ErasureBody>;
