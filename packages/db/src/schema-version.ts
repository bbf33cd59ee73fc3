import { readdir } from 'node:fs/promises';
import { type Database, queryOne } from './connection.ts';
import { MIGRATIONS } from './migrate.ts';

/** The name of the last migration that this version brings. Names begin with numbers of four digits, and so sort as they are run. */
export async function newestMigration(): Promise<string> {
  const names = (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.sql')).map((name) => name.slice(0, -4));
  return names.toSorted().at(-1)!;
}

/**
 * Whether the database has been brought to the schema that this version wants, or to a newer one, which serves it too. Needs the worker role. Throws
 * `database_unavailable`, and `internal` where nothing was migrated yet.
 */
export async function isMigrated(db: Database): Promise<boolean> {
  const { last } = await queryOne<{ last: string | null }>(db, 'SELECT last_migration() AS last', []);
  return last !== null && last >= (await newestMigration());
}
