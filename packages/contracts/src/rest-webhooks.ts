import { z } from 'zod';
import { LIMITS } from './limits.ts';
import { Id, Time } from './rest.ts';
import { DELIVERY_OUTCOMES, WEBHOOK_EVENTS } from './webhook.ts';

/** The shapes of `/v1/webhooks`, and of the field `webhook` of a submit. */

const Url = z.string().min(1).max(LIMITS.urlCharacters);

/** Bytes of a secret, as Standard Webhooks has them. */
const SECRET_BYTES = { least: 24, most: 64 } as const;
const SECRET = /^whsec_(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export const WebhookSecret = z
  .string()
  .max(100)
  .regex(SECRET, 'is not whsec_ and base64')
  .refine((text) => {
    const bytes = secretBytes(text);
    return bytes >= SECRET_BYTES.least && bytes <= SECRET_BYTES.most;
  }, `does not hold ${SECRET_BYTES.least} to ${SECRET_BYTES.most} bytes`);

function secretBytes(text: string): number {
  const base64 = text.slice(text.indexOf('_') + 1);
  return (base64.length / 4) * 3 - (base64.length - base64.replace(/=+$/, '').length);
}

/** The field `webhook` of a submit: whom this job tells of its end, besides the endpoints that are told of all. */
export const JobWebhook = z
  .union([
    z.strictObject({ id: Id.describe('One of your endpoints: `/v1/webhooks`.') }),
    z.strictObject({
      url: Url.describe('Where the events of this job are sent, https.'),
      secret: WebhookSecret.describe(
        'What they are signed with: "whsec_" and 24 to 64 bytes in base64. It is kept sealed.',
      ),
    }),
  ])
  .meta({ id: 'JobWebhook' });
export type JobWebhook = z.infer<typeof JobWebhook>;

const Events = z
  .array(z.enum(WEBHOOK_EVENTS))
  .min(1)
  .max(WEBHOOK_EVENTS.length)
  .describe('The ends it is told of; all unless given.');

export const CreateWebhookBody = z
  .strictObject({
    url: Url.describe('https, on port 443 of a public host unless the operator allows others.'),
    name: z.string().max(100).default(''),
    events: Events.default([...WEBHOOK_EVENTS]),
    key_id: Id.optional().describe('Only of jobs that were submitted with this API key.'),
    only_named: z.boolean().default(false).describe('true: only of jobs that name it in their field `webhook`.'),
  })
  .meta({ id: 'CreateWebhook' });

/** `PATCH /v1/webhooks/{id}`: what is given is changed. */
export const ChangeWebhookBody = z
  .strictObject({
    url: Url.optional(),
    name: z.string().max(100).optional(),
    events: Events.optional(),
    enabled: z
      .boolean()
      .optional()
      .describe(
        'true: it is sent events again, those from now on; false: it is sent none, and those that wait are given up.',
      ),
  })
  .meta({ id: 'ChangeWebhook' });

export const WebhookBody = z
  .object({
    id: Id,
    url: z.string(),
    name: z.string(),
    events: z.array(z.enum(WEBHOOK_EVENTS)),
    key_id: Id.nullable(),
    only_named: z.boolean(),
    enabled: z.boolean(),
    disabled_at: Time.nullable(),
    disabled_reason: z
      .string()
      .nullable()
      .describe(
        'by_call; gone: it answered 410; failing: nothing was delivered in the 24 hours that an event was tried.',
      ),
    failing_since: Time.nullable().describe(
      'When the first of those attempts was that failed since the last that did not.',
    ),
    created_at: Time,
  })
  .meta({ id: 'Webhook' });
export type WebhookBody = z.infer<typeof WebhookBody>;

/** The answer to a creation and to a rotation: the only times a secret is shown. */
export const NewWebhookBody = WebhookBody.extend({ secret: z.string() }).meta({ id: 'NewWebhook' });
export const WebhookListBody = z.object({ webhooks: z.array(WebhookBody) }).meta({ id: 'WebhookList' });

/** `POST /v1/webhooks/{id}/rotate`. */
export const RotateWebhookBody = z
  .strictObject({
    keep_old_seconds: z
      .int()
      .min(0)
      .max(7 * 86_400)
      .default(86_400)
      .describe('For so long every event is signed with the secret before, too.'),
  })
  .meta({ id: 'RotateWebhook' });

export const DeliveryListQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(200).optional(),
});
export type DeliveryListQuery = z.infer<typeof DeliveryListQuery>;

/** One attempt at delivering an event. */
export const DeliveryBody = z
  .object({
    id: Id.describe('Of the event, the same at each attempt: the header webhook-id.'),
    webhook_id: Id.nullable().describe('Null where the job named an address of its own.'),
    job_id: Id.nullable(),
    type: z.string(),
    attempt: z.int(),
    at: Time,
    outcome: z
      .enum(DELIVERY_OUTCOMES)
      .describe('delivered; again: it is tried again; given_up: it is not, unless it is redelivered.'),
    status: z.int().nullable().describe('What the receiver answered; null where it did not.'),
    error: z.string().nullable().describe('Why there was no answer, or none that counts.'),
    milliseconds: z.int(),
    next_attempt_at: Time.nullable(),
  })
  .meta({ id: 'Delivery' });
export type DeliveryBody = z.infer<typeof DeliveryBody>;

export const DeliveryListBody = z
  .object({ deliveries: z.array(DeliveryBody), next_cursor: z.string().nullable() })
  .meta({ id: 'DeliveryList' });

/** The answer to a test and to a redelivery: an event that is about to be sent. */
export const QueuedDeliveryBody = z
  .object({ id: Id.describe('Of the event: the header webhook-id.') })
  .meta({ id: 'QueuedDelivery' });
