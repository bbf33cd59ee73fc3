import type { OutgoingEvent } from '@docusnap/contracts';
import { jobBody } from '../present.ts';

/** What is sent: the same at each attempt. The job is as it was at its end, without any text of its documents. */
export function eventBody({ id, type, at, job, webhookId }: OutgoingEvent): string {
  return JSON.stringify({
    id,
    type,
    timestamp: at.toISOString(),
    data: job ? jobBody(job) : { webhook_id: webhookId },
  });
}
