import { randomBytes, randomUUID, randomUUIDv7 } from 'node:crypto';
import { WEBHOOK_EVENTS, WEBHOOK_PING, type WebhookEvent } from '@docusnap/contracts';
import { createJob } from './jobs.ts';
import { asOwner, newJob, readAll, type Scene } from './test-jobs.ts';
import { createWebhook, type NewWebhook } from './webhooks.ts';
import { type AttemptEnd, claimEvents } from './webhooks-outbox.ts';

// For this package's tests only.

export const LIMITS = { most: 10, mostOfTenant: 10, mostOfLane: 10 };
export const PING = { type: WEBHOOK_PING, windowSeconds: 60 };
export const DELIVERED: AttemptEnd = {
  outcome: 'delivered',
  status: 200,
  error: null,
  milliseconds: 3,
  nextAt: null,
  holdUntil: null,
  disable: null,
};
export const again = (nextAt: Date): AttemptEnd => ({ ...DELIVERED, outcome: 'again', status: 500, nextAt });
export const GIVEN_UP: AttemptEnd = { ...DELIVERED, outcome: 'given_up', status: 500, disable: 'failing' };

export const secret = () => ({ id: randomUUID(), key: { masterKeyId: 'k1', wrapped: randomBytes(81) } });

export async function addWebhook(
  scene: Scene,
  about: Partial<NewWebhook> & { tenantId?: string } = {},
): Promise<string> {
  const { tenantId = scene.tenantId, ...rest } = about;
  const webhook = {
    id: randomUUIDv7(),
    url: 'https://hooks.example/',
    name: 'n',
    events: WEBHOOK_EVENTS,
    keyId: null,
    onlyNamed: false,
    ...rest,
  };
  return (await createWebhook(scene.api, tenantId, { webhook, secret: secret() })).id;
}

/** Submits a job with these terms and reads it to its end. */
export async function endedJob(scene: Scene, terms: object = {}, tenantId = scene.tenantId): Promise<string> {
  const { id } = await createJob(scene.api, { ...newJob(tenantId), terms });
  await readAll(scene);
  return id;
}

export const claimAll = (scene: Scene, limits: Partial<typeof LIMITS> = {}) =>
  claimEvents(scene.worker, { holder: 'a test', ...LIMITS, ...limits });

export const events = (scene: Scene) =>
  asOwner<{ type: WebhookEvent; webhook_id: string | null; job_id: string; status: string }>(
    scene.database,
    'SELECT type, webhook_id, job_id, status FROM webhook_events ORDER BY seq',
  );
