import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { AppError } from '@docusnap/contracts';
import { type MigrationBuilder, PG_MIGRATE_LOCK_ID, runner } from 'node-pg-migrate';
import type pg from 'pg';
import { withClient } from './roles.ts';

export const MIGRATIONS = join(dirname(fileURLToPath(import.meta.url)), '..', 'migrations');

/**
 * Milliseconds that a migration waits for a lock before it lets those pass who queue behind it. A tenth of PostgreSQL's deadlock_timeout, so that in
 * a deadlock it is the migration that gives way and not, after that second, a query of those who serve: with 800 ms, waiting for three locks one
 * after the other, some of those were sacrificed.
 */
const LOCK_MS = 100;
/** Between two tries, at least and at most: at random, so as not to meet the same regular work again and again. */
const PAUSE_MS = [50, 450] as const;
/** Tries of all migrations together: some three minutes and a half. */
const TRIES = 600;
/** Between looks whether another process is done migrating. */
const LOOK_MS = 200;

export interface MigrateOptions {
  /** The highest number to bring the database to; all there are unless told. For tests of later ones. */
  readonly upTo?: number;
}

/**
 * Brings the database to this version's tables and functions while older versions serve: each missing migration in a transaction of its
 * own, whole or not at all, in their order. One that cannot have its locks soon gives way and tries again. Processes that call it at the same time
 * wait for each other. Needs the owner's URL, and a direct one: pgBouncer in transaction mode cannot hold the lock.
 */
export async function migrate(ownerUrl: string, options: MigrateOptions = {}): Promise<void> {
  await withClient(ownerUrl, async (client) => {
    await becomeTheOne(client);
    await client.query('SET idle_in_transaction_session_timeout = 0');
    for (let tries = 1; ; tries += 1) {
      try {
        await client.query(`SET lock_timeout = ${LOCK_MS}`);
        await migrateOnce(client, options);
        return;
      } catch (error) {
        if (!isInTheWay(error)) throw error;
        // The library leaves a failed migration's transaction to its caller.
        await client.query('ROLLBACK');
        if (tries === TRIES) throw new AppError('database_unavailable', undefined, { cause: error });
        await delay(PAUSE_MS[0] + Math.random() * (PAUSE_MS[1] - PAUSE_MS[0]));
      }
    }
  });
}

/** Asks again and again instead of waiting in PostgreSQL: who waits there holds a snapshot, for whose end indexes that are built meanwhile would wait. */
async function becomeTheOne(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query(`SELECT pg_try_advisory_lock(${PG_MIGRATE_LOCK_ID}) AS is_mine`);
    if (rows[0].is_mine) return;
    await delay(LOOK_MS);
  }
}

async function migrateOnce(client: pg.Client, { upTo = Number.MAX_SAFE_INTEGER }: MigrateOptions): Promise<void> {
  const quiet = () => undefined;
  await runner({
    dbClient: client,
    dir: MIGRATIONS,
    direction: 'up',
    singleTransaction: false,
    // By the numbers of the files.
    timestamp: true,
    count: upTo,
    migrationsTable: 'schema_migrations',
    migrationLoaderStrategies: [{ extensions: ['.sql'], loader: loadSql }],
    noLock: true,
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
}

/**
 * Begins a file whose statements, apart by empty lines, run one by one without a transaction, as indexes need that are built CONCURRENTLY: they wait
 * for others as long as need be, and nobody waits for them.
 */
const ALONE = /^-- Without a transaction\n/;

async function loadSql(paths: string[]) {
  return Promise.all(
    paths.map(async (path) => {
      const text = await readFile(path, 'utf8');
      const up = (pgm: MigrationBuilder): void => (ALONE.test(text) ? runAlone(pgm, text) : pgm.sql(text));
      return { id: path, filePaths: [path], actions: { up, down: false as const } };
    }),
  );
}

function runAlone(pgm: MigrationBuilder, text: string): void {
  pgm.noTransaction();
  pgm.sql('SET lock_timeout = 0');
  for (const statement of text.replace(ALONE, '').split(/\n\s*\n/)) {
    if (statement.trim() !== '') pgm.sql(statement);
  }
  pgm.sql(`SET lock_timeout = ${LOCK_MS}`);
}

/** Lock time-out, deadlock. */
function isInTheWay(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '55P03' || error.code === '40P01');
}
