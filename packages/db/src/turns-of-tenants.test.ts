import { expect, test } from '@jest/globals';
import { claimUnit } from './claim.ts';
import { createJob } from './jobs.ts';
import { addTenant, inScene, newJob, onEachPostgres } from './test-jobs.ts';

onEachPostgres('turns between tenants', (version) => {
  test('one reader takes a job of a page of each tenant in turn, however many one of them had submitted before', () =>
    inScene(version, async ({ api, worker, database, tenantId }) => {
      const guest = await addTenant(database);
      for (let count = 0; count < 4; count += 1) await createJob(api, newJob(tenantId));
      for (let count = 0; count < 2; count += 1) await createJob(api, newJob(guest));
      const turns: string[] = [];
      let served: string | null = null;
      for (let count = 0; count < 4; count += 1) {
        const unit = await claimUnit(worker, { holder: 'one', served });
        if (!unit) throw new Error('Expected a unit');
        turns.push(unit.tenantId);
        served = unit.jobId;
        await worker.pool.query('DELETE FROM units WHERE id = $1', [unit.id]);
      }
      expect(turns).toEqual([tenantId, guest, tenantId, guest]);
    }));
});
