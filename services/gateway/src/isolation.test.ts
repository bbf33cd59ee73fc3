import { randomUUID } from 'node:crypto';
import { JobBody } from '@docusnap/contracts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { routesOf } from './app.ts';
import type { Route } from './route.ts';
import { form, openTestGateway, openTestWorker, type TestGateway } from './test-gateway.ts';
import { pdf } from './test-pictures.ts';

/** Ids of things that the first tenant has. */
interface Things {
  readonly job: string;
  readonly batch: string;
  readonly webhook: string;
  readonly event: string;
  readonly key: string;
  /** A job of which only its erasure is left. */
  readonly erased: string;
  readonly tenant: string;
}

type Thing = keyof Things;

/**
 * Every route that names something by an id: what it names, and a body that it would take. A route that is not in here fails the test below, so
 * that nobody adds one without saying whose the thing is.
 */
const NAMING: Readonly<Record<string, { readonly thing: Thing; readonly body?: object }>> = {
  'GET /v1/jobs/{id}': { thing: 'job' },
  'DELETE /v1/jobs/{id}': { thing: 'job' },
  'POST /v1/jobs/{id}/retry': { thing: 'job' },
  'POST /v1/jobs/{id}/cancel': { thing: 'job' },
  'POST /v1/jobs/{id}/extractions': { thing: 'job', body: { task: 'classify' } },
  'GET /v1/jobs/{id}/extractions': { thing: 'job' },
  'GET /v1/jobs/{id}/events': { thing: 'job' },
  'GET /v1/jobs/{id}/deliveries': { thing: 'job' },
  'GET /v1/jobs/{id}/result': { thing: 'job' },
  'GET /v1/jobs/{id}/pages': { thing: 'job' },
  'GET /v1/jobs/{id}/pages/{n}': { thing: 'job' },
  'GET /v1/jobs/{id}/pages/{n}/image': { thing: 'job' },
  'GET /v1/jobs/{id}/pages/{n}/tables/{k}.csv': { thing: 'job' },
  'GET /v1/erasures/{id}': { thing: 'erased' },
  'GET /v1/batches/{id}': { thing: 'batch' },
  'DELETE /v1/batches/{id}': { thing: 'batch' },
  'POST /v1/batches/{id}/cancel': { thing: 'batch' },
  'GET /v1/webhooks/{id}': { thing: 'webhook' },
  'PATCH /v1/webhooks/{id}': { thing: 'webhook', body: { name: 'mine' } },
  'DELETE /v1/webhooks/{id}': { thing: 'webhook' },
  'POST /v1/webhooks/{id}/rotate': { thing: 'webhook', body: {} },
  'POST /v1/webhooks/{id}/test': { thing: 'webhook' },
  'GET /v1/webhooks/{id}/deliveries': { thing: 'webhook' },
  'POST /v1/webhooks/deliveries/{id}/redeliver': { thing: 'event' },
  'PATCH /v1/keys/{id}': { thing: 'key', body: { name: 'mine' } },
  'DELETE /v1/keys/{id}': { thing: 'key' },
  'GET /v1/tenants/{id}': { thing: 'tenant' },
  'PATCH /v1/tenants/{id}': { thing: 'tenant', body: { name: 'mine' } },
  'DELETE /v1/tenants/{id}': { thing: 'tenant' },
};

/** Every route with a key that names nothing, with what it needs; none of its answers may tell of another tenant's. */
const OWN: Readonly<Record<string, { readonly body?: object; readonly query?: string }>> = {
  'GET /v1/jobs': {},
  'POST /v1/jobs': { body: {} },
  'GET /v1/batches': {},
  'POST /v1/batches': { body: {} },
  'GET /v1/webhooks': {},
  'POST /v1/webhooks': { body: {} },
  'GET /v1/keys': {},
  'POST /v1/keys': { body: {} },
  'GET /v1/usage': { query: '?group_by=day,key' },
  'GET /v1/audit': {},
  'GET /v1/tenants': {},
  'POST /v1/tenants': { body: {} },
  'GET /v1/system': {},
  'POST /v1/console/links': {},
};

let gateway: TestGateway;
let ours: Things;
/** Of another tenant, with every scope of a tenant. */
let stranger: string;
let operator: string;

beforeAll(async () => {
  gateway = await openTestGateway();
  ours = await makeThings(gateway);
  const tenantId = await gateway.addTenant();
  stranger = await gateway.addKey({ scopes: ['read', 'write', 'admin'], tenantId });
  operator = await gateway.addKey({ scopes: ['read', 'write', 'admin', 'operator'], tenantId });
});
afterAll(() => gateway.close());

const keyed = (): Route[] => routesOf(gateway.ports).filter(({ scope }) => scope !== null);
const nameOf = ({ method, path }: Route) => `${method.toUpperCase()} ${path}`;
const isNaming = ({ path }: Route) => path.includes('{');

test('every route is in one of the two lists, and every entry of them is a route', () => {
  const routes = keyed();
  expect(new Set(routes.filter(isNaming).map(nameOf))).toEqual(new Set(Object.keys(NAMING)));
  expect(new Set(routes.filter((route) => !isNaming(route)).map(nameOf))).toEqual(new Set(Object.keys(OWN)));
});

