/** What an API key may do in its own tenant. */
export const SCOPES = ['read', 'write', 'admin'] as const;
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
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

/** Who is calling, as found by the hash of the key that was sent. */
export interface Caller {
  readonly keyId: string;
  readonly tenantId: string;
  readonly scopes: readonly Scope[];
  readonly cache: boolean;
}
