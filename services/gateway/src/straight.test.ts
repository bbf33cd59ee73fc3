import { JobBody, Problem } from '@docusnap/contracts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { form, openTestGateway, openTestWorker } from './test-gateway.ts';
import { pdf } from './test-pictures.ts';

let gateway: Awaited<ReturnType<typeof openTestGateway>>;
let id: string;
beforeAll(async () => {
  gateway = await openTestGateway();
  const answer = await gateway.call('/v1/jobs', { method: 'POST', body: form([pdf()]) });
  id = JobBody.parse(await answer.json()).id;
  const worker = openTestWorker(gateway);
  await worker.open(1);
  await worker.read('text');
});
afterAll(() => gateway.close());

/** Same of both, without what is of one request. */
async function seen(answer: Response) {
  const { date: _, 'x-request-id': requestId, ...headers } = Object.fromEntries(answer.headers);
  const text = (await answer.text()).replaceAll(requestId ?? '', 'ID');
  return { status: answer.status, headers: Object.entries(headers), text };
}

test('a poll that goes straight is answered like one that the router finds, headers in the same order', async () => {
  const etag = (await gateway.call(`/v1/jobs/${id}`)).headers.get('etag') ?? '';
  for (const [path, init] of [
    ['', {}],
    ['?wait=0', {}],
    ['?wait=x', {}],
    ['?other=1', {}],
    ['', { headers: { 'if-none-match': etag } }],
    ['', { key: null }],
    ['', { headers: { 'x-request-id': 'mine' } }],
    ['', { method: 'HEAD' }],
    ['', { method: 'PUT' }],
  ] as const) {
    // Escaped, which only the router undoes.
    const other = `%${id.charCodeAt(0).toString(16)}${id.slice(1)}`;
    const [straight, routed] = [
      await gateway.call(`/v1/jobs/${id}${path}`, init),
      await gateway.call(`/v1/jobs/${other}${path}`, init),
    ];
    expect(await seen(straight)).toEqual(await seen(routed));
  }
});

test('an id in capitals is the same job, and one that nobody has, or that is none, is not found', async () => {
  expect((await gateway.call(`/v1/jobs/${id.toUpperCase()}`)).status).toBe(200);
  for (const none of ['0'.repeat(36), '-'.repeat(36), crypto.randomUUID()]) {
    const answer = await gateway.call(`/v1/jobs/${none}`);
    expect(answer.status).toBe(404);
    expect(Problem.parse(await answer.json()).code).toBe('job_not_found');
  }
});

test('each poll is a line in the log and a request in the measures, with its route, job, tenant and key', async () => {
  gateway.logged.length = 0;
  const requestId = (await gateway.call(`/v1/jobs/${id}?wait=0`)).headers.get('x-request-id');
  while (gateway.logged.length < 1) await new Promise((resolve) => setImmediate(resolve));
  expect(JSON.parse(gateway.logged[0] ?? '')).toMatchObject({
    category: 'access',
    request_id: requestId,
    trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    method: 'GET',
    route: '/v1/jobs/{id}',
    status: 200,
    job: id,
    tenant: gateway.tenantId,
    key: expect.any(String),
    client: expect.any(String),
    msg: 'request',
  });
  const measures = await gateway.metrics.registry.metrics();
  expect(measures).toMatch(/docusnap_http_requests_total\{route="\/v1\/jobs\/\{id\}",method="GET",status="200"\} \d+/);
});

test('a key that was revoked, or a job that was erased, is refused at the very next poll of a job that is at hand', async () => {
  const key = await gateway.addKey({ scopes: ['read'] });
  for (let count = 0; count < 2; count += 1) {
    expect((await gateway.call(`/v1/jobs/${id}`, { key })).status).toBe(200);
  }
  const other = await gateway.addKey({ scopes: ['read'], tenantId: await gateway.addTenant() });
  expect((await gateway.call(`/v1/jobs/${id}`, { key: other })).status).toBe(404);
  const { id: keyId } = await (await gateway.call('/v1/keys')).json().then(({ keys }) => keys.find(isNotFirst));
  await gateway.call(`/v1/keys/${keyId}`, { method: 'DELETE' });
  expect((await gateway.call(`/v1/jobs/${id}`, { key })).status).toBe(401);
  await gateway.call(`/v1/jobs/${id}`, { method: 'DELETE' });
  expect((await gateway.call(`/v1/jobs/${id}`)).status).toBe(404);
});

const isNotFirst = ({ scopes }: { scopes: readonly string[] }): boolean => scopes.length === 1;