test('what another tenant has is answered exactly as what nobody has, by every route that names something', async () => {
  for (const route of keyed().filter(isNaming)) {
    const { thing, body } = NAMING[nameOf(route)]!;
    const ask = async (id: string) => {
      const path = route.path.replace('{id}', id).replace('{n}', '1').replace('{k}', '1');
      const answer = await send(route, path, stranger, body);
      const { request_id: _, ...problem } = (await answer.json()) as Record<string, unknown>;
      const { date: _date, 'x-request-id': _id, ...headers } = Object.fromEntries(answer.headers);
      return { status: answer.status, problem, headers };
    };
    const theirs = await ask(ours[thing]);
    // Whether there is such a tenant is for operators to know.
    expect([nameOf(route), theirs.status]).toEqual([nameOf(route), thing === 'tenant' ? 403 : 404]);
    expect([nameOf(route), theirs]).toEqual([nameOf(route), await ask(randomUUID())]);
  }
});

test('lists, usage and the audit log of a tenant show nothing of another one', async () => {
  const secrets = [...Object.values(ours), gateway.tenantId];
  // One who has not asked for these ids: what somebody asked for stands in their own audit log.
  const other = await gateway.addKey({ scopes: ['read', 'write', 'admin'], tenantId: await gateway.addTenant() });
  for (const route of keyed().filter((one) => !isNaming(one))) {
    const { body, query = '' } = OWN[nameOf(route)]!;
    const answer = await send(route, route.path + query, other, body);
    const text = await answer.text();
    expect([nameOf(route), secrets.filter((id) => text.includes(id))]).toEqual([nameOf(route), []]);
    if (route.scope === 'operator') expect([nameOf(route), answer.status]).toEqual([nameOf(route), 403]);
    else if (route.method === 'get') expect([nameOf(route), answer.status]).toEqual([nameOf(route), 200]);
  }
});

test('an operator reads nothing of what tenants have, but for the numbers of the whole', async () => {
  for (const route of keyed().filter(isNaming)) {
    const { thing, body } = NAMING[nameOf(route)]!;
    if (thing === 'tenant') continue;
    const path = route.path.replace('{id}', ours[thing]).replace('{n}', '1').replace('{k}', '1');
    const answer = await send(route, path, operator, body);
    expect([nameOf(route), answer.status]).toEqual([nameOf(route), 404]);
  }
});

test('an Idempotency-Key of one tenant is another request of another one', async () => {
  const submit = async (key: string) => {
    const headers = { 'idempotency-key': 'the same' };
    const answer = await gateway.call('/v1/jobs', { method: 'POST', key, headers, body: form([pdf()]) });
    return { status: answer.status, id: JobBody.parse(await answer.json()).id };
  };
  const [mine, theirs] = [await submit(gateway.key), await submit(stranger)];
  expect([mine.status, theirs.status]).toEqual([202, 202]);
  expect(theirs.id).not.toBe(mine.id);
  expect(await submit(gateway.key)).toEqual(mine);
});

test('a job takes neither a batch nor a webhook of another tenant', async () => {
  for (const fields of [{ batch: ours.batch }, { webhook: JSON.stringify({ id: ours.webhook }) }]) {
    const answer = await gateway.call('/v1/jobs', {
      method: 'POST',
      key: stranger,
      body: form([pdf()], fields as Record<string, string>),
    });
    const body = await answer.text();
    expect([Object.keys(fields)[0], answer.status, body.includes(ours.job)]).toEqual([
      Object.keys(fields)[0],
      404,
      false,
    ]);
  }
});

function send(route: Route, path: string, key: string, body: object | undefined): Promise<Response> {
  return gateway.call(path, {
    method: route.method.toUpperCase(),
    key,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
}

async function makeThings(at: TestGateway): Promise<Things> {
  const worker = openTestWorker(at);
  const post = async (path: string, body: object): Promise<Record<string, string>> => {
    const answer = await at.call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect([path, answer.ok]).toEqual([path, true]);
    return (await answer.json()) as Record<string, string>;
  };
  const submit = async () => {
    const answer = await at.call('/v1/jobs', { method: 'POST', body: form([pdf()]) });
    return JobBody.parse(await answer.json()).id;
  };
  const webhook = await post('/v1/webhooks', { url: 'https://example.com/hook' });
  const job = await submit();
  await worker.open(1);
  await worker.read('text of the first tenant');
  const erased = await submit();
  await at.call(`/v1/jobs/${erased}`, { method: 'DELETE' });
  await post(`/v1/webhooks/${webhook.id}/test`, {});
  const { rows } = await at.worker.pool.query('SELECT id FROM webhook_events LIMIT 1');
  return {
    job,
    erased,
    batch: (await post('/v1/batches', {})).id!,
    webhook: webhook.id!,
    event: rows[0].id,
    key: (await post('/v1/keys', { name: 'ours' })).id!,
    tenant: at.tenantId,
  };
}
