import { setTimeout as delay } from 'node:timers/promises';
import { SessionBody } from '@docusnap/contracts';
import { closeDatabase, type Database, openDatabase } from '@docusnap/db';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openTestServer } from '../http/test-server.ts';
import { form, openTestGateway, type TestGateway } from '../test-gateway.ts';
import { png } from '../test-pictures.ts';
import { openSignInAttempts } from './attempts.ts';
import { codeOf, cookieOf, openTestBrowser, type TestBrowser } from './test-browser.ts';

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

test('a key becomes a cookie that scripts cannot read and other sites do not send, and calls as that key', async () => {
  const answer = await browser.signIn({ key: gateway.key });
  const { session } = SessionBody.parse(await answer.json());
  expect(session).toMatchObject({ tenant_id: gateway.tenantId, scopes: expect.arrayContaining(['admin']) });
  expect(answer.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^docusnap_session=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/),
  ]);
  const cookie = cookieOf(answer);
  expect((await browser.ask('/v1/jobs', { cookie })).status).toBe(200);
  const sent = await fetch(`${gateway.url}/v1/jobs`, {
    method: 'POST',
    headers: { cookie, origin: gateway.url, 'sec-fetch-site': 'same-origin' },
    body: form([png()]),
  });
  expect(sent.status).toBe(202);
  expect(SessionBody.parse(await (await browser.ask('/v1/console/session', { cookie })).json()).session?.key_id).toBe(
    session?.key_id,
  );
});

test('over TLS the cookie is of this host alone and is never sent without TLS', async () => {
  const server = await openTestServer(gateway, { trustedProxies: ['loopback'] });
  const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'docs.example', origin: 'https://docs.example' };
  const answer = await browser.signIn({ key: gateway.key }, { url: server.url, headers });
  expect(answer.headers.getSetCookie()[0]).toMatch(
    /^__Host-docusnap_session=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
  );
  const cookie = cookieOf(answer);
  expect((await browser.ask('/v1/jobs', { url: server.url, cookie, headers })).status).toBe(200);
  // The name without the prefix is one that a neighbour below the same domain could have set.
  const plain = cookie.replace('__Host-', '');
  expect((await browser.ask('/v1/jobs', { url: server.url, cookie: plain, headers })).status).toBe(401);
  await server.close();
});

test('a link signs in once, as the key that made it', async () => {
  const code = await browser.newCode();
  const first = await browser.signIn({ code });
  expect(first.status).toBe(201);
  expect((await browser.ask('/v1/keys', { cookie: cookieOf(first) })).status).toBe(200);
  expect(await codeOf(await browser.signIn({ code }))).toEqual([401, 'sign_in_link_spent']);
  const twice = await browser.newCode();
  const both = await Promise.all([browser.signIn({ code: twice }), browser.signIn({ code: twice })]);
  expect(both.map(({ status }) => status).toSorted()).toEqual([201, 401]);
});

test('a link whose time is up, or whose key was revoked, or that nobody made signs nobody in', async () => {
  browser.freshAttempts();
  const old = await browser.newCode();
  await owner.pool.query("UPDATE console_links SET expires_at = now() - interval '1 second'");
  expect(await codeOf(await browser.signIn({ code: old }))).toEqual([401, 'sign_in_link_spent']);
  const { id, key } = await browser.newKey(['admin']);
  const orphan = await browser.newCode(key);
  await gateway.call(`/v1/keys/${id}`, { method: 'DELETE' });
  expect(await codeOf(await browser.signIn({ code: orphan }))).toEqual([401, 'sign_in_link_spent']);
  for (const code of ['', 'x'.repeat(43), "' OR true"]) {
    expect(await codeOf(await browser.signIn({ code }))).toEqual([401, 'sign_in_link_spent']);
  }
});

