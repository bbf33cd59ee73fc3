import { AppError, type Caller, SCOPES, type Scope } from '@docusnap/contracts';
import { type Database, findTenantCaller } from '@docusnap/db';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import type { SigningKeys } from './signing-keys.ts';

/** Whose word is taken for who somebody is. */
export interface IdentityConfig {
  /** `iss` of its tokens. */
  readonly issuer: string;
  /** `aud` that its tokens have to hold. */
  readonly audience: string;
  /** The claim that holds the id of the tenant. */
  readonly tenantClaim: string;
  /** The claim that holds the scopes: a list, or a text with spaces between. */
  readonly scopesClaim: string;
}

/** JSON Web Tokens that callers send instead of an API key. */
export interface Tokens {
  /** Null for what is no valid token, or of no tenant that there is. Throws `identity_unavailable`. */
  callerOf(token: string): Promise<Caller | null>;
}

/** Signatures that only the holder of a private key can make: neither `none` nor those with a shared secret. */
const ALGORITHMS = ['RS256', 'ES256', 'EdDSA', 'Ed25519'];
/** By how much the clocks of the provider and of this machine may differ, in seconds. */
const CLOCK_SKEW_SECONDS = 30;

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

export function openTokens(db: Database, keys: SigningKeys, config: IdentityConfig): Tokens {
  return {
    async callerOf(token) {
      const claims = await verified(token, keys, config);
      const tenantId = claims?.[config.tenantClaim];
      if (!claims || typeof tenantId !== 'string' || !UUID.test(tenantId)) return null;
      const tenant = await findTenantCaller(db, tenantId.toLowerCase());
      if (!tenant) return null;
      return {
        keyId: null,
        subject: typeof claims.sub === 'string' ? storable(claims.sub.slice(0, MOST_SUBJECT)) : null,
        tenantId: tenantId.toLowerCase(),
        scopes: scopesOf(claims[config.scopesClaim]),
        cache: true,
        suspended: tenant.suspended,
        limits: { tenant: tenant.limits, key: {} },
      };
    },
  };
}

/** Characters of `sub` that are kept. */
const MOST_SUBJECT = 200;

/** PostgreSQL takes neither half surrogates nor U+0000: an entry of the audit log that it refuses would hold up all after it. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '');
}

async function verified(
  token: string,
  keys: SigningKeys,
  { issuer, audience }: IdentityConfig,
): Promise<JWTPayload | null> {
  try {
    const { payload } = await jwtVerify(token, keys.keyFor, {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_SKEW_SECONDS,
      requiredClaims: ['exp'],
    });
    return payload;
  } catch (error) {
    if (error instanceof AppError) throw error;
    // What is wrong with it is for nobody to learn who may have made it up.
    if (error instanceof errors.JOSEError || error instanceof TypeError) return null;
    throw error;
  }
}

/** Only a key that was made for that makes an operator: a provider vouches for people of tenants. */
function scopesOf(claim: unknown): Scope[] {
  const names: unknown[] = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [];
  return SCOPES.filter((scope) => scope !== 'operator' && names.includes(scope));
}
