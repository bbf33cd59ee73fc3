import { AppError, type Caller, FillResult, hasEnded, type Job } from '@docusnap/contracts';
import { pollJob } from '@docusnap/db';
import { type Filling, fillBlanks } from '@docusnap/formats';
import type { Ports } from '../ports.ts';
import { understandingOf } from './extractions.ts';

/**
 * The values that another job of the tenant filled a form with, and the blanks of this form where they belong. Throws `job_not_found` and
 * `result_not_ready` of the other job, `form_not_understood` where this one's blanks are not known, `nothing_filled` where the other has no values.
 */
export async function fillingOf(ports: Ports, caller: Caller, form: Job, fillId: string): Promise<Filling> {
  const understood = await understandingOf(ports, caller, form);
  if (understood?.task !== 'form') throw new AppError('form_not_understood');
  const fill = await pollJob(ports.db, caller.tenantId, fillId);
  if (!hasEnded(fill.status)) throw new AppError('result_not_ready');
  const filled = await understandingOf(ports, caller, fill);
  if (filled?.task !== 'fill') throw new AppError('nothing_filled');
  const values = Object.entries(FillResult.parse(filled.result)).map(([label, { value }]) => [label, value] as const);
  return fillBlanks(understood.blanks, Object.fromEntries(values));
}
