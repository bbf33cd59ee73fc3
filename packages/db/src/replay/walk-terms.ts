import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { WEBHOOK_PING } from '@docusnap/contracts';
import { listAudit, listAuditOfAll, writeAudit } from '../audit.ts';
import { countBacklog, readBacklog, refuseIfFull, setBacklogLimits } from '../backlog.ts';
import { batchJobs, cancelBatch, eraseBatch, listBatches, pollBatch } from '../batches.ts';
import { findTenantCaller, takeRequests } from '../callers.ts';
import { finishErasures, takeErasures } from '../erasures.ts';
import { cancelJob, createJobs, eraseJob } from '../jobs.ts';
import { changeKey, createKey } from '../keys.ts';
import { abandonOnce, beginOnce, finishOnce, renewOnce } from '../once.ts';
import { keepPartitions } from '../partitions.ts';
import { expireJobs, fillExpiries, keepJobsFor, takeTurn, withoutJob } from '../retention.ts';
import { readSystem } from '../system.ts';
import { changeTenant, createTenant, eraseTenants, listTenants, readTenant, startErasingTenant } from '../tenants.ts';
import { dropOldBudgets, readUsage, rollUpUsage } from '../usage.ts';
import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  listWebhooks,
  pingWebhook,
  readWebhook,
  rotateWebhookSecret,
} from '../webhooks.ts';
import { listDeliveries, redeliver } from '../webhooks-log.ts';
import { claimEvents, finishEvent, releaseEvent, sweepEvents, waitingEvents } from '../webhooks-outbox.ts';
import { countWrappedKeys, nextOldKeys, saveRewrappedKeys, WRAPPED_PLACES } from '../wrapped-keys.ts';
import { newJob, type Walker } from './walker.ts';

/** Later than any replay. */
const FAR_AWAY = new Date('2099-01-01T00:00:00Z');
const WINDOW_SECONDS = 86_400;

/** What came with the terms of jobs, access and upkeep. */
export async function walkTerms(walker: Walker): Promise<void> {
  await submits(walker);
  await webhooks(walker);
  await access(walker);
  await upkeep(walker);
}

async function submits({ api, tenantId }: Walker): Promise<void> {
  const request = { tenantId, key: randomUUIDv7(), token: randomUUIDv7() };
  const batch = { id: randomUUIDv7(), tenantId, name: 'a batch', metadata: null };
  const terms = { batchId: batch.id, deadline: FAR_AWAY, retentionSeconds: 60 };
  const jobs = [1, 2, 3].map(() => ({ ...newJob(tenantId, 1), terms }));
  await refuseIfFull(api, { tenantId, keyId: null });
  await beginOnce(api, request);
  await renewOnce(api, request);
  const made = { batch: batch.id, jobs: jobs.map(({ id }) => id) };
  const done = { ...request, digest: randomBytes(32), status: 202, location: null, made };
  await createJobs(api, jobs, { batch, once: done });
  await beginOnce(api, request);
  const other = { ...request, key: randomUUIDv7() };
  await beginOnce(api, other);
  await abandonOnce(api, other);
  const third = { ...request, key: randomUUIDv7() };
  await beginOnce(api, third);
  const answer = { sealed: randomBytes(40), key: { masterKeyId: 'k1', wrapped: randomBytes(60) } };
  await finishOnce(api, { ...third, digest: randomBytes(32), status: 200, location: null, made: null }, answer);
  await pollBatch(api, tenantId, batch.id);
  await listBatches(api, tenantId, { limit: 5 });
  await cancelJob(api, tenantId, jobs[0]!.id);
  await cancelBatch(api, tenantId, batch.id);
  for (const id of await batchJobs(api, tenantId, batch.id, 10)) await eraseJob(api, tenantId, id);
  await eraseBatch(api, tenantId, batch.id);
}

