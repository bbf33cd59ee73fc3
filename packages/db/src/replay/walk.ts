import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { busiestTenants } from '../busiest-tenants.ts';
import { findCachedPage, findCachedUnderstanding, rememberUnderstanding } from '../cache.ts';
import { findCaller } from '../callers.ts';
import { claimUnitMarking, renewUnits } from '../claim.ts';
import { pingDatabase } from '../connection.ts';
import { workCounts } from '../counts.ts';
import { finishErasure, readErasure } from '../erasures.ts';
import { createJobs, eraseJob, jobVersions, pollJob } from '../jobs.ts';
import { createKey, listKeys, revokeKey } from '../keys.ts';
import { listJobs } from '../list.ts';
import { listPages } from '../page-list.ts';
import { jobKey, pagesSince, readPageRow, streamPages } from '../pages.ts';
import { jobProgress, reportRate, withdrawRate } from '../progress.ts';
import { markRenditions, readPageImageRow } from '../renditions.ts';
import { retryJob } from '../retry.ts';
import { failFile, failPage, releaseUnit, saveOpenedFile, savePage } from '../save.ts';
import { sweep } from '../sweep.ts';
import {
  awaitsUnderstanding,
  claimUnderstanding,
  failUnderstanding,
  jobTrace,
  readUnderstanding,
  releaseUnderstanding,
  renewUnderstandings,
  saveUnderstanding,
  understandJob,
} from '../understandings.ts';
import {
  clearV1Tasks,
  dropOldV1Tasks,
  ensureV1Tenant,
  erasableV1Jobs,
  forgetV1Jobs,
  pollV1Task,
  resumeV1Job,
  runningV1Tasks,
  settleV1Task,
  submitV1Task,
  unsettledV1Tasks,
  V1_TENANT_ID,
  v1JobsOfClient,
} from '../v1-tasks.ts';

import { walkTerms } from './walk-terms.ts';
import { claim, newJob, type Walker } from './walker.ts';

const FAILURE = { code: 'page_timeout' as const, message: 'Too long.', retryable: false };
const STAGES = { decode: 1.5, read: 20 };

/** Everything a system does with a database, once: every statement that this version sends is sent. On a database where nothing else waits. */
export async function walk(walker: Walker): Promise<void> {
  await pingDatabase(walker.api);
  await keys(walker);
  const id = await read(walker);
  await look(walker, id);
  await again(walker, id);
  await picture(walker);
  await understand(walker, id);
  await v1(walker);
  await walkTerms(walker);
  await sweep(walker.worker, { countBells: async () => 0 });
  await workCounts(walker.worker);
  await busiestTenants(walker.worker, 10);
  await withdrawRate(walker.worker, 'a walker');
  const keyId = randomUUIDv7();
  await eraseJob(walker.api, walker.tenantId, id, { keyId });
  await finishErasure(walker.api, walker.tenantId, id);
  await readErasure(walker.api, walker.tenantId, id);
}

async function keys({ api, tenantId }: Walker): Promise<void> {
  const hash = randomBytes(32);
  const key = await createKey(api, tenantId, {
    name: 'a key',
    scopes: ['read'],
    expiresAt: null,
    prefix: 'ds_walk',
    hash,
  });
  await findCaller(api, hash);
  await listKeys(api, tenantId);
  await revokeKey(api, { tenantId, isOperator: false }, key.id);
}

/** Four pages: one read, one failed, one handed back, one whose reader died; and a file that cannot be opened. */
async function read(walker: Walker): Promise<string> {
  const { api, worker, tenantId } = walker;
  await reportRate(worker, 'a walker', { readers: 2, pageMs: 500 });
  const job = newJob(tenantId, 2);
  await createJobs(api, [job]);
  const file = await claim(walker);
  const { next } = await saveOpenedFile(worker, file, { frames: 3 }, { thenClaimFor: 'a walker' });
  await jobProgress(api, tenantId, job.id);
  await failFile(worker, next!.kind === 'open' ? next! : await claim(walker), FAILURE);
  const page = next!.kind === 'read' ? next! : await claim(walker);
  const cacheKey = randomBytes(32);
  await findCachedPage(worker, tenantId, cacheKey);
  await renewUnits(worker, [page]);
  await savePage(worker, page, { sealed: randomBytes(100), stages: STAGES, cacheKey });
  await findCachedPage(worker, tenantId, cacheKey);
  await markRenditions(worker, page, 'made');
  const { unit } = await claimUnitMarking(worker, { holder: 'a walker' }, [{ page, outcome: 'made' }]);
  await failPage(worker, unit!, FAILURE, STAGES);
  await releaseUnit(worker, await claim(walker));
  await releaseUnit(worker, await claim(walker), { readerDied: 'page_timeout' });
  await savePage(worker, await claim(walker), { sealed: randomBytes(100), stages: STAGES });
  return job.id;
}

