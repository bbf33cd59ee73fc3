import { readFile } from 'node:fs/promises';
import { type Database, ensureBootstrapTenant } from '@docusnap/db';
import { ConfigError } from '@docusnap/runtime';
import { hashApiKey } from './api-key.ts';

/**
 * Makes the key in a file the first tenant's key with every scope, so that an installation can be used where nothing prints a key. The same
 * key again changes nothing. `db` is as docusnap_worker. Throws ConfigError, which shows nothing of the key, and `database_unavailable`.
 */
export async function bootstrapKey(db: Database, path: string): Promise<void> {
  const key = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new ConfigError(`BOOTSTRAP_API_KEY_FILE: ${path} cannot be read (${cause.code}).`);
  });
  const hashed = hashApiKey(key.trim());
  if (!hashed) {
    throw new ConfigError(
      `BOOTSTRAP_API_KEY_FILE: ${path} does not hold an API key: ds_, 8 hexadecimal digits, _, 43 characters of base64url.`,
    );
  }
  await ensureBootstrapTenant(db, hashed);
}
