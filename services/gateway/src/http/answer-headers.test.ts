import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openTestGateway, type TestGateway } from '../test-gateway.ts';
import { isOrigin } from './answer-headers.ts';
import { openTestServer } from './test-server.ts';

let gateway: TestGateway;
let server: Awaited<ReturnType<typeof openTestServer>>;
beforeAll(async () => {
  gateway = await openTestGateway();
  server = await openTestServer(gateway, { corsOrigins: ['https://app.example'], trustedProxies: ['loopback'] });
});
afterAll(async () => {
  await server.close();
  await gateway.close();
});

const preflight = (url: string, origin: string) =>
  fetch(`${url}/v1/jobs`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
  });

test('a page of an origin that is named may ask and read, without cookies', async () => {
  const before = await preflight(server.url, 'https://app.example');
  expect(before.status).toBe(204);
  expect(before.headers.get('access-control-allow-origin')).toBe('https://app.example');
  expect(before.headers.get('access-control-allow-headers')).toMatch(/Authorization.*Idempotency-Key/);
  expect(before.headers.get('access-control-allow-methods')).toContain('DELETE');
  expect(before.headers.get('access-control-allow-credentials')).toBeNull();
  expect(before.headers.get('vary')).toMatch(/Origin/);
  // Also what is refused can be read, or a page could not say why.
  const answer = await fetch(`${server.url}/v1/jobs`, { headers: { origin: 'https://app.example' } });
  expect(answer.status).toBe(401);
  expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example');
  expect(answer.headers.get('access-control-expose-headers')).toMatch(/Location.*Retry-After/);
});

test('a page of any other origin is told nothing', async () => {
  for (const origin of ['https://evil.example', 'null', 'https://app.example.evil.example', 'http://app.example']) {
    expect((await preflight(server.url, origin)).headers.get('access-control-allow-origin')).toBeNull();
  }
  expect((await fetch(`${server.url}/healthz`)).headers.get('vary')).toMatch(/Origin/);
});

test('a question about methods that is no preflight is answered as ever', async () => {
  const answer = await fetch(`${server.url}/v1/jobs`, {
    method: 'OPTIONS',
    headers: { origin: 'https://app.example' },
  });
  expect(answer.status).toBe(405);
});

test('where no origin is named nothing is said of any, and with * everyone may', async () => {
  const none = await preflight(gateway.url, 'https://app.example');
  expect(none.status).toBe(405);
  expect(none.headers.get('access-control-allow-origin')).toBeNull();
  const any = await openTestServer(gateway, { corsOrigins: ['*'] });
  expect((await preflight(any.url, 'https://who.example')).headers.get('access-control-allow-origin')).toBe('*');
  await any.close();
});

test('who came over TLS is told to go on doing so, and nobody else', async () => {
  const over = await fetch(`${server.url}/healthz`, { headers: { 'x-forwarded-proto': 'https' } });
  expect(over.headers.get('strict-transport-security')).toMatch(/^max-age=\d+$/);
  expect((await fetch(`${server.url}/healthz`)).headers.get('strict-transport-security')).toBeNull();
  const untrusted = await fetch(`${gateway.url}/healthz`, { headers: { 'x-forwarded-proto': 'https' } });
  expect(untrusted.headers.get('strict-transport-security')).toBeNull();
});

test('origins are told from what only looks like one', () => {
  for (const good of ['*', 'https://app.example', 'http://localhost:3000']) expect(isOrigin(good)).toBe(true);
  for (const bad of [
    'https://app.example/',
    'app.example',
    'https://a b',
    'ftp://app.example',
    'null',
    'https://*.example/x',
  ]) {
    expect(isOrigin(bad)).toBe(false);
  }
});