async function look({ api, tenantId }: Walker, id: string): Promise<void> {
  const job = await pollJob(api, tenantId, id);
  await jobVersions(api, [id]);
  await jobKey(api, tenantId, id);
  await readPageRow(api, tenantId, id, 1);
  await readPageImageRow(api, tenantId, id, 1);
  await pagesSince(api, tenantId, id, 0);
  for await (const _ of streamPages(api, tenantId, id));
  await listPages(api, tenantId, id, { limit: 2 });
  await listPages(api, tenantId, id, { limit: 2, status: 'failed', after: { fileIndex: 0, fileFrame: 0 } });
  await listJobs(api, tenantId, { limit: 5 });
  const time = job.createdAt;
  await listJobs(api, tenantId, {
    limit: 5,
    status: 'partial',
    name: 'scan',
    createdAfter: new Date(0),
    createdBefore: new Date(2e12),
  });
  await listJobs(api, tenantId, { limit: 5, after: { createdAt: time, id } });
}

async function again(walker: Walker, id: string): Promise<void> {
  const { api, worker, tenantId } = walker;
  await retryJob(api, tenantId, id);
  for (let units = 0; units < 2; units += 1) {
    const unit = await claim(walker);
    if (unit.kind === 'open') await saveOpenedFile(worker, unit, { frames: 1 });
    else await savePage(worker, unit, { sealed: randomBytes(100), stages: STAGES });
  }
  await savePage(worker, await claim(walker), { sealed: randomBytes(100), stages: STAGES });
}

async function picture(walker: Walker): Promise<void> {
  const job = newJob(walker.tenantId, 1);
  const files = job.files.map((file) => ({ ...file, mediaType: 'image/jpeg' as const }));
  await createJobs(walker.api, [{ ...job, files }]);
  await savePage(walker.worker, await claim(walker), { sealed: randomBytes(100), stages: STAGES });
}

async function understand({ api, worker, tenantId }: Walker, id: string): Promise<void> {
  const usage = { prompt_tokens: 10, completion_tokens: 2 };
  await understandJob(api, tenantId, id, { task: 'doc', request: randomBytes(40) });
  const held = (await claimUnderstanding(worker, { holder: 'a walker' }))!;
  await renewUnderstandings(worker, [held]);
  await releaseUnderstanding(worker, held, { waitSeconds: 0, asIfUnclaimed: true });
  const failing = (await claimUnderstanding(worker, { holder: 'a walker' }))!;
  await failUnderstanding(worker, failing, FAILURE, usage);
  await retryJob(api, tenantId, id);
  const saving = (await claimUnderstanding(worker, { holder: 'a walker' }))!;
  const sealed = randomBytes(80);
  await saveUnderstanding(worker, saving, { sealed, usage });
  const cacheKey = randomBytes(32);
  await rememberUnderstanding(worker, { jobId: id, sealed }, cacheKey);
  await findCachedUnderstanding(worker, id, cacheKey);
  await awaitsUnderstanding(worker, id);
  await jobTrace(worker, id);
  await readUnderstanding(api, tenantId, id);
}

async function v1(walker: Walker): Promise<void> {
  const { api, worker } = walker;
  await ensureV1Tenant(worker);
  const client = randomBytes(32);
  const source = randomBytes(32);
  const task = { client, sha256: 'cd'.repeat(32), type: 'doc' as const };
  const job = { ...newJob(V1_TENANT_ID, 1), understanding: { task: 'doc' as const, request: randomBytes(20) } };
  await submitV1Task(api, { ...task, job, source, failedWith: null });
  await submitV1Task(api, { ...task, type: 'form', job: null, failedWith: 'OCR_FAILURE' });
  await runningV1Tasks(api, { client, source });
  await pollV1Task(api, task, { keepSeconds: 86_400 });
  await saveOpenedFile(worker, await claim(walker), { frames: 1 });
  await savePage(worker, await claim(walker), { sealed: randomBytes(100), stages: STAGES });
  await failUnderstanding(worker, (await claimUnderstanding(worker, { holder: 'a walker' }))!, FAILURE);
  await resumeV1Job(api, job.id, { waitSeconds: 0 });
  await saveUnderstanding(worker, (await claimUnderstanding(worker, { holder: 'a walker' }))!, {
    sealed: randomBytes(80),
    usage: { prompt_tokens: 0, completion_tokens: 0 },
  });
  await unsettledV1Tasks(api, { oldestSeconds: 600, most: 10 });
  await settleV1Task(api, job.id, null);
  await pollV1Task(api, task, { keepSeconds: 86_400 });
  await v1JobsOfClient(api, { client, only: null });
  await erasableV1Jobs(api, { most: 10 });
  await forgetV1Jobs(api, [job.id]);
  await clearV1Tasks(api, { client, only: { sha256: task.sha256, type: 'form' } });
  await dropOldV1Tasks(api, { keepSeconds: 86_400 });
}
