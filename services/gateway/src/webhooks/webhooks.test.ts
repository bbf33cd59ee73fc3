import { randomUUID } from 'node:crypto';
import { NewWebhookBody, WEBHOOK_EVENTS, WebhookBody, WebhookListBody, WebhookSecret } from '@docusnap/contracts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { form, openTestGateway, type TestGateway } from '../test-gateway.ts';
import { png } from '../test-pictures.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway.close());

const send = (method: string, path: string, body?: unknown, key?: string): Promise<Response> =>
  gateway.call(path, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    ...(key && { key }),
  });
const create = async (body: object = {}, key?: string) =>
  NewWebhookBody.parse(
    await (await send('POST', '/v1/webhooks', { url: 'https://hooks.example/in', ...body }, key)).json(),
  );

test('an endpoint is made with a secret that is shown once and lies sealed', async () => {
  const answer = await send('POST', '/v1/webhooks', { url: 'https://Hooks.example:443/in?a=b#c', name: 'ERP' });
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([201, 'no-store']);
  const { secret, ...shown } = NewWebhookBody.parse(await answer.json());
  expect(answer.headers.get('location')).toBe(`/v1/webhooks/${shown.id}`);
  expect(WebhookSecret.parse(secret)).toBe(secret);
  expect(Buffer.from(secret.slice(6), 'base64')).toHaveLength(32);
  expect(shown).toMatchObject({ name: 'ERP', events: WEBHOOK_EVENTS, key_id: null, only_named: false, enabled: true });
  expect(new URL(shown.url).host).toBe('hooks.example');
  const listed = WebhookListBody.parse(await (await gateway.call('/v1/webhooks')).json());
  expect(listed.webhooks.find(({ id }) => id === shown.id)).toEqual(shown);
  expect(await (await gateway.call(`/v1/webhooks/${shown.id}`)).json()).toEqual(shown);
  const { rows } = await gateway.worker.pool.query(
    'SELECT to_jsonb(s)::text AS text, wrapped_key FROM webhook_secrets s',
  );
  const key = Buffer.from(secret.slice(6), 'base64');
  for (const row of rows)
    expect([row.text.includes(key.toString('hex')), row.wrapped_key.includes(key)]).toEqual([false, false]);
  expect(gateway.logged.join('')).not.toContain(secret.slice(6));
});

test('an endpoint is changed, disabled, enabled and removed', async () => {
  const { id } = await create();
  const path = `/v1/webhooks/${id}`;
  const changed = WebhookBody.parse(
    await (await send('PATCH', path, { name: 'new', events: ['job.failed'], url: 'https://other.example/' })).json(),
  );
  expect(changed).toMatchObject({ name: 'new', events: ['job.failed'], url: 'https://other.example/', enabled: true });
  expect(await (await send('PATCH', path, { enabled: false })).json()).toMatchObject({
    name: 'new',
    enabled: false,
    disabled_reason: 'by_call',
  });
  expect(await (await send('PATCH', path, { enabled: true })).json()).toMatchObject({
    enabled: true,
    disabled_at: null,
    disabled_reason: null,
  });
  expect((await send('DELETE', path)).status).toBe(204);
  expect(await (await gateway.call(path)).json()).toMatchObject({ status: 404, code: 'webhook_not_found' });
});

test.each([
  'http://hooks.example/',
  'https://hooks.example:8443/',
  'https://user:secret@hooks.example/',
  'https://127.0.0.1/',
  'https://[::ffff:10.0.0.1]/',
  'https://169.254.169.254/latest/',
  'ftp://hooks.example/',
  'hooks.example',
])('%s is no address that events are sent to, of an endpoint or of a job', async (url) => {
  expect(await (await send('POST', '/v1/webhooks', { url })).json()).toMatchObject({
    status: 422,
    code: 'webhook_url_refused',
  });
  const { id } = await create();
  expect(await (await send('PATCH', `/v1/webhooks/${id}`, { url })).json()).toMatchObject({
    code: 'webhook_url_refused',
  });
  await send('DELETE', `/v1/webhooks/${id}`);
  const before = await gateway.leftovers();
  const secret = `whsec_${Buffer.alloc(24).toString('base64')}`;
  expect(await (await submit({ url, secret })).json()).toMatchObject({ code: 'webhook_url_refused' });
  expect(await gateway.leftovers()).toEqual(before);
});

const submit = (webhook: unknown, key?: string): Promise<Response> =>
  gateway.call('/v1/jobs', {
    method: 'POST',
    body: form([png()], { webhook: JSON.stringify(webhook) }),
    ...(key && { key }),
  });

