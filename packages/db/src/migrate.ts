import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import { withClient } from './roles.ts';

const MIGRATIONS = join(dirname(fileURLToPath(import.meta.url)), '..', 'migrations');

/**
 * Brings the database to this version's tables and functions: all missing migrations in one transaction, or none. Processes that
 * call it at the same time wait for each other (advisory lock). Needs the owner's URL, and a direct one: pgBouncer in
 * transaction mode cannot hold the lock.
 */
export async function migrate(ownerUrl: string): Promise<void> {
  await withClient(ownerUrl, async (client) => {
    const quiet = () => undefined;
    await runner({
      dbClient: client,
      dir: MIGRATIONS,
      direction: 'up',
      singleTransaction: true,
      migrationsTable: 'schema_migrations',
      advisoryLockMode: 'wait',
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    });
  });
}
