import { migrate } from '@docusnap/db';
import { migrateQueue } from '@docusnap/queue';
import pg from 'pg';
import type { Progress } from '../progress.ts';
import { copySequences, copyTable, digestOf } from './copy-table.ts';
import { MoveError } from './move-error.ts';
import { movedTables, SEEDED } from './tables.ts';

/** In the target until a move is at its end, with the stored files: from where it comes. What lies there then is its own beginning. */
const MARK = 'docusnap_move';

export interface MoveOptions {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface MovedRows {
  readonly tables: number;
  readonly rows: number;
}

/**
 * Copies all rows of one database into another that is empty or has the beginning of this very move, and compares both, table by table. The source is
 * only read. Begun again after an interruption, it goes on, until `endMove` says that the move is at its end.
 *
 * @param sourceUrl as a superuser; nobody may be writing there
 * @param targetUrl as docusnap_owner; brought to this version first
 */
export async function moveDatabase(sourceUrl: string, targetUrl: string, options: MoveOptions): Promise<MovedRows> {
  options.progress.step('Bringing the target up to date');
  await refuseUnlessOwner(targetUrl);
  await migrate(targetUrl);
  await migrateQueue(targetUrl);
  const source = await connect(sourceUrl);
  const target = await connect(targetUrl);
  try {
    await refuseOtherVersion(source, target);
    const origin = await originOf(source);
    await refuseUnlessOurs(target, origin);
    const tables = await movedTables(source);
    let rows = 0;
    for (const table of tables) {
      const onRows = (count: number): void => {
        rows += count;
        options.progress.step(`Moving ${table.name} (${rows} rows so far)`);
      };
      await copyTable(source, target, table, { signal: options.signal, onRows });
    }
    await copySequences(source, target);
    for (const table of tables) {
      options.progress.step(`Comparing ${table.name}`);
      const [there, here] = [await digestOf(source, table), await digestOf(target, table)];
      if (there === here) continue;
      throw new MoveError(
        'move_differs',
        `${table.name} is not the same on both sides (${there}; ${here}): one of them was changed since the move was begun. ` +
          'Empty the target and begin anew.',
      );
    }
    return { tables: tables.length, rows };
  } finally {
    await Promise.all([source.end(), target.end()]);
  }
}

/** All of a move is done: what lies in the target is no beginning any more, and no further move goes there. */
export async function endMove(targetUrl: string): Promise<void> {
  const target = await connect(targetUrl);
  try {
    await target.query(`DROP SCHEMA IF EXISTS ${MARK} CASCADE`);
  } finally {
    await target.end();
  }
}

/** How values look as text must not depend on what the servers are set to. */
const SETTINGS = "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET bytea_output = 'hex'; SET extra_float_digits = 1";

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'docusnap move',
    connectionTimeoutMillis: 5_000,
  });
  // What breaks between two statements shows in the next one.
  client.on('error', () => undefined);
  await client.connect();
  await client.query(SETTINGS);
  return client;
}

/** Tables are made by, and belong to, this role; any other would make ones that the services cannot use. */
async function refuseUnlessOwner(url: string): Promise<void> {
  if (URL.canParse(url) && decodeURIComponent(new URL(url).username) === 'docusnap_owner') return;
  throw new MoveError(
    'target_not_owner',
    '--to has to be the address of the database as docusnap_owner (DATABASE_OWNER_URL), directly and not through a pooler.',
  );
}

async function refuseOtherVersion(source: pg.Client, target: pg.Client): Promise<void> {
  const migrations = async (client: pg.Client): Promise<string> =>
    (await client.query<{ name: string }>('SELECT name FROM schema_migrations ORDER BY name')).rows
      .map(({ name }) => name)
      .join();
  if ((await migrations(source)) === (await migrations(target))) return;
  throw new MoveError(
    'other_version',
    'The target was brought up to date by another version of DocuSnap than this one.',
  );
}

async function originOf(source: pg.Client): Promise<string> {
  const { rows } = await source.query<{ id: string }>('SELECT system_identifier::text AS id FROM pg_control_system()');
  return rows[0]!.id;
}

async function refuseUnlessOurs(target: pg.Client, origin: string): Promise<void> {
  const { rows: served } = await target.query(
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND usename IN ('docusnap_api', 'docusnap_worker')",
  );
  if (served.length > 0) {
    throw new MoveError(
      'target_in_use',
      'Services are connected to the target. Stop them; start them when all is moved.',
    );
  }
  if ((await markedOrigin(target)) === origin) return;
  for (const { name } of await movedTables(target)) {
    if (SEEDED.has(name)) continue;
    const { rowCount } = await target.query(`SELECT 1 FROM "${name}" LIMIT 1`);
    if (rowCount === 0) continue;
    throw new MoveError('target_not_empty', `The target holds rows already, in ${name}; a move overwrites nothing.`);
  }
  await target.query('BEGIN');
  await target.query(`DROP SCHEMA IF EXISTS ${MARK} CASCADE`);
  await target.query(`CREATE SCHEMA ${MARK}`);
  await target.query(`CREATE TABLE ${MARK}.origin (id text NOT NULL)`);
  await target.query(`INSERT INTO ${MARK}.origin VALUES ($1)`, [origin]);
  await target.query('COMMIT');
}

async function markedOrigin(target: pg.Client): Promise<string | null> {
  const { rows: tables } = await target.query(`SELECT to_regclass('${MARK}.origin') IS NOT NULL AS is_there`);
  if (!tables[0].is_there) return null;
  const { rows } = await target.query<{ id: string }>(`SELECT id FROM ${MARK}.origin`);
  return rows[0]?.id ?? null;
}
