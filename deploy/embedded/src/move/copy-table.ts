import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { expressionOf, type MovedTable, orderOf, SEEDED } from './tables.ts';

/** Rows of one transaction: what an interrupted move has to do again. */
const BATCH = 2_000;

export interface CopyOptions {
  readonly signal: AbortSignal;
  readonly onRows: (rows: number) => void;
}

/**
 * Copies the rows of a table that are not there yet, in the order of its key and in transactions of their own: what is there is always the beginning,
 * and the next run goes on behind it. Triggers are off meanwhile, since what they would do was done and is copied too.
 */
export async function copyTable(
  source: pg.Client,
  target: pg.Client,
  table: MovedTable,
  { signal, onRows }: CopyOptions,
): Promise<void> {
  const isSeeded = SEEDED.has(table.name);
  for (let copied = BATCH; copied === BATCH; ) {
    signal.throwIfAborted();
    await target.query('BEGIN');
    try {
      await target.query(`ALTER TABLE "${table.name}" DISABLE TRIGGER USER`);
      if (isSeeded) await target.query(`DELETE FROM "${table.name}"`);
      const rows = await rowsBehind(target, table);
      const limit = isSeeded ? '' : `LIMIT ${BATCH}`;
      const columns = await columnsOf(source, table);
      const select = `SELECT ${columns} FROM "${table.name}" ${rows} ORDER BY ${orderOf(table)} ${limit}`;
      const into = target.query(copyFrom(`COPY "${table.name}" (${columns}) FROM STDIN`));
      await pipeline(source.query(copyTo(`COPY (${select}) TO STDOUT`)), into, { signal });
      copied = isSeeded ? 0 : into.rowCount;
      onRows(into.rowCount);
      await target.query(`ALTER TABLE "${table.name}" ENABLE TRIGGER USER`);
      await target.query('COMMIT');
    } catch (error) {
      await target.query('ROLLBACK').catch(() => undefined); // The connection may be what broke; the error says so.
      throw error;
    }
  }
}

/** By name: two databases that came to the same tables by different ways may order their columns differently. */
async function columnsOf(client: pg.Client, { name }: MovedTable): Promise<string> {
  const { rows } = await client.query<{ columns: string }>(
    `SELECT string_agg(quote_ident(attname), ', ' ORDER BY attname) AS columns FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`,
    [`public.${name}`],
  );
  return rows[0]!.columns;
}

async function rowsBehind(target: pg.Client, table: MovedTable): Promise<string> {
  const values = table.key.map(({ column }) => `"${column}"::text AS "${column}"`).join(', ');
  const { rows } = await target.query<Record<string, string>>(
    `SELECT ${values} FROM "${table.name}" ORDER BY ${orderOf(table, 'DESC')} LIMIT 1`,
  );
  const [last] = rows;
  if (last === undefined) return '';
  const key = table.key.map(expressionOf).join(', ');
  const behind = table.key.map(({ column, type }) => `${pg.escapeLiteral(last[column]!)}::${type}`).join(', ');
  return `WHERE (${key}) > (${behind})`;
}

/** What two databases have to agree on: how many rows, and a sum over the digests of them all, in whatever order they come. */
export async function digestOf(client: pg.Client, table: MovedTable): Promise<string> {
  const columns = await columnsOf(client, table);
  const { rows } = await client.query<{ digest: string }>(
    `SELECT count(*) || ' rows, ' || coalesce(sum(('x' || substr(md5(ROW(${columns})::text), 1, 15))::bit(60)::bigint::numeric), 0) AS digest
     FROM "${table.name}"`,
  );
  return rows[0]!.digest;
}

/** Sequences go on behind what was given out. */
export async function copySequences(source: pg.Client, target: pg.Client): Promise<void> {
  const { rows } = await source.query<{ name: string; last: string | null }>(
    `SELECT sequencename AS name, last_value::text AS last FROM pg_sequences
     WHERE schemaname = 'public' AND sequencename <> 'schema_migrations_id_seq'`,
  );
  for (const { name, last } of rows) {
    if (last !== null) await target.query('SELECT setval($1::regclass, $2::bigint)', [`public.${name}`, last]);
  }
}
