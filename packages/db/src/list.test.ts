import type { Job } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import { type JobCursor, type JobFilter, listJobs } from './list.ts';
import { addTenant, asOwner, claim, inScene, onEachPostgres, type Scene, submit } from './test-jobs.ts';

onEachPostgres('the list of jobs', (version) => {
  test('is newest first, in pages that neither skip nor repeat, also where times are equal', () =>
    inScene(version, async (scene) => {
      const ids: string[] = [];
      for (let job = 0; job < 7; job += 1) ids.push(await submit(scene));
      await asOwner(scene.database, "UPDATE jobs SET created_at = '2026-01-01T00:00:00.123Z' WHERE id = ANY ($1)", [
        ids.slice(0, 5),
      ]);
      const pages = await pagesOf(scene, { limit: 2 });
      expect(pages.map(({ length }) => length)).toEqual([2, 2, 2, 1]);
      const listed = pages.flat().map(({ id }) => id);
      expect(listed.slice(0, 2)).toEqual([ids[6], ids[5]]);
      expect(listed.slice(2)).toEqual(ids.slice(0, 5).sort((a, b) => (a < b ? 1 : -1)));
    }));

  test('ends without a cursor when a page is just full', () =>
    inScene(version, async (scene) => {
      await submit(scene);
      await submit(scene);
      const { jobs, next } = await listJobs(scene.api, scene.tenantId, { limit: 2 });
      expect([jobs.length, next]).toEqual([2, null]);
    }));

  test('a job submitted between two pages shifts nothing', () =>
    inScene(version, async (scene) => {
      const first = await submit(scene);
      await submit(scene);
      const { next } = await listJobs(scene.api, scene.tenantId, { limit: 1 });
      await submit(scene);
      const { jobs } = await listJobs(scene.api, scene.tenantId, { limit: 1, after: next ?? undefined });
      expect(jobs.map(({ id }) => id)).toEqual([first]);
    }));

  test('is filtered by status, by part of the name, by time, and by all of them', () =>
    inScene(version, async (scene) => {
      const receipt = await submit(scene, { name: 'Receipt 50%_off.png' });
      await claim(scene);
      const form = await submit(scene, { name: 'form.tiff' });
      const old = await submit(scene, { name: 'old receipt.png' });
      await asOwner(scene.database, "UPDATE jobs SET created_at = '2020-06-01T12:00:00Z' WHERE id = $1", [old]);
      const found = async (filter: Partial<JobFilter>) =>
        (await listJobs(scene.api, scene.tenantId, { limit: 10, ...filter })).jobs.map(({ id }) => id);
      expect(await found({})).toEqual([form, receipt, old]);
      expect(await found({ status: 'opening' })).toEqual([receipt]);
      expect(await found({ status: 'failed' })).toEqual([]);
      expect(await found({ name: 'RECEIPT' })).toEqual([receipt, old]);
      expect(await found({ name: '0%_o' })).toEqual([receipt]);
      expect(await found({ name: '%' })).toEqual([receipt]);
      expect(await found({ name: '\\' })).toEqual([]);
      expect(await found({ createdBefore: new Date('2020-06-01T12:00:00Z') })).toEqual([]);
      expect(await found({ createdBefore: new Date('2020-06-01T12:00:00.001Z') })).toEqual([old]);
      expect(await found({ createdAfter: new Date('2020-06-01T12:00:00Z') })).toEqual([form, receipt, old]);
      expect(await found({ createdAfter: new Date('2020-06-01T12:00:00.001Z') })).toEqual([form, receipt]);
      expect(await found({ name: 'receipt', status: 'queued', createdBefore: new Date() })).toEqual([old]);
    }));

  test('finds by any part of a name what is older than the newest five hundred, in pages too', () =>
    inScene(version, async (scene) => {
      const names = ['Invoice-2025-0042.pdf', 'INVOICE 7 zq.pdf', 'a 50%_off zq', 'b..c', 'x'];
      const ids: string[] = [];
      for (const name of names) ids.push(await submit(scene, { name }));
      await asOwner(
        scene.database,
        "UPDATE jobs SET created_at = '2026-01-01'::timestamptz - row_number * interval '1 s' FROM (SELECT id AS one, row_number() OVER (ORDER BY id DESC) FROM jobs) n WHERE id = one",
      );
      // As many newer ones, and those of another tenant, of which none is ever found.
      const stranger = await addTenant(scene.database);
      for (const tenant of [scene.tenantId, stranger]) {
        await asOwner(
          scene.database,
          `INSERT INTO jobs (id, tenant_id, name, options, files_total, master_key_id, wrapped_key)
           SELECT gen_random_uuid(), $1, CASE $1::uuid WHEN $2 THEN 'newer' ELSE 'invoice 0042 zq..%_x' END, '{}', 1, 'k', '' FROM generate_series(1, 550)`,
          [tenant, scene.tenantId],
        );
        await asOwner(
          scene.database,
          `INSERT INTO files (job_id, file_index, tenant_id, name, media_type, bytes, sha256)
           SELECT id, 0, tenant_id, name, 'image/png', 1, 'ab' FROM jobs WHERE tenant_id = $1 AND master_key_id = 'k'`,
          [tenant],
        );
      }
      const found = async (name: string) =>
        (await pagesOf(scene, { limit: 1, name })).flat().map((job) => names[ids.indexOf(job.id)]);
      expect(await found('invoice')).toEqual(['INVOICE 7 zq.pdf', 'Invoice-2025-0042.pdf']);
      expect(await found('invoice-2025-0042.PDF')).toEqual(['Invoice-2025-0042.pdf']);
      expect(await found('2025-0042.png')).toEqual([]);
      expect(await found('ZQ')).toEqual(['a 50%_off zq', 'INVOICE 7 zq.pdf']);
      expect(await found('q')).toEqual(['a 50%_off zq', 'INVOICE 7 zq.pdf']);
      expect(await found('..')).toEqual(['b..c']);
      expect(await found('%_')).toEqual(['a 50%_off zq']);
      expect(await found('x')).toEqual(['x']);
      expect(await found('zz')).toEqual([]);
    }));

  test('holds the jobs of one tenant only', () =>
    inScene(version, async (scene) => {
      await submit(scene);
      const stranger = await addTenant(scene.database);
      const theirs = await submit(scene, { tenantId: stranger });
      for (const filter of [{}, { name: 'scan' }, { status: 'queued' as const }]) {
        const { jobs } = await listJobs(scene.api, stranger, { limit: 10, ...filter });
        expect(jobs.map(({ id }) => id)).toEqual([theirs]);
      }
    }));
});

async function pagesOf(scene: Scene, filter: JobFilter): Promise<Job[][]> {
  const pages: Job[][] = [];
  let after: JobCursor | undefined;
  for (;;) {
    const { jobs, next } = await listJobs(scene.api, scene.tenantId, { ...filter, after });
    pages.push(jobs);
    if (next === null) return pages;
    after = next;
  }
}
