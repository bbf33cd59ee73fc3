import { closeDatabase, type Database, dropEndedSessions, openDatabase } from '@docusnap/db';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { form, openTestGateway, type TestGateway } from '../test-gateway.ts';
import { png } from '../test-pictures.ts';
import { codeOf, openTestBrowser, type TestBrowser } from './test-browser.ts';

let gateway: TestGateway;
let owner: Database;
let browser: TestBrowser;
beforeAll(async () => {
  gateway = await openTestGateway({ audit: { writeMs: 50 } });
  owner = openDatabase(gateway.urls.ownerUrl);
  browser = openTestBrowser(gateway);
});
afterAll(async () => {
  await closeDatabase(owner);
  await gateway.close();
});

test('a cookie writes only for pages of this address', async () => {
  const cookie = await browser.signedIn();
  const write = (headers: Record<string, string>) =>
    fetch(`${gateway.url}/v1/batches`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json', ...headers },
      body: '{}',
    });
  expect((await write({ origin: gateway.url })).status).toBe(202);
  for (const headers of [
    {},
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: gateway.url.replace('http:', 'https:') },
    { origin: gateway.url.replace(/\d+$/, '1') },
    { origin: gateway.url, 'sec-fetch-site': 'same-site' },
    { origin: gateway.url, 'sec-fetch-site': 'cross-site' },
    { origin: gateway.url, 'sec-fetch-site': 'none' },
  ] as Record<string, string>[]) {
    expect([headers, await codeOf(await write(headers))]).toEqual([headers, [403, 'origin_refused']]);
  }
  const headers = { origin: 'https://evil.example' };
  expect(await codeOf(await browser.signIn({ key: gateway.key }, { headers }))).toEqual([403, 'origin_refused']);
  expect(await codeOf(await browser.ask('/v1/console/session', { method: 'DELETE', cookie, headers }))).toEqual([
    403,
    'origin_refused',
  ]);
});

test('a cookie reads for pages of this address and for typed addresses, not for neighbours', async () => {
  const cookie = await browser.signedIn();
  const read = async (site: string) =>
    (await browser.ask('/v1/jobs', { cookie, headers: { 'sec-fetch-site': site } })).status;
  expect([await read('same-origin'), await read('none'), await read('same-site'), await read('cross-site')]).toEqual([
    200, 200, 403, 403,
  ]);
});

test('where a key is given the cookie counts for nothing', async () => {
  const cookie = await browser.signedIn();
  const key = await gateway.addKey({ scopes: ['read'] });
  const call = async (authorization: string) =>
    (await browser.ask('/v1/keys', { cookie, headers: { authorization } })).status;
  expect([await call(`Bearer ${key}`), await call('Bearer x'), await call('Basic eDp5'), await call('')]).toEqual([
    403, 401, 401, 401,
  ]);
});

test('two cookies of the name are none: one of them is not ours', async () => {
  const cookie = await browser.signedIn();
  expect((await browser.ask('/v1/jobs', { cookie: `docusnap_session=x; ${cookie}` })).status).toBe(401);
});

test('revoking the key ends its sessions at once, and its limits hold for them', async () => {
  const { id, key } = await browser.newKey(['read']);
  const cookie = await browser.signedIn(key);
  expect((await browser.ask('/v1/jobs', { cookie })).status).toBe(200);
  expect((await browser.ask('/v1/keys', { cookie })).status).toBe(403);
  const change = { limits: { requests_per_minute: 1 } };
  await gateway.call(`/v1/keys/${id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(change),
  });
  expect([
    (await browser.ask('/v1/jobs', { cookie })).status,
    (await browser.ask('/v1/jobs', { cookie })).status,
  ]).toEqual([200, 429]);
  await gateway.call(`/v1/keys/${id}`, { method: 'DELETE' });
  expect(await codeOf(await browser.ask('/v1/jobs', { cookie }))).toEqual([401, 'unauthorized']);
  const asked = await browser.ask('/v1/console/session', { cookie });
  expect([asked.status, await asked.json()]).toEqual([200, { session: null }]);
  expect(asked.headers.getSetCookie()).toEqual([]);
});

test('signing out ends the session, not only the cookie; signing in anew ends the one before', async () => {
  const cookie = await browser.signedIn();
  const out = await browser.ask('/v1/console/session', { method: 'DELETE', cookie });
  expect([out.status, out.headers.getSetCookie()[0]]).toEqual([204, expect.stringMatching(/=; Max-Age=0;/)]);
  expect(out.headers.get('clear-site-data')).toBe('"cache"');
  expect((await browser.ask('/v1/jobs', { cookie })).status).toBe(401);
  expect((await browser.ask('/v1/console/session', { method: 'DELETE', cookie })).status).toBe(204);
  const before = await browser.signedIn();
  const again = await browser.signIn({ key: gateway.key }, { cookie: before });
  expect(again.status).toBe(201);
  expect((await browser.ask('/v1/jobs', { cookie: before })).status).toBe(401);
});

test('a session ends when it is not used, lasts on when it is, and never beyond its end', async () => {
  const cookie = await browser.signedIn();
  await owner.pool.query(
    "UPDATE console_sessions SET seen_at = now() - interval '2 minutes', idle_until = now() + interval '1 minute'",
  );
  expect((await browser.ask('/v1/jobs', { cookie })).status).toBe(200);
  const lasting = 'SELECT round(extract(epoch FROM max(idle_until) - now()) / 3600) AS hours FROM console_sessions';
  expect(Number((await owner.pool.query(lasting)).rows[0].hours)).toBe(12);
  await owner.pool.query(
    "UPDATE console_sessions SET seen_at = now() - interval '2 minutes', expires_at = now() + interval '1 hour'",
  );
  expect((await browser.ask('/v1/jobs', { cookie })).status).toBe(200);
  expect(Number((await owner.pool.query(lasting)).rows[0].hours)).toBe(1);
  await owner.pool.query("UPDATE console_sessions SET idle_until = now() - interval '1 second'");
  expect((await browser.ask('/v1/jobs', { cookie })).status).toBe(401);
});

test('what has ended is swept', async () => {
  await browser.signedIn();
  await browser.newCode();
  await owner.pool.query(
    "UPDATE console_sessions SET idle_until = now() - interval '1 second'; UPDATE console_links SET expires_at = now() - interval '1 second'",
  );
  const { key, id } = await browser.newKey(['read']);
  await browser.signedIn(key);
  await gateway.call(`/v1/keys/${id}`, { method: 'DELETE' });
  expect(await dropEndedSessions(gateway.worker)).toBeGreaterThanOrEqual(3);
  const { rows } = await owner.pool.query(
    'SELECT (SELECT count(*) FROM console_links) + (SELECT count(*) FROM console_sessions) AS left',
  );
  expect(Number(rows[0].left)).toBe(0);
});

test('a session of another tenant sees nothing of ours', async () => {
  await fetch(`${gateway.url}/v1/jobs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}` },
    body: form([png()]),
  });
  const stranger = await gateway.addKey({ scopes: ['read', 'admin'], tenantId: await gateway.addTenant() });
  const cookie = await browser.signedIn(stranger);
  const { jobs } = (await (await browser.ask('/v1/jobs', { cookie })).json()) as { jobs: unknown[] };
  expect(jobs).toEqual([]);
});
