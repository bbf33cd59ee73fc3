import { randomUUID } from 'node:crypto';
import { JobBody, NewTenantBody, TenantBody, TenantListBody } from '@docusnap/contracts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { form, openTestGateway, openTestWorker, type TestGateway } from '../test-gateway.ts';
import { pdf } from '../test-pictures.ts';
import { runRound } from './upkeep.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway.close());

const send = (method: string, path: string, body?: unknown, key?: string) =>
  gateway.call(path, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    ...(key !== undefined && { key }),
  });
const make = async (body: object = { name: 'a tenant' }) =>
  NewTenantBody.parse(await (await send('POST', '/v1/tenants', body)).json());
const upkeep = () => runRound(gateway.worker, new AbortController().signal);

test('a new tenant comes with a key that is shown once, works in it, and makes no operators', async () => {
  const made = await send('POST', '/v1/tenants', { name: 'press', limits: { pages_per_day: 5 } });
  expect(made.status).toBe(201);
  const { key, ...tenant } = NewTenantBody.parse(await made.json());
  expect(made.headers.get('location')).toBe(`/v1/tenants/${tenant.id}`);
  expect(tenant).toMatchObject({ name: 'press', limits: { pages_per_day: 5 }, status: 'active' });
  expect(key.scopes.toSorted()).toEqual(['admin', 'read', 'write']);
  expect((await send('GET', '/v1/jobs', undefined, key.key)).status).toBe(200);
  expect((await send('GET', '/v1/tenants', undefined, key.key)).status).toBe(403);
  expect((await send('POST', '/v1/keys', { name: 'x', scopes: ['operator'] }, key.key)).status).toBe(403);
  expect(TenantBody.parse(await (await send('GET', `/v1/tenants/${tenant.id}`)).json())).toEqual(tenant);
  expect(gateway.logged.join('')).not.toContain(key.key.slice(12));
});

test('tenants are listed newest first, part by part', async () => {
  const ids = [];
  for (const name of ['one', 'two', 'three']) ids.unshift((await make({ name })).id);
  const first = TenantListBody.parse(await (await send('GET', '/v1/tenants?limit=2')).json());
  expect(first.tenants.map(({ id }) => id)).toEqual(ids.slice(0, 2));
  const next = TenantListBody.parse(
    await (await send('GET', `/v1/tenants?limit=2&cursor=${first.next_cursor}`)).json(),
  );
  expect(next.tenants[0]?.id).toBe(ids[2]);
  expect((await send('GET', '/v1/tenants?cursor=x')).status).toBe(400);
});

test('limits count from the next request on, and a suspended tenant is let in again', async () => {
  const { id, key } = await make();
  const patch = (body: unknown) => send('PATCH', `/v1/tenants/${id}`, body);
  const list = () => send('GET', '/v1/jobs', undefined, key.key);
  expect((await list()).status).toBe(200);
  expect(await (await patch({ limits: { requests_per_minute: 1 } })).json()).toMatchObject({
    limits: { requests_per_minute: 1 },
  });
  expect([(await list()).status, (await list()).status]).toEqual([200, 429]);
  expect(await (await patch({ limits: {}, suspended: true, name: 'new name' })).json()).toMatchObject({
    status: 'suspended',
    name: 'new name',
  });
  const refused = await list();
  expect({ status: refused.status, code: (await refused.json()).code }).toEqual({
    status: 403,
    code: 'tenant_suspended',
  });
  expect(await (await patch({ suspended: false })).json()).toMatchObject({ status: 'active', limits: {} });
  expect((await list()).status).toBe(200);
  const endless = [{ requests_per_minute: 2 ** 31 }, { retention_seconds: 2 ** 53 - 1 }].map((limits) => ({ limits }));
  for (const body of [{ id: randomUUID() }, { limits: { unknown: 1 } }, null, ...endless])
    expect((await patch(body)).status).toBe(400);
});

test('an erased tenant is refused at once, and then nothing of it is left but the audit log', async () => {
  const { id, key } = await make();
  const worker = openTestWorker(gateway);
  for (let job = 0; job < 3; job += 1) {
    const answer = await gateway.call('/v1/jobs', { method: 'POST', body: form([pdf()]), key: key.key });
    expect(answer.status).toBe(202);
    JobBody.parse(await answer.json());
  }
  await worker.open(1);
  await worker.read('a page');
  const erased = await send('DELETE', `/v1/tenants/${id}`);
  expect(erased.status).toBe(202);
  expect(await erased.json()).toMatchObject({ id, status: 'erasing' });
  expect((await send('GET', '/v1/jobs', undefined, key.key)).status).toBe(401);
  expect((await send('DELETE', `/v1/tenants/${id}`)).status).toBe(202);
  await upkeep();
  expect((await send('GET', `/v1/tenants/${id}`)).status).toBe(404);
  const { rows } = await gateway.worker.pool.query('SELECT count(*)::integer AS jobs FROM jobs WHERE tenant_id = $1', [
    id,
  ]);
  expect(rows).toEqual([{ jobs: 0 }]);
  const left = await gateway.worker.pool.query('SELECT reason FROM erasures WHERE tenant_id = $1', [id]);
  // Their blobs go as those of any erased job.
  expect(left.rows).toEqual([{ reason: 'tenant' }, { reason: 'tenant' }, { reason: 'tenant' }]);
});

test('an operator erases neither their own tenant nor one that is not there', async () => {
  const own = await send('DELETE', `/v1/tenants/${gateway.tenantId}`);
  expect({ status: own.status, code: (await own.json()).code }).toEqual({ status: 409, code: 'own_tenant' });
  for (const id of [randomUUID(), 'x']) {
    for (const [method, body] of [
      ['GET', undefined],
      ['DELETE', undefined],
      ['PATCH', { name: 'x' }],
    ] as const) {
      const answer = await send(method, `/v1/tenants/${id}`, body);
      expect({ status: answer.status, code: (await answer.json()).code }).toEqual({
        status: 404,
        code: 'tenant_not_found',
      });
    }
  }
});
