import { createHash, randomBytes } from 'node:crypto';

/** 256 bits: as with API keys, only the SHA-256 is stored, and what is looked up is that. */
const BYTES = 32;
const FORMAT = /^[A-Za-z0-9_-]{43}$/;

/** Names a session, or signs in once. */
export function newToken(): string {
  return randomBytes(BYTES).toString('base64url');
}

/** Undefined for a text that is no token. */
export function hashToken(token: string): Buffer | undefined {
  return FORMAT.test(token) ? createHash('sha256').update(token).digest() : undefined;
}
