import { JobBody, Problem } from '@docusnap/contracts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { routesOf } from './app.ts';
import { form, openTestGateway, openTestWorker, type TestGateway } from './test-gateway.ts';
import { pdf } from './test-pictures.ts';

let gateway: Awaited<ReturnType<typeof openTestGateway>>;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway.close());

const withoutKey: Parameters<TestGateway['call']>[1] = { key: null };

test('an address that does not exist is a problem document', async () => {
  for (const path of ['/', '/v1', '/v1/nothing', '/v1/jobs/a/b/c/d', '/V1/jobs', '/%zz']) {
    const answer = await gateway.call(path, withoutKey);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const problem = Problem.parse(await answer.json());
    expect([404, 400]).toContain(problem.status);
    expect(answer.status).toBe(problem.status);
  }
});

test('a method that an address does not answer is told which it does', async () => {
  for (const [method, path, allow] of [
    ['PUT', '/v1/jobs', 'POST, GET, HEAD'],
    ['POST', '/v1/jobs/x', 'GET, DELETE, HEAD'],
    ['OPTIONS', '/v1/keys', 'POST, GET, HEAD'],
    ['GET', '/v1/keys/x', 'PATCH, DELETE'],
    ['DELETE', '/healthz', 'GET, HEAD'],
  ] as const) {
    const answer = await gateway.call(path, { method, key: null });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe(allow);
    expect(Problem.parse(await answer.json()).code).toBe('method_not_allowed');
  }
});

test('every route but the public ones needs a key', async () => {
  for (const { method, path, scope } of routesOf(gateway.ports)) {
    const answer = await gateway.call(path.replaceAll(/\{\w+\}/g, '1'), { method: method.toUpperCase(), key: null });
    expect({ path, method, refused: answer.status === 401 }).toEqual({ path, method, refused: scope !== null });
  }
});

test('health needs no key, and says what cannot be reached', async () => {
  expect(await (await gateway.call('/healthz', withoutKey)).json()).toEqual({ alive: true });
  const { queue } = gateway.ports;
  expect(await (await gateway.call('/readyz', withoutKey)).json()).toEqual({
    ready: true,
    checks: { database: 'ok', storage: 'ok', queue: 'ok' },
  });
  const ping = queue.ping;
  Object.assign(queue, { ping: () => Promise.reject(new Error('away')) });
  const degraded = await gateway.call('/readyz', withoutKey);
  Object.assign(queue, { ping });
  expect(degraded.status).toBe(200);
  expect(await degraded.json()).toMatchObject({ ready: true, checks: { queue: 'degraded' } });
});

test('a request keeps a sane id of its caller and gets one of ours otherwise', async () => {
  const idFor = async (id: string) =>
    (await gateway.call('/healthz', { key: null, headers: { 'x-request-id': id } })).headers.get('x-request-id');
  expect(await idFor('order-1.A_2')).toBe('order-1.A_2');
  for (const id of ['', 'a b', '<script>', 'x'.repeat(65)]) expect(await idFor(id)).toMatch(/^[0-9a-f-]{36}$/);
  const refused = await gateway.call('/v1/nothing', { headers: { 'x-request-id': 'mine' } });
  expect(await refused.json()).toMatchObject({ request_id: 'mine' });
});