async function webhooks({ api, worker, tenantId }: Walker): Promise<void> {
  const secret = (): { id: string; key: { masterKeyId: string; wrapped: Buffer } } => ({
    id: randomUUIDv7(),
    key: { masterKeyId: 'k1', wrapped: randomBytes(60) },
  });
  const id = randomUUIDv7();
  const webhook = {
    id,
    url: 'https://example.com/hook',
    name: 'a hook',
    events: ['job.completed'] as const,
    keyId: null,
    onlyNamed: false,
  };
  await createWebhook(api, tenantId, { webhook, secret: secret() });
  await listWebhooks(api, tenantId);
  await readWebhook(api, tenantId, id);
  await changeWebhook(api, tenantId, id, { name: 'another name' });
  await rotateWebhookSecret(api, tenantId, id, { secret: secret(), keepOldSeconds: 60 });
  await pingWebhook(api, tenantId, id, { type: WEBHOOK_PING, windowSeconds: WINDOW_SECONDS });
  await waitingEvents(worker);
  const limits = { holder: 'a walker', most: 1, mostOfTenant: 10, mostOfLane: 10 };
  const [event] = await claimEvents(worker, limits);
  await releaseEvent(worker, event!);
  const [again] = await claimEvents(worker, limits);
  await finishEvent(worker, again!, {
    outcome: 'delivered',
    status: 200,
    error: null,
    milliseconds: 12,
    nextAt: null,
    holdUntil: null,
    disable: null,
  });
  await listDeliveries(api, tenantId, { of: 'webhook', id, limit: 5 });
  await redeliver(api, tenantId, again!.id, { windowSeconds: WINDOW_SECONDS });
  await sweepEvents(worker);
  await deleteWebhook(api, tenantId, id);
}

async function access({ api, worker, tenantId }: Walker): Promise<void> {
  const newKey = () => ({
    name: 'a key',
    scopes: ['read'] as const,
    expiresAt: null,
    prefix: 'ds_walk',
    hash: randomBytes(32),
  });
  const key = await createKey(api, tenantId, newKey());
  await changeKey(api, { tenantId, isOperator: false }, key.id, { name: 'another name' });
  await findTenantCaller(api, tenantId);
  await takeRequests(api, { tenantId, subject: tenantId }, { wanted: 1, most: 10 });
  const { tenant } = await createTenant(worker, { name: 'another', limits: {} }, newKey());
  await readTenant(worker, tenant.id);
  await listTenants(worker, { limit: 5 });
  await changeTenant(worker, tenant.id, { name: 'another name', suspended: true });
  await startErasingTenant(worker, tenant.id);
  await eraseTenants(worker, { jobs: 10, pages: 100 });
  const entry = {
    keyId: null,
    subject: null,
    action: 'GET /v1/jobs',
    target: null,
    requestId: 'r',
    address: null,
    times: 1,
  };
  await writeAudit(worker, [{ ...entry, at: new Date(), tenantId, status: 200 }]);
  await listAudit(api, tenantId, { limit: 5 });
  await listAuditOfAll(worker, { limit: 5 });
}

async function upkeep({ api, worker, tenantId }: Walker): Promise<void> {
  await rollUpUsage(worker);
  await dropOldBudgets(worker);
  await readUsage(api, tenantId, { from: '2026-01-01', to: '2026-12-31', byDay: true, byKey: true });
  await setBacklogLimits(worker, { units: 100_000, bytes: 1e12, unitsOfTenant: 10_000, bytesOfTenant: 1e11 });
  await countBacklog(worker);
  await readBacklog(worker);
  await readSystem(worker);
  await countWrappedKeys(worker);
  for (const place of WRAPPED_PLACES) {
    const [old] = await nextOldKeys(worker, place, { currentId: 'k2', after: null, limit: 1 });
    if (old === undefined) continue;
    await saveRewrappedKeys(worker, place, [
      { row: old.row, was: old.key, now: { ...old.key, wrapped: randomBytes(60) } },
    ]);
  }
  await keepJobsFor(worker, { seconds: 604_800 });
  await fillExpiries(worker, { most: 10 });
  await expireJobs(worker, { jobs: 10, pages: 100 });
  await finishErasures(worker, await takeErasures(worker, { most: 10 }));
  await withoutJob(worker, [randomUUIDv7()]);
  await takeTurn(worker, 'a walk', { everySeconds: 3_600 });
  await keepPartitions(worker);
}
