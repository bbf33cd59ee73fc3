import { AppError, type Caller, type JobWebhook } from '@docusnap/contracts';
import { readWebhook } from '@docusnap/db';
import { askedUrl } from '../fetch/target.ts';
import type { Ports } from '../ports.ts';

/**
 * Whether a job may tell whom it names: an endpoint of the same tenant, or an address that may be reached as far as it shows. Throws `webhook_not_found`,
 * `webhook_disabled`, `webhook_url_refused`.
 */
export async function checkJobWebhook(
  ports: Pick<Ports, 'db' | 'fetchPolicy'>,
  { tenantId }: Pick<Caller, 'tenantId'>,
  webhook: JobWebhook | undefined,
): Promise<void> {
  if (webhook === undefined) return;
  if ('url' in webhook) {
    askedUrl(ports.fetchPolicy, webhook.url, { refusal: 'webhook_url_refused' });
    return;
  }
  const { disabledAt } = await readWebhook(ports.db, tenantId, webhook.id);
  if (disabledAt) throw new AppError('webhook_disabled');
}
