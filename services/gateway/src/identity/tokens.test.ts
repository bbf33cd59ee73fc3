import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AuditListBody, JobBody } from '@docusnap/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { SignJWT, UnsecuredJWT } from 'jose';
import { form, openTestGateway, type TestGateway } from '../test-gateway.ts';
import { png } from '../test-pictures.ts';
import { openSigningKeys } from './signing-keys.ts';
import { AUDIENCE, ISSUER, newSigner, type Signer, startTestProvider, type TestProvider } from './test-provider.ts';
import { openTokens, type Tokens } from './tokens.ts';

const IDENTITY = {
  issuer: ISSUER,
  audience: AUDIENCE,
  tenantClaim: 'https://docusnap.example/tenant',
  scopesClaim: 'scope',
};

let gateway: TestGateway;
let provider: TestProvider;
let signer: Signer;
/** What the gateway asks; each test has one that knows no keys yet. */
let tokens: Tokens;
beforeAll(async () => {
  gateway = await openTestGateway({ tokens: () => ({ callerOf: (token) => tokens.callerOf(token) }) });
});
afterAll(() => gateway.close());
beforeEach(async () => {
  signer = await newSigner('ES256');
  provider = await startTestProvider(signer);
  open({});
});
afterEach(async () => {
  jest.restoreAllMocks();
  await provider.stop();
});

/** Puts the clocks of this process forward: on a busy machine a second is over sooner than a few requests. */
function pass(ms: number): void {
  for (const clock of [Date, performance]) {
    const now = clock.now.bind(clock);
    jest.spyOn(clock, 'now').mockImplementation(() => now() + ms);
  }
}

function open(options: { refreshMs?: number; knownMs?: number; cooldownMs?: number }): void {
  const keys = openSigningKeys(provider.url, { ...options, onError: () => undefined });
  tokens = openTokens(gateway.ports.db, keys, IDENTITY);
}

const claims = (more: object = {}) => ({
  sub: 'someone',
  [IDENTITY.tenantClaim]: gateway.tenantId,
  scope: 'openid read write',
  ...more,
});
const statusOf = async (token: string, path = '/v1/jobs') => (await gateway.call(path, { key: token })).status;

test.each(['RS256', 'ES256', 'EdDSA'] as const)('a token signed with %s is taken instead of a key', async (alg) => {
  signer = await newSigner(alg);
  provider.publish(signer);
  const token = await signer.sign(claims());
  const submitted = await gateway.call('/v1/jobs', { method: 'POST', body: form([png()]), key: token });
  expect(submitted.status).toBe(202);
  const { id } = JobBody.parse(await submitted.json());
  expect(await statusOf(token, `/v1/jobs/${id}`)).toBe(200);
  expect((await gateway.call(`/v1/jobs/${id}`)).status).toBe(200);
  const { rows } = await gateway.worker.pool.query('SELECT key_id FROM jobs WHERE id = $1', [id]);
  expect(rows).toEqual([{ key_id: null }]);
});

test('a token may do what its scopes say, in a list or a text, and never what operators may', async () => {
  const scoped = (scope: unknown) => signer.sign(claims({ scope }));
  expect(await statusOf(await scoped('read'))).toBe(200);
  expect(await statusOf(await scoped('read'), '/v1/keys')).toBe(403);
  expect(await statusOf(await scoped(['admin']), '/v1/keys')).toBe(200);
  expect(await statusOf(await scoped('write'))).toBe(403);
  expect(await statusOf(await scoped('read write admin operator'), '/v1/tenants')).toBe(403);
  expect(await statusOf(await scoped(undefined))).toBe(403);
});

test('another issuer, audience, time, tenant or signature is refused, each alike', async () => {
  const now = Math.floor(Date.now() / 1_000);
  const stranger = await newSigner('ES256');
  const shared = new TextEncoder().encode(JSON.stringify(signer.jwk));
  const good = await signer.sign(claims());
  const refused = {
    issuer: await signer.sign(claims({ iss: 'https://other.example/' })),
    audience: await signer.sign(claims({ aud: 'another' })),
    expired: await signer.sign(claims({ exp: now - 60 })),
    'not yet': await signer.sign(claims({ nbf: now + 60 })),
    'no end': await signer.sign(claims({ exp: undefined })),
    'no tenant': await signer.sign(claims({ [IDENTITY.tenantClaim]: undefined })),
    'unknown tenant': await signer.sign(claims({ [IDENTITY.tenantClaim]: randomUUID() })),
    'no id of a tenant': await signer.sign(claims({ [IDENTITY.tenantClaim]: "x' OR true" })),
    'unknown key': await stranger.sign(claims()),
    'another’s signature under a known key': await stranger.sign(claims(), { kid: signer.kid }),
    none: new UnsecuredJWT({ ...claims(), iss: ISSUER, aud: AUDIENCE, exp: now + 60 }).encode(),
    HS256: await new SignJWT({ ...claims(), iss: ISSUER, aud: AUDIENCE, exp: now + 60 })
      .setProtectedHeader({ alg: 'HS256', kid: signer.kid })
      .sign(shared),
    'changed claims': [
      good.split('.')[0],
      Buffer.from(JSON.stringify(claims({ exp: now + 999 }))).toString('base64url'),
      good.split('.')[2],
    ].join('.'),
    nothing: 'a.b.c',
  };
  expect(await statusOf(good)).toBe(200);
  for (const [what, token] of Object.entries(refused)) {
    const answer = await gateway.call('/v1/jobs', { key: token });
    expect([what, answer.status, (await answer.json()).detail]).toEqual([
      what,
      401,
      expect.not.stringMatching(/token|signature/i),
    ]);
  }
});

