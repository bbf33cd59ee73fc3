import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { TenantLimits } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import { findCaller, findTenantCaller, takeRequests } from './callers.ts';
import { cancelJob, createJob, createJobs } from './jobs.ts';
import { createKey } from './keys.ts';
import { retryJob } from './retry.ts';
import { failPage, saveOpenedFile, savePage } from './save.ts';
import { addTenant, asOwner, claim, claimAll, inScene, newJob, onEachPostgres, READ, type Scene } from './test-jobs.ts';
import { dropOldBudgets } from './usage.ts';

const hash = () => Buffer.from(randomUUID());

onEachPostgres('limits', (version) => {
  test('no more requests are granted than a minute has, by however many gateways at a time', () =>
    inScene(version, async ({ api, tenantId }) => {
      const subject = randomUUID();
      const take = (wanted: number) => takeRequests(api, { tenantId, subject }, { wanted, most: 100 });
      const taken = await Promise.all(Array.from({ length: 40 }, (_, index) => take(1 + (index % 7))));
      expect(taken.reduce((sum, { granted }) => sum + granted, 0)).toBe(100);
      const refused = await take(1);
      expect(refused.granted).toBe(0);
      expect(refused.retryAfter).toBeGreaterThan(20);
      expect(refused.retryAfter).toBeLessThanOrEqual(65);
      expect((await takeRequests(api, { tenantId, subject: randomUUID() }, { wanted: 1, most: 1 })).granted).toBe(1);
    }));

  test('requests come back as their slots of five seconds leave the minute', () =>
    inScene(version, async ({ api, tenantId, database }) => {
      const slotNow = () => asOwner(database, 'SELECT floor(extract(epoch FROM clock_timestamp()) / 5) AS slot');
      for (;;) {
        const slot = await slotNow();
        const subject = randomUUID();
        const take = () => takeRequests(api, { tenantId, subject }, { wanted: 10, most: 10 });
        const first = await take();
        await asOwner(database, 'UPDATE request_counts SET slot = slot - 12');
        const [early, again] = [await take(), await take()];
        await asOwner(database, 'UPDATE request_counts SET slot = slot - 1');
        const later = await take();
        // Where a slot has ended meanwhile by itself, they have come back sooner.
        if (!isDeepStrictEqual(slot, await slotNow())) continue;
        expect([first.granted, early.granted, again.granted, later.granted]).toEqual([10, 0, 0, 10]);
        expect(again.retryAfter).toBeLessThanOrEqual(5);
        return;
      }
    }));

  test('a clock that was put back locks nobody out', () =>
    inScene(version, async ({ api, tenantId, database }) => {
      const subject = randomUUID();
      const take = () => takeRequests(api, { tenantId, subject }, { wanted: 10, most: 10 });
      await take();
      await asOwner(database, 'UPDATE request_counts SET slot = slot + 720');
      expect((await take()).granted).toBe(10);
      expect((await take()).granted).toBe(0);
    }));

  test('requests are not taken from the count of another tenant', () =>
    inScene(version, async ({ api, tenantId, database }) => {
      const stranger = await addTenant(database);
      const subject = randomUUID();
      await takeRequests(api, { tenantId: stranger, subject }, { wanted: 1, most: 1 });
      await expect(takeRequests(api, { tenantId, subject }, { wanted: 1, most: 5 })).rejects.toThrow();
    }));

  test('the pages of a day are counted when files are opened, and no file goes past them', () =>
    inScene(version, async (scene) => {
      await limitTenant(scene, { pages_per_day: 5 });
      await createJob(scene.api, newJob(scene.tenantId, { files: 2 }));
      await saveOpenedFile(scene.worker, await claim(scene), { frames: 3 });
      const second = await claim(scene);
      const opened = second.kind === 'open' ? second : await claim(scene);
      await expect(saveOpenedFile(scene.worker, opened, { frames: 3 })).rejects.toMatchObject({
        code: 'page_budget_spent',
        status: 429,
      });
      await saveOpenedFile(scene.worker, opened, { frames: 2 });
      expect(await asOwner(scene.database, 'SELECT pages::integer FROM page_budgets')).toEqual([{ pages: 5 }]);
    }));

  test('where pages are counted pictures wait to be opened, so that what is too much fails by itself', () =>
    inScene(version, async (scene) => {
      await limitTenant(scene, { pages_per_day: 2 });
      const pictures = (files: number) => newJob(scene.tenantId, { files, pictures: true });
      await expect(createJob(scene.api, pictures(3))).rejects.toMatchObject({ code: 'page_budget_spent' });
      await createJobs(scene.api, [pictures(1), pictures(1), pictures(1)]);
      const units = await claimAll(scene, 3);
      expect(units.map(({ kind }) => kind)).toEqual(['open', 'open', 'open']);
      for (const unit of units.slice(1)) await saveOpenedFile(scene.worker, unit, { frames: 1 });
      const last = saveOpenedFile(scene.worker, units[0]!, { frames: 1 });
      await expect(last).rejects.toMatchObject({ code: 'page_budget_spent' });
      expect(await asOwner(scene.database, 'SELECT pages::integer FROM page_budgets')).toEqual([{ pages: 2 }]);
    }));

  test('a key whose pages are counted has its pictures opened, whatever its tenant may', () =>
    inScene(version, async (scene) => {
      const key = { name: 'k', scopes: ['write' as const], expiresAt: null, prefix: 'p', hash: hash() };
      const { id: keyId } = await createKey(scene.api, scene.tenantId, { ...key, limits: { pages_per_day: 2 } });
      await createJob(scene.api, { ...newJob(scene.tenantId, { pictures: true }), terms: { keyId } });
      expect(await claim(scene)).toMatchObject({ kind: 'open' });
      await createJob(scene.api, newJob(scene.tenantId, { pictures: true }));
      expect(await claim(scene)).toMatchObject({ kind: 'read' });
    }));

  test('a submit is refused until midnight by UTC once the pages are spent, whichever of key and tenant is tighter', () =>
    inScene(version, async (scene) => {
      await limitTenant(scene, { pages_per_day: 100 });
      const key = { name: 'k', scopes: ['write' as const], expiresAt: null, prefix: 'p', hash: hash() };
      const { id: keyId } = await createKey(scene.api, scene.tenantId, { ...key, limits: { pages_per_day: 2 } });
      const submitWithKey = () => createJob(scene.api, { ...newJob(scene.tenantId), terms: { keyId } });
      await submitWithKey();
      await saveOpenedFile(scene.worker, await claim(scene), { frames: 2 });
      const midnight = new Date().setUTCHours(24, 0, 0, 0);
      const error = await submitWithKey().catch((thrown) => thrown);
      expect(error).toMatchObject({ code: 'page_budget_spent' });
      expect(Math.abs(error.retryAfter - (midnight - Date.now()) / 1_000)).toBeLessThan(60);
      await createJob(scene.api, newJob(scene.tenantId));
      await asOwner(scene.database, 'UPDATE page_budgets SET day = day - 1');
      await submitWithKey();
      await dropOldBudgets(scene.worker);
      expect(await asOwner(scene.database, 'SELECT FROM page_budgets')).toEqual([]);
    }));

  test('failed pages that are read again are pages of the day as well', () =>
    inScene(version, async (scene) => {
      await limitTenant(scene, { pages_per_day: 3 });
      const { id } = await createJob(scene.api, newJob(scene.tenantId));
      await saveOpenedFile(scene.worker, await claim(scene), { frames: 2 });
      const failure = { code: 'page_timeout', message: 'Too slow.', retryable: false } as const;
      await failPage(scene.worker, await claim(scene), failure);
      await savePage(scene.worker, await claim(scene), READ);
      await retryJob(scene.api, scene.tenantId, id);
      await failPage(scene.worker, await claim(scene), failure);
      await expect(retryJob(scene.api, scene.tenantId, id)).rejects.toMatchObject({ code: 'page_budget_spent' });
    }));

  test('pages that nobody had read when their job was cancelled are paid for already', () =>
    inScene(version, async (scene) => {
      await limitTenant(scene, { pages_per_day: 4 });
      const { id } = await createJob(scene.api, newJob(scene.tenantId));
      await saveOpenedFile(scene.worker, await claim(scene), { frames: 3 });
      await failPage(scene.worker, await claim(scene), { code: 'page_timeout', message: 'm', retryable: false });
      await cancelJob(scene.api, scene.tenantId, id);
      await retryJob(scene.api, scene.tenantId, id);
      expect(await asOwner(scene.database, 'SELECT pages::integer FROM page_budgets')).toEqual([{ pages: 4 }]);
    }));

  test('who has no limit of pages leaves no row that others would have to wait for', () =>
    inScene(version, async (scene) => {
      await createJob(scene.api, newJob(scene.tenantId));
      await saveOpenedFile(scene.worker, await claim(scene), { frames: 2 });
      expect(await asOwner(scene.database, 'SELECT FROM page_budgets')).toEqual([]);
    }));

  test('a tenant that is being erased has no callers and takes no jobs', () =>
    inScene(version, async (scene) => {
      const key = { name: 'k', scopes: ['write' as const], expiresAt: null, prefix: 'p', hash: hash() };
      await createKey(scene.api, scene.tenantId, key);
      expect(await findTenantCaller(scene.api, scene.tenantId)).toEqual({ suspended: false, limits: {} });
      await asOwner(scene.database, 'UPDATE tenants SET suspended_at = now()');
      expect(await findCaller(scene.api, key.hash)).toMatchObject({ suspended: true });
      await asOwner(scene.database, 'UPDATE tenants SET erasing_at = now()');
      expect(await findCaller(scene.api, key.hash)).toBeNull();
      expect(await findTenantCaller(scene.api, scene.tenantId)).toBeNull();
      expect(await findTenantCaller(scene.api, randomUUID())).toBeNull();
      await expect(createJob(scene.api, newJob(scene.tenantId))).rejects.toMatchObject({ code: 'unauthorized' });
    }));
});

async function limitTenant({ database, tenantId }: Scene, limits: TenantLimits): Promise<void> {
  await asOwner(database, 'UPDATE tenants SET limits = $2 WHERE id = $1', [tenantId, JSON.stringify(limits)]);
}
