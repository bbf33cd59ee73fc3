import { ConfigError } from '@docusnap/runtime';
import type { GatewayConfig } from '../config.ts';
import type { IdentityConfig } from './tokens.ts';

const OF_THIS_MACHINE = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether nobody on the way can put other keys in place of those that are fetched from there. */
export function isConfidential(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || OF_THIS_MACHINE.test(hostname);
}

/** The identity provider that the environment names; null where it names none. Throws ConfigError where it names half of one. */
export function identityConfigOf(
  config: Pick<GatewayConfig, 'JWT_ISSUER' | 'JWT_AUDIENCE' | 'JWT_JWKS_URL' | 'JWT_TENANT_CLAIM' | 'JWT_SCOPES_CLAIM'>,
): { readonly identity: IdentityConfig; readonly keysUrl: URL } | null {
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWT_JWKS_URL: url } = config;
  if (issuer === undefined && audience === undefined && url === undefined) return null;
  if (!issuer || !audience || url === undefined) {
    throw new ConfigError('JWT_ISSUER, JWT_AUDIENCE and JWT_JWKS_URL belong together: set all three, or none.');
  }
  const identity = { issuer, audience, tenantClaim: config.JWT_TENANT_CLAIM, scopesClaim: config.JWT_SCOPES_CLAIM };
  return { identity, keysUrl: new URL(url) };
}
