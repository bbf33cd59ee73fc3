import { z } from 'zod';
import { Id, Time } from './rest.ts';

/** The shapes of `/v1/usage` and `/v1/audit`. */

const Count = z
  .int()
  .describe('Never less than zero over the whole life of a job; a day on which failed pages were read again may be.');

export const UsageBody = z
  .object({
    day: z.iso.date().nullable().describe('By UTC, of the end of the jobs; null unless grouped by day.'),
    key_id: Id.nullable().describe('Null unless grouped by key, and for jobs that came without one.'),
    jobs: Count,
    jobs_failed: Count,
    files: Count,
    bytes: Count.describe('Of the files.'),
    pages: Count.describe('Read, those from the cache included.'),
    pages_failed: Count,
    pages_cached: Count.describe('Taken over from the cache.'),
    prompt_tokens: Count.describe('Of all questions to a language model, those of failed attempts included.'),
    completion_tokens: Count,
  })
  .meta({ id: 'Usage' });
export type UsageBody = z.infer<typeof UsageBody>;

export const UsageListBody = z
  .object({ from: z.iso.date(), to: z.iso.date(), usage: z.array(UsageBody) })
  .meta({ id: 'UsageList' });

export const AuditEntryBody = z
  .object({
    at: Time,
    tenant_id: Id.nullable(),
    key_id: Id.nullable(),
    subject: z.string().nullable().describe('`sub` of the JWT that was sent.'),
    action: z.string().describe('Method and route, such as `DELETE /v1/jobs/{id}`.'),
    target: z.string().nullable().describe('Id of what it was done to.'),
    status: z.int(),
    request_id: z.string(),
    address: z.string().nullable(),
    times: z.int().describe('How often: refusals of one address and caller are one entry a minute.'),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntryBody = z.infer<typeof AuditEntryBody>;

export const AuditListBody = z
  .object({ entries: z.array(AuditEntryBody), next_cursor: z.string().nullable() })
  .meta({ id: 'AuditList' });
