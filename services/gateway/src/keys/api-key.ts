import { hash, randomBytes } from 'node:crypto';

/**
 * An API key: `ds_`, eight hexadecimal digits that tell keys apart in lists and logs, `_`, and a secret of 256 bits in base64url. Only its
 * SHA-256 is stored: against so long a random secret a slow hash would add nothing. Keys are compared by looking up that hash. What the time of a
 * lookup may tell are leading bits of stored hashes, which nobody can aim a key at; unknown, revoked and expired keys take the same way.
 */
const FORMAT = /^(ds_[0-9a-f]{8})_[A-Za-z0-9_-]{43}$/;

export interface HashedKey {
  /** `ds_` and the eight digits. */
  readonly prefix: string;
  /** SHA-256 of the whole key. */
  readonly hash: Buffer;
}

export function newApiKey(): string {
  return `ds_${randomBytes(4).toString('hex')}_${randomBytes(32).toString('base64url')}`;
}

/** What is stored of a key and what it is looked up by; undefined for a text that is no key. */
export function hashApiKey(key: string): HashedKey | undefined {
  const prefix = FORMAT.exec(key)?.[1];
  return prefix === undefined ? undefined : { prefix, hash: hash('sha256', key, 'buffer') };
}
