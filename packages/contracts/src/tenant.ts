import { z } from 'zod';
import { LIMITS } from './limits.ts';

/** PostgreSQL counts requests as integers; it is far more than an installation can take. */
const MOST_REQUESTS = 2 ** 31 - 1;

/** What a tenant, or one key of it, may use; what is not named is not limited. Stored as it is. */
export const TenantLimits = z
  .strictObject({
    requests_per_minute: z
      .int()
      .positive()
      .max(MOST_REQUESTS)
      .optional()
      .describe('Requests in any minute, over all gateways.'),
    pages_per_day: z.int().positive().optional().describe('Pages read in a day, by UTC.'),
    waiting_units: z
      .int()
      .positive()
      .optional()
      .describe('Files to open and pages to read that may wait at a time; further submits are refused until fewer do.'),
    bytes_waiting: z.int().positive().optional().describe('Bytes of the files of jobs that have not ended.'),
    // A time that is no date any more would keep jobs from ending.
    retention_seconds: z
      .int()
      .positive()
      .max(LIMITS.retentionSeconds)
      .optional()
      .describe('How long jobs are kept after their end unless they say otherwise.'),
  })
  .meta({ id: 'TenantLimits' });
export type TenantLimits = z.infer<typeof TenantLimits>;
