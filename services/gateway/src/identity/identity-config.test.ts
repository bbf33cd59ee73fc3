import { newMasterKey } from '@docusnap/blobs';
import { readConfig } from '@docusnap/runtime';
import { expect, test } from '@jest/globals';
import { GatewayConfig } from '../config.ts';
import { identityConfigOf } from './identity-config.ts';

const NEEDED = { DATABASE_URL: 'a', DATABASE_WORKER_URL: 'b', BLOB_DIR: 'c', MASTER_KEY: newMasterKey('k') };
const identityOf = (env: Record<string, string>) => identityConfigOf(readConfig(GatewayConfig, { ...NEEDED, ...env }));
const WHOLE = { JWT_ISSUER: 'https://id.example/', JWT_AUDIENCE: 'docusnap', JWT_JWKS_URL: 'https://id.example/keys' };

test('where the environment names no identity provider there is none', () => {
  expect(identityOf({})).toBeNull();
});

test('issuer, audience and address of the keys make one; the claims have defaults', () => {
  expect(identityOf(WHOLE)).toEqual({
    identity: { issuer: 'https://id.example/', audience: 'docusnap', tenantClaim: 'tenant', scopesClaim: 'scope' },
    keysUrl: new URL('https://id.example/keys'),
  });
  expect(identityOf({ ...WHOLE, JWT_TENANT_CLAIM: 'org', JWT_SCOPES_CLAIM: 'roles' })?.identity).toMatchObject({
    tenantClaim: 'org',
    scopesClaim: 'roles',
  });
});

test.each(Object.keys(WHOLE))('a provider without %s is refused', (left) => {
  const { [left as keyof typeof WHOLE]: _, ...rest } = WHOLE;
  expect(() => identityOf(rest as Record<string, string>)).toThrow('belong together');
});

test('keys are not fetched over lines that others may write to', () => {
  expect(() => identityOf({ ...WHOLE, JWT_JWKS_URL: 'http://id.example/keys' })).toThrow('JWT_JWKS_URL');
  expect(() => identityOf({ ...WHOLE, JWT_JWKS_URL: 'http://127.0.0.1.example/keys' })).toThrow('JWT_JWKS_URL');
  expect(identityOf({ ...WHOLE, JWT_JWKS_URL: 'http://127.0.0.1:8080/keys' })?.keysUrl.port).toBe('8080');
});
