import type { TenantLimits } from './tenant.ts';

/** What an API key may do: in its own tenant, or as `operator` of the installation. */
export const SCOPES = ['read', 'write', 'admin', 'operator'] as const;
export type Scope = (typeof SCOPES)[number];

export interface ApiKey {
  readonly id: string;
  readonly tenantId: string;
  /** The first characters of the key, to tell keys apart in lists. */
  readonly prefix: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** False: jobs submitted with it do without the page cache. */
  readonly cache: boolean;
  readonly limits: TenantLimits;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

/** Who is calling, as found by the hash of the key that was sent, or vouched for by an identity provider. */
export interface Caller {
  /** Null for callers with a JWT. */
  readonly keyId: string | null;
  /** `sub` of the JWT; null for callers with a key. */
  readonly subject: string | null;
  readonly tenantId: string;
  readonly scopes: readonly Scope[];
  readonly cache: boolean;
  /** An operator lets nothing of the tenant in just now. */
  readonly suspended: boolean;
  /** Both count. */
  readonly limits: { readonly tenant: TenantLimits; readonly key: TenantLimits };
}