test('answers carry headers against guessing, framing and running, and do not name the software', async () => {
  for (const path of ['/healthz', '/v1/jobs', '/v1/nothing']) {
    const { headers } = await gateway.call(path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-powered-by')).toBeNull();
  }
});

test('a request is one line in the log, without text, name, query or key', async () => {
  const answer = await gateway.call('/v1/jobs', {
    method: 'POST',
    body: form([pdf({ bytes: 50_000 })], { metadata: '{"a":"secret"}' }),
  });
  const { id } = JobBody.parse(await answer.json());
  const worker = openTestWorker(gateway);
  await worker.open(1);
  await worker.read('confidential');
  gateway.logged.length = 0;
  const requestId = (await gateway.call(`/v1/jobs/${id}/result?format=text`)).headers.get('x-request-id');
  await gateway.call(`/v1/jobs?name=confidential`);
  while (gateway.logged.length < 2) await new Promise((resolve) => setImmediate(resolve));
  const [line] = gateway.logged.map((text) => JSON.parse(text)).filter((logged) => logged.request_id === requestId);
  expect(line).toMatchObject({
    msg: 'request',
    method: 'GET',
    route: '/v1/jobs/{id}/result',
    status: 200,
    tenant: gateway.tenantId,
    ms: expect.any(Number),
    bytes_in: expect.any(Number),
  });
  expect(gateway.logged).toHaveLength(2);
  expect(gateway.logged.join('')).not.toMatch(/confidential|secret|ds_/);
});

test('an error that nobody expected is told as internal, without a stack, and logged with it', async () => {
  const { removePrefix } = gateway.ports.blobs;
  const answer = await gateway.call('/v1/jobs', { method: 'POST', body: form([pdf()]) });
  const { id } = JobBody.parse(await answer.json());
  Object.assign(gateway.ports.blobs, { removePrefix: () => Promise.reject(new TypeError('boom at /srv/secret.ts')) });
  const failed = await gateway.call(`/v1/jobs/${id}`, { method: 'DELETE' });
  Object.assign(gateway.ports.blobs, { removePrefix });
  expect(failed.status).toBe(500);
  const text = await failed.text();
  expect(Problem.parse(JSON.parse(text)).code).toBe('internal');
  expect(text).not.toContain('boom');
  while (!gateway.logged.join('').includes('boom')) await new Promise((resolve) => setImmediate(resolve));
  // Its rows are gone, and what is left of it is known.
  expect((await gateway.call(`/v1/jobs/${id}`, { method: 'DELETE' })).status).toBe(404);
});

test('requests, units and held polls are measured, by route and not by id', async () => {
  await gateway.call('/v1/jobs', { method: 'POST', body: form([pdf(), pdf()]) });
  await gateway.call('/v1/jobs/00000000-0000-4000-8000-000000000000');
  // A request is counted once its answer is sent, which the client may have before.
  const counted = 'docusnap_http_requests_total{route="/v1/jobs/{id}",method="GET",status="404"} 1';
  let text = await gateway.metrics.registry.metrics();
  while (!text.includes(counted)) {
    await new Promise(setImmediate);
    text = await gateway.metrics.registry.metrics();
  }
  expect(text).toMatch(/docusnap_http_request_duration_seconds_count\{route="\/v1\/jobs",method="POST"\} \d/);
  expect(text).toContain('docusnap_units{lane="read",state="waiting"} 2');
  expect(text).toContain('docusnap_units{lane="read",state="held"} 0');
  expect(text).toMatch(/docusnap_units_oldest_waiting_seconds\{lane="read"\} \d/);
  expect(text).toContain('docusnap_held_requests 0');
  expect(text).not.toContain('00000000-');
});

test('what anybody asks makes no series without end: not by paths, ids, methods, queries or kinds of errors', async () => {
  const series = async () =>
    (await gateway.metrics.registry.metrics()).split('\n').filter((line) => /^docusnap/.test(line));
  const ask = async (round: number) => {
    const id = crypto.randomUUID();
    for (const path of [
      `/v1/jobs/${id}`,
      `/v1/jobs/${id}/pages/${round}`,
      `/v1/keys/${id}`,
      `/${id}`,
      `/v1/jobs?limit=${round}&x=${id}`,
    ]) {
      for (const method of ['GET', 'POST', 'DELETE', 'PATCH', 'PUT', 'PROPFIND']) {
        await gateway.call(path, { method, key: round % 2 === 0 ? null : `ds_${id}` });
        await gateway.call(path, { method });
      }
    }
  };
  await ask(1);
  await ask(2);
  const before = await series();
  for (let round = 3; round < 8; round += 1) await ask(round);
  const after = await series();
  expect(after.length).toBe(before.length);
  expect(after.length).toBeLessThan(3_000);
  const codes = after.flatMap((line) => /^docusnap_http_errors_total\{code="(\w+)"\}/.exec(line)?.[1] ?? []);
  expect(codes).toEqual(expect.arrayContaining(['unauthorized', 'job_not_found', 'not_found', 'method_not_allowed']));
});

test('lines of the log say which job and trace they are about, and what concerns security', async () => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const headers = { traceparent: `00-${trace}-00f067aa0ba902b7-01` };
  const before = gateway.logged.length;
  const lines = () => gateway.logged.slice(before).map((line) => JSON.parse(line) as Record<string, unknown>);
  const submitted = await gateway.call('/v1/jobs', { method: 'POST', body: form([pdf()]), headers });
  const { id } = JobBody.parse(await submitted.json());
  await gateway.call(`/v1/jobs/${id}`);
  await gateway.call(`/v1/jobs/${id}`, { key: 'ds_unknown' });
  const viewer = await gateway.addKey({ scopes: ['read'] });
  await gateway.call('/v1/keys', { key: viewer });
  const body = JSON.stringify({ name: 'another', scopes: ['read'] });
  await gateway.call('/v1/keys', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  while (lines().filter(({ security }) => security === 'access_changed').length === 0) await new Promise(setImmediate);
  const [submit, poll, unknown, refused, changed] = lines().filter(({ category }) => category === 'access');
  expect(submit).toMatchObject({ job: id, trace_id: trace, route: '/v1/jobs', status: 202 });
  expect(submit).not.toHaveProperty('security');
  expect(poll).toMatchObject({ job: id, trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) });
  expect(unknown).toMatchObject({ job: id, status: 401, security: 'sign_in_failed' });
  expect(refused).toMatchObject({ status: 403, security: 'refused' });
  expect(changed).toMatchObject({ route: '/v1/keys', status: 201, security: 'access_changed' });
});