test('links are made by keys with the scope admin', async () => {
  const key = await gateway.addKey({ scopes: ['read', 'write'] });
  expect((await gateway.call('/v1/console/links', { method: 'POST', key })).status).toBe(403);
  expect((await gateway.call('/v1/console/links', { method: 'POST', key: null })).status).toBe(401);
});

test('unknown, revoked and malformed keys sign nobody in, all answered alike', async () => {
  browser.freshAttempts();
  const { id, key } = await browser.newKey(['read']);
  await gateway.call(`/v1/keys/${id}`, { method: 'DELETE' });
  for (const tried of [key, 'ds_00000000_x', '']) {
    expect(await codeOf(await browser.signIn({ key: tried }))).toEqual([401, 'sign_in_refused']);
  }
  expect(await codeOf(await browser.signIn({ key, code: 'x' }))).toEqual([400, 'bad_request']);
  const typed = await browser.ask('/v1/console/session', {
    method: 'POST',
    body: {},
    headers: { 'content-type': 'text/plain' },
  });
  expect(await codeOf(typed)).toEqual([415, 'unsupported_media_type']);
});

test('making a link, signing in and signing out are in the security log', async () => {
  const before = gateway.logged.length;
  const code = await browser.newCode();
  browser.freshAttempts();
  const cookie = cookieOf(await browser.signIn({ code }));
  await browser.ask('/v1/console/session', { method: 'DELETE', cookie });
  await browser.signIn({ code });
  const events = () =>
    gateway.logged
      .slice(before)
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ security }) => security !== undefined)
      .map(({ method, route, security }) => [method, route, security]);
  while (events().length < 4) await delay(5);
  expect(events()).toEqual([
    ['POST', '/v1/console/links', 'access_changed'],
    ['POST', '/v1/console/session', 'access_changed'],
    ['DELETE', '/v1/console/session', 'access_changed'],
    ['POST', '/v1/console/session', 'sign_in_failed'],
  ]);
});

test('neither tokens nor codes are stored or logged', async () => {
  const code = await browser.newCode();
  const cookie = (await browser.signedIn()).split('=')[1]!;
  const { rows } = await owner.pool.query(
    'SELECT to_jsonb(l) AS row FROM console_links l UNION ALL SELECT to_jsonb(s) FROM console_sessions s',
  );
  const kept = JSON.stringify(rows) + gateway.logged.join('');
  for (const secret of [code, cookie]) {
    expect(kept).not.toContain(secret);
    expect(kept).not.toContain(Buffer.from(secret).toString('hex'));
  }
});

test('an address has ten attempts, and one more every six seconds; half of an IPv6 address is one', () => {
  let now = 0;
  const attempts = openSignInAttempts(() => now);
  const tried = (address: string): boolean => {
    try {
      attempts.take(address);
      return true;
    } catch {
      return false;
    }
  };
  const granted = (address: string, times: number) =>
    Array.from({ length: times }, () => tried(address)).filter(Boolean).length;
  expect(granted('192.0.2.1', 20)).toBe(10);
  expect(granted('192.0.2.2', 1)).toBe(1);
  now += 12_000;
  expect(granted('192.0.2.1', 20)).toBe(2);
  expect(granted('2001:db8:0:1::1', 10) + granted('2001:db8:0:1:ffff::2', 10)).toBe(10);
  expect(granted('2001:db8:0:2::1', 1)).toBe(1);
});

test('too many attempts are told when to come back, and signing in is in the audit log', async () => {
  browser.freshAttempts();
  for (let attempt = 0; attempt < 10; attempt += 1) await browser.signIn({ key: 'x' });
  const refused = await browser.signIn({ key: gateway.key });
  expect(await codeOf(refused)).toEqual([429, 'too_many_sign_ins']);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  await browser.signedIn();
  const seen = async () => {
    const { entries } = (await (await gateway.call('/v1/audit')).json()) as {
      entries: { action: string; status: number }[];
    };
    return entries.some(({ action, status }) => action === 'POST /v1/console/session' && status === 201);
  };
  while (!(await seen())) await delay(50);
});