test('clocks may differ by half a minute', async () => {
  const now = Math.floor(Date.now() / 1_000);
  expect(await statusOf(await signer.sign(claims({ exp: now - 20 })))).toBe(200);
  expect(await statusOf(await signer.sign(claims({ nbf: now + 20 })))).toBe(200);
  expect(await statusOf(await signer.sign(claims({ exp: now - 40 })))).toBe(401);
});

test('keys are fetched once, a new one when a token names it, and made-up ones cost no more than one fetch', async () => {
  open({ cooldownMs: 60_000 });
  const token = await signer.sign(claims());
  for (let request = 0; request < 5; request += 1) expect(await statusOf(token)).toBe(200);
  expect(provider.asked()).toBe(1);
  const next = await newSigner('RS256');
  provider.publish(signer, next);
  pass(61_000);
  expect(await statusOf(await next.sign(claims()))).toBe(200);
  expect(await statusOf(token)).toBe(200);
  expect(provider.asked()).toBe(2);
  const strangers = await Promise.all(Array.from({ length: 5 }, () => newSigner('ES256')));
  for (const stranger of strangers) expect(await statusOf(await stranger.sign(claims()))).toBe(401);
  expect(provider.asked()).toBe(2);
});

test('a key that the provider has withdrawn is refused after a while', async () => {
  open({ refreshMs: 50, cooldownMs: 10 });
  const token = await signer.sign(claims());
  expect(await statusOf(token)).toBe(200);
  provider.publish(await newSigner('ES256'));
  while ((await statusOf(token)) === 200) await delay(20);
  expect(await statusOf(token)).toBe(401);
});

test('a key that the provider has withdrawn is refused at once where no token has come for long', async () => {
  open({ refreshMs: 60_000 });
  const token = await signer.sign(claims());
  expect(await statusOf(token)).toBe(200);
  provider.publish(await newSigner('ES256'));
  pass(121_000);
  expect(await Promise.all([statusOf(token), statusOf(token)])).toEqual([401, 401]);
});

test('while the provider is away known keys go on, for a while, and what cannot be checked is told apart from what is wrong', async () => {
  open({ cooldownMs: 10, knownMs: 120_000, refreshMs: 50 });
  const token = await signer.sign(claims());
  expect(await statusOf(token)).toBe(200);
  await provider.stop();
  await delay(100);
  for (let request = 0; request < 3; request += 1) expect(await statusOf(token)).toBe(200);
  const unknown = await gateway.call('/v1/jobs', { key: await (await newSigner('ES256')).sign(claims()) });
  expect(unknown.status).toBe(503);
  expect(await unknown.json()).toMatchObject({ code: 'identity_unavailable', retryable: true });
  expect((await gateway.call('/v1/jobs')).status).toBe(200);
  pass(121_000);
  expect(await statusOf(token)).toBe(503);
  await provider.start();
  expect(await statusOf(token)).toBe(200);
});

test('a subject that no database takes is taken down without what it does not take, and holds up no other entry', async () => {
  // Cut at 200 characters the last one would be half of a pair.
  const odd = `a\0b\ud800${'x'.repeat(195)}\u{1f600}`;
  const token = await signer.sign(claims({ sub: odd, scope: 'read' }));
  expect(await statusOf(token, '/v1/keys')).toBe(403);
  let subjects: (string | null)[] = [];
  while (!subjects.some((one) => one?.startsWith('ab'))) {
    await delay(50);
    const { entries } = AuditListBody.parse(await (await gateway.call('/v1/audit')).json());
    subjects = entries.map(({ subject }) => subject);
  }
  expect(subjects).toContain(`ab\ufffd${'x'.repeat(195)}\ufffd`);
});

test('a tenant that is suspended or erased is refused with a token as with a key', async () => {
  const tenantId = await gateway.addTenant();
  const token = await signer.sign(claims({ [IDENTITY.tenantClaim]: tenantId }));
  expect(await statusOf(token)).toBe(200);
  await gateway.worker.pool.query('UPDATE tenants SET suspended_at = now() WHERE id = $1', [tenantId]);
  expect(await statusOf(token)).toBe(403);
  await gateway.worker.pool.query('UPDATE tenants SET erasing_at = now() WHERE id = $1', [tenantId]);
  expect(await statusOf(token)).toBe(401);
});
