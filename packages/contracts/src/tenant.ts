import { z } from 'zod';

/** What a tenant, or one key of it, may use; what is not named is not limited. Stored as it is. */
export const TenantLimits = z
  .strictObject({
    requests_per_minute: z.int().positive().optional().describe('Requests in any minute, over all gateways.'),
    pages_per_day: z.int().positive().optional().describe('Pages read in a day, by UTC.'),
    waiting_units: z
      .int()
      .positive()
      .optional()
      .describe('Files to open and pages to read that may wait at a time; further submits are refused until fewer do.'),
    bytes_waiting: z.int().positive().optional().describe('Bytes of the files of jobs that have not ended.'),
    retention_seconds: z
      .int()
      .positive()
      .optional()
      .describe('How long jobs are kept after their end unless they say otherwise.'),
  })
  .meta({ id: 'TenantLimits' });
export type TenantLimits = z.infer<typeof TenantLimits>;