test('a job names an endpoint that is there and enabled, or an address with a secret of 24 to 64 bytes', async () => {
  const { id } = await create({ only_named: true });
  expect((await submit({ id })).status).toBe(202);
  await send('PATCH', `/v1/webhooks/${id}`, { enabled: false });
  expect(await (await submit({ id })).json()).toMatchObject({ status: 409, code: 'webhook_disabled' });
  expect(await (await submit({ id: randomUUID() })).json()).toMatchObject({ status: 404, code: 'webhook_not_found' });
  const url = 'https://hooks.example/';
  const secret = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;
  for (const bytes of [24, 25, 32, 64])
    expect([bytes, (await submit({ url, secret: secret(bytes) })).status]).toEqual([bytes, 202]);
  for (const wrong of [
    { url },
    { id: 'x' },
    { id, url, secret: secret(32) },
    { url, secret: secret(23) },
    { url, secret: secret(65) },
    { url, secret: 'whsec_a' },
    { url, secret: secret(32).slice(6) },
    { url, secret: secret(32).replace('_', '=') },
    'https://hooks.example/',
  ]) {
    expect([wrong, (await submit(wrong)).status]).toEqual([wrong, 400]);
  }
});

test.each([
  {},
  { url: '' },
  { url: 'https://hooks.example/', events: [] },
  { url: 'https://hooks.example/', events: ['job.started'] },
  { url: 'https://hooks.example/', secret: 'mine' },
  { url: 'https://hooks.example/', key_id: 'x' },
])('%j makes no endpoint', async (body) => {
  expect(await (await send('POST', '/v1/webhooks', body)).json()).toMatchObject({ status: 400, code: 'bad_request' });
});

test('with an Idempotency-Key an endpoint is made once, and its secret is not shown again', async () => {
  const make = () =>
    gateway.call('/v1/webhooks', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'once' },
      body: '{"url":"https://hooks.example/once"}',
    });
  expect((await make()).status).toBe(201);
  const again = await make();
  expect([again.status, (await again.json()).code]).toEqual([409, 'idempotency_answer_withheld']);
  const { webhooks } = await (await gateway.call('/v1/webhooks')).json();
  expect(webhooks.filter(({ url }: { url: string }) => url.endsWith('/once'))).toHaveLength(1);
});

test('endpoints are for keys with the scope admin', async () => {
  for (const scope of ['read', 'write'] as const) {
    const key = await gateway.addKey({ scopes: [scope] });
    expect((await send('GET', '/v1/webhooks', undefined, key)).status).toBe(403);
    expect((await send('POST', '/v1/webhooks', { url: 'https://hooks.example/' }, key)).status).toBe(403);
  }
});

test('nothing of an endpoint or a job is there for another tenant', async () => {
  const { id } = await create();
  const job = (await (await submit({ id })).json()).id;
  const ping = (await (await send('POST', `/v1/webhooks/${id}/test`)).json()).id;
  const tenantId = await gateway.addTenant();
  const stranger = await gateway.addKey({ scopes: ['read', 'write', 'admin'], tenantId });
  expect(await (await send('GET', '/v1/webhooks', undefined, stranger)).json()).toEqual({ webhooks: [] });
  for (const [method, path, body, code] of [
    ['GET', `/v1/webhooks/${id}`, undefined, 'webhook_not_found'],
    ['PATCH', `/v1/webhooks/${id}`, { enabled: false }, 'webhook_not_found'],
    ['DELETE', `/v1/webhooks/${id}`, undefined, 'webhook_not_found'],
    ['POST', `/v1/webhooks/${id}/rotate`, {}, 'webhook_not_found'],
    ['POST', `/v1/webhooks/${id}/test`, undefined, 'webhook_not_found'],
    ['GET', `/v1/webhooks/${id}/deliveries`, undefined, 'webhook_not_found'],
    ['POST', `/v1/webhooks/deliveries/${ping}/redeliver`, undefined, 'delivery_not_found'],
    ['GET', `/v1/jobs/${job}/deliveries`, undefined, 'job_not_found'],
  ] as const) {
    const answer = await send(method, path, body, stranger);
    expect([method, path, answer.status, (await answer.json()).code]).toEqual([method, path, 404, code]);
  }
  expect(await (await submit({ id }, stranger)).json()).toMatchObject({ code: 'webhook_not_found' });
  expect(await (await gateway.call(`/v1/webhooks/${id}`)).json()).toMatchObject({ enabled: true });
  expect(await (await gateway.call('/v1/webhooks/x')).json()).toMatchObject({ code: 'webhook_not_found' });
});

test('a cursor that is none is refused', async () => {
  const { id } = await create();
  for (const cursor of ['x', Buffer.from('[1,2]').toString('base64url')]) {
    const answer = await gateway.call(`/v1/webhooks/${id}/deliveries?cursor=${cursor}`);
    expect(await answer.json()).toMatchObject({ status: 400, code: 'bad_request' });
  }
});

test('the 51st endpoint of a tenant is refused', async () => {
  const tenantId = await gateway.addTenant();
  const key = await gateway.addKey({ scopes: ['admin'], tenantId });
  for (let n = 0; n < 50; n += 1) await create({}, key);
  const answer = await send('POST', '/v1/webhooks', { url: 'https://hooks.example/' }, key);
  expect(await answer.json()).toMatchObject({ status: 409, code: 'too_many_webhooks' });
});
