import type { Delivery, DeliveryBody, Webhook, WebhookBody } from '@docusnap/contracts';

/** An endpoint as the API shows it, without its secret. */
export function webhookBody(webhook: Webhook): WebhookBody {
  return {
    id: webhook.id,
    url: webhook.url,
    name: webhook.name,
    events: [...webhook.events],
    key_id: webhook.keyId,
    only_named: webhook.onlyNamed,
    enabled: webhook.disabledAt === null,
    disabled_at: webhook.disabledAt?.toISOString() ?? null,
    disabled_reason: webhook.disabledReason,
    failing_since: webhook.failingSince?.toISOString() ?? null,
    created_at: webhook.createdAt.toISOString(),
  };
}

export function deliveryBody(delivery: Delivery): DeliveryBody {
  return {
    id: delivery.id,
    webhook_id: delivery.webhookId,
    job_id: delivery.jobId,
    type: delivery.type,
    attempt: delivery.attempt,
    at: delivery.at.toISOString(),
    outcome: delivery.outcome,
    status: delivery.status,
    error: delivery.error,
    milliseconds: delivery.milliseconds,
    next_attempt_at: delivery.nextAttemptAt?.toISOString() ?? null,
  };
}
