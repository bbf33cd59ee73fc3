import { AppError, type UsageBody } from '@docusnap/contracts';
import { readUsage, type Usage } from '@docusnap/db';
import { z } from 'zod';
import type { Ports } from '../ports.ts';
import type { Call } from '../route.ts';

/** Days of one answer. */
const MOST_DAYS = 400;
const DEFAULT_DAYS = 30;
const DAY_MS = 86_400_000;

export const UsageQuery = z.strictObject({
  from: z.iso.date().optional().describe('The first day, by UTC; 30 days before `to` unless given.'),
  to: z.iso.date().optional().describe('The day after the last one; tomorrow unless given.'),
  group_by: z.enum(['day', 'key', 'day,key', 'none']).default('day'),
});

/** `GET /v1/usage`: of the own tenant, by the ends of its jobs. */
export async function read(
  ports: Ports,
  { response, query, caller }: Call<z.output<typeof UsageQuery>>,
): Promise<void> {
  const to = query.to ?? dayOf(Date.now() + DAY_MS);
  const from = query.from ?? dayOf(Date.parse(to) - DEFAULT_DAYS * DAY_MS);
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
  if (days <= 0) throw new AppError('bad_request', 'from: has to be before to.');
  if (days > MOST_DAYS) throw new AppError('bad_request', `from: is more than ${MOST_DAYS} days before to.`);
  const span = { from, to, byDay: query.group_by.startsWith('day'), byKey: query.group_by.endsWith('key') };
  const usage = await readUsage(ports.db, caller.tenantId, span);
  response.json({ from, to, usage: usage.map(usageBody) });
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function usageBody(usage: Usage): UsageBody {
  return {
    day: usage.day,
    key_id: usage.keyId,
    jobs: usage.jobs,
    jobs_failed: usage.jobsFailed,
    files: usage.files,
    bytes: usage.bytes,
    pages: usage.pages,
    pages_failed: usage.pagesFailed,
    pages_cached: usage.pagesCached,
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
  };
}
