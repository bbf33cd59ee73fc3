import { expect, test } from '@jest/globals';
import { countBacklog } from './backlog.ts';
import { busiestTenants } from './busiest-tenants.ts';
import { addTenant, inScene, onEachPostgres, readAll, submit } from './test-jobs.ts';
import { rollUpUsage } from './usage.ts';

const NOTHING = { units: 0, jobs: 0, jobsFailed: 0, pages: 0, pagesFailed: 0, tokens: 0 };

onEachPostgres('the busiest tenants', (version) => {
  test('are those of which most waits and those that had most pages read today; all others are one', () =>
    inScene(version, async (scene) => {
      expect(await busiestTenants(scene.worker, 2)).toEqual([]);
      const tenants = [scene.tenantId];
      while (tenants.length < 5) tenants.push(await addTenant(scene.database));
      // Pages of the first three: 1, 2, 3; counted by the day for some, one by one for others.
      for (const [index, tenantId] of tenants.slice(0, 3).entries()) {
        for (let jobs = 0; jobs <= index; jobs += 1) await submit(scene, { tenantId });
        await readAll(scene, 1);
        if (index < 2) await rollUpUsage(scene.worker);
      }
      for (let waiting = 0; waiting < 3; waiting += 1) await submit(scene, { tenantId: tenants[3]! });
      await submit(scene, { tenantId: tenants[4]! });
      await countBacklog(scene.worker);
      const found = await busiestTenants(scene.worker, 1);
      expect(found).toHaveLength(3);
      expect(found).toContainEqual({ ...NOTHING, tenantId: tenants[2], jobs: 3, pages: 3 });
      expect(found).toContainEqual({ ...NOTHING, tenantId: tenants[3], units: 3 });
      expect(found.at(-1)).toEqual({ ...NOTHING, tenantId: null, units: 1, jobs: 3, pages: 3 });
    }));
});
