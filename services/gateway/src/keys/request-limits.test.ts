import { randomUUID } from 'node:crypto';
import type { Caller, TenantLimits } from '@docusnap/contracts';
import { closeDatabase, type Database, openDatabase } from '@docusnap/db';
import { type TestDatabase, testDatabase } from '@docusnap/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openRequestLimits, type RequestLimits } from './request-limits.ts';

let database: TestDatabase;
let db: Database;
let owner: Database;
beforeAll(async () => {
  database = await testDatabase();
  db = openDatabase(database.apiUrl);
  owner = openDatabase(database.ownerUrl, { poolSize: 1 });
});
afterAll(async () => {
  await closeDatabase(db);
  await closeDatabase(owner);
  await database.drop();
});

let tenantId: string;
beforeEach(async () => {
  tenantId = randomUUID();
  await owner.pool.query("INSERT INTO tenants (id, name) VALUES ($1, 't')", [tenantId]);
});

function callerOf(limits: { tenant?: TenantLimits; key?: TenantLimits }, keyId: string | null = randomUUID()): Caller {
  const both = { tenant: limits.tenant ?? {}, key: limits.key ?? {} };
  return { keyId, subject: null, tenantId, scopes: ['read'], cache: true, suspended: false, limits: both };
}

/** How many of so many requests pass. */
async function passing(limits: RequestLimits, caller: Caller, requests: number): Promise<number> {
  const taken = await Promise.allSettled(Array.from({ length: requests }, () => limits.take(caller)));
  for (const { status, ...rest } of taken) {
    if (status === 'rejected') expect(rest).toMatchObject({ reason: { code: 'too_many_requests' } });
  }
  return taken.filter(({ status }) => status === 'fulfilled').length;
}

async function roundTrips(): Promise<number> {
  const { rows } = await owner.pool.query(
    'SELECT coalesce(sum(n), 0)::integer AS sum FROM request_counts, unnest(counts) n',
  );
  return rows[0].sum;
}

test('three gateways together let no more pass than the limit', async () => {
  const caller = callerOf({ key: { requests_per_minute: 120 } });
  const gateways = [1, 2, 3].map(() => openRequestLimits(db));
  const passed = await Promise.all(gateways.map((gateway) => passing(gateway, caller, 100)));
  expect(passed.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(120);
  expect(passed.reduce((sum, each) => sum + each, 0)).toBeGreaterThanOrEqual(114);
  expect(await roundTrips()).toBe(120);
});

test('of the limits of key and tenant the tighter one counts, and a caller without a key has the tenant’s', async () => {
  const limits = openRequestLimits(db);
  expect(
    await passing(limits, callerOf({ key: { requests_per_minute: 3 }, tenant: { requests_per_minute: 50 } }), 10),
  ).toBe(3);
  expect(await passing(limits, callerOf({ tenant: { requests_per_minute: 5 } }, null), 10)).toBe(2);
});

test('who is not limited costs no round trip', async () => {
  const limits = openRequestLimits(openDatabase('postgresql://nobody@127.0.0.1:1/nowhere'));
  expect(await passing(limits, callerOf({}), 1_000)).toBe(1_000);
});

test('a busy key asks the database for one request in many, and a refusal is repeated without asking', async () => {
  let asked = 0;
  const counting = {
    ...db,
    pool: new Proxy(db.pool, {
      get: (pool, name) => {
        if (name === 'query') asked += 1;
        const value = Reflect.get(pool, name, pool);
        return typeof value === 'function' ? value.bind(pool) : value;
      },
    }),
  };
  // Its clock stands still: how many pass in a second would be the machine's business.
  const limits = openRequestLimits(counting, () => 0);
  const caller = callerOf({ key: { requests_per_minute: 6_000 } });
  for (let request = 0; request < 3_000; request += 1) await limits.take(caller);
  expect(asked).toBeLessThan(60);
  const refused = callerOf({ key: { requests_per_minute: 1 } });
  await limits.take(refused);
  asked = 0;
  expect(await passing(limits, refused, 200)).toBe(0);
  expect(asked).toBe(1);
});
