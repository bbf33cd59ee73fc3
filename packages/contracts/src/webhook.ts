import type { Job } from './job.ts';

/** What endpoints are told of: each end of a job, of which a job that is retried has several. */
export const WEBHOOK_EVENTS = ['job.completed', 'job.partial', 'job.failed', 'job.cancelled', 'job.expired'] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];
/** What is sent to try an endpoint out. */
export const WEBHOOK_PING = 'webhook.ping';

export const DELIVERY_OUTCOMES = ['delivered', 'again', 'given_up'] as const;
export type DeliveryOutcome = (typeof DELIVERY_OUTCOMES)[number];

export type DisabledReason = 'by_call' | 'gone' | 'failing';

/** How events are delivered; 0014_webhooks_endpoints.sql has the same window. */
export const WEBHOOKS = {
  /** Seconds from an event to its last attempt. */
  windowSeconds: 24 * 3_600,
  /** Days that an event is kept for redelivery, where its job is kept as long. */
  keepDays: 30,
} as const;

/** A place that events are sent to. */
export interface Webhook {
  readonly id: string;
  readonly tenantId: string;
  readonly url: string;
  readonly name: string;
  readonly events: readonly WebhookEvent[];
  /** Only of jobs submitted with this key; null = of all. */
  readonly keyId: string | null;
  /** Only of jobs that name it. */
  readonly onlyNamed: boolean;
  readonly disabledAt: Date | null;
  readonly disabledReason: DisabledReason | null;
  readonly failingSince: Date | null;
  readonly createdAt: Date;
}

/** What `jobs.webhook` holds: one of the tenant's endpoints, or an address and its secret, sealed under the job's data key (base64). */
export type StoredJobWebhook =
  | { readonly endpoint: string }
  | {
      /** Events of one host wait for each other no more than the host can take. */
      readonly host: string;
      readonly sealed: string;
    };

/** One attempt at delivering an event, as the log has it. */
export interface Delivery {
  readonly id: string;
  readonly webhookId: string | null;
  readonly jobId: string | null;
  readonly type: string;
  readonly attempt: number;
  readonly at: Date;
  readonly outcome: DeliveryOutcome;
  readonly status: number | null;
  readonly error: string | null;
  readonly milliseconds: number;
  readonly nextAttemptAt: Date | null;
}

/** An event to deliver, in hand: a lease and a fencing token, as a Unit has them. */
export interface OutgoingEvent {
  readonly id: string;
  readonly tenantId: string;
  readonly token: string;
  /** From 1, over all redeliveries: the log's. */
  readonly attempt: number;
  /** From 1, since the event or its last redelivery: the schedule's. */
  readonly tries: number;
  readonly type: string;
  readonly at: Date;
  /** When the attempt is the last: from then on. */
  readonly expiresAt: Date;
  readonly webhookId: string | null;
  /** As the job was at its end; null for a ping. */
  readonly job: Job | null;
}
