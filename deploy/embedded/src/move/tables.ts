import type pg from 'pg';

/** A table to move, with what orders its rows in the same way in every database. */
export interface MovedTable {
  readonly name: string;
  readonly key: readonly { readonly column: string; readonly type: string }[];
}

/**
 * What belongs to the installation and not to its data: which migrations ran, which workers live, whose turn it is, who is signed in at the
 * console. All others are moved.
 */
const STAY = ['schema_migrations', 'workers', 'turns', 'console_links', 'console_sessions'];

/** Filled by the migrations already: their rows are replaced instead of added to. */
export const SEEDED: ReadonlySet<string> = new Set(['backlog', 'keeps']);

/** All tables to move, each after those that it refers to. */
export async function movedTables(client: pg.Client): Promise<MovedTable[]> {
  const { rows: tables } = await client.query<{ name: string; key: MovedTable['key'] }>(
    `SELECT c.relname AS name, json_agg(json_build_object('column', a.attname, 'type', format_type(a.atttypid, a.atttypmod))
       ORDER BY array_position(i.indkey::int2[], a.attnum)) AS key
     FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> ALL ($1)
     GROUP BY c.relname ORDER BY c.relname`,
    [STAY],
  );
  const { rows: references } = await client.query<{ from: string; to: string }>(
    `SELECT conrelid::regclass::text AS "from", confrelid::regclass::text AS "to" FROM pg_constraint
     WHERE contype = 'f' AND conparentid = 0 AND conrelid <> confrelid AND connamespace = 'public'::regnamespace`,
  );
  return inOrder(tables, references);
}

function inOrder(tables: readonly MovedTable[], references: readonly { from: string; to: string }[]): MovedTable[] {
  const names = new Set(tables.map(({ name }) => name));
  const ordered: MovedTable[] = [];
  let left = [...tables];
  while (left.length > 0) {
    const done = new Set(ordered.map(({ name }) => name));
    const waits = ({ name }: MovedTable): boolean =>
      references.some(({ from, to }) => from === name && names.has(to) && !done.has(to));
    const next = left.filter((table) => !waits(table));
    if (next.length === 0) throw new Error(`Tables refer to each other in a circle: ${left.map(({ name }) => name)}`);
    ordered.push(...next);
    left = left.filter((table) => !next.includes(table));
  }
  return ordered;
}

/** The order of rows by their key; texts by their bytes, since two databases may sort them differently. */
export function orderOf({ key }: MovedTable, direction: 'ASC' | 'DESC' = 'ASC'): string {
  return key.map((part) => `${expressionOf(part)} ${direction}`).join(', ');
}

export function expressionOf({ column, type }: MovedTable['key'][number]): string {
  return type === 'text' ? `"${column}" COLLATE "C"` : `"${column}"`;
}
