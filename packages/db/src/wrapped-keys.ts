import type { WrappedKey } from '@docusnap/contracts';
import { type Database, query, queryOne } from './connection.ts';

/** Where wrapped data keys lie: what a row is told by, in the order of its primary key, and the column whose value their context is made of. */
const PLACES = {
  jobs: { row: { id: 'uuid' }, owner: 'id' },
  webhook_secrets: { row: { id: 'uuid' }, owner: 'id' },
  idempotency_keys: { row: { tenant_id: 'uuid', key: 'text' }, owner: 'tenant_id' },
} as const satisfies Record<string, { row: Readonly<Record<string, 'uuid' | 'text'>>; owner: string }>;

export type WrappedPlace = keyof typeof PLACES;
export const WRAPPED_PLACES = Object.keys(PLACES) as WrappedPlace[];

export interface WrappedCount {
  readonly place: WrappedPlace;
  readonly masterKeyId: string;
  readonly count: number;
}

/** How many data keys are wrapped under each master key, by place. It reads each table whole. As docusnap_worker. */
export async function countWrappedKeys(db: Database): Promise<WrappedCount[]> {
  const parts = WRAPPED_PLACES.map(
    (place) =>
      `SELECT '${place}' AS place, master_key_id, count(*)::float8 AS count FROM ${place} WHERE master_key_id IS NOT NULL GROUP BY 2`,
  );
  const rows = await query<{ place: WrappedPlace; master_key_id: string; count: number }>(
    db,
    `${parts.join(' UNION ALL ')} ORDER BY 1, 2`,
    [],
  );
  return rows.map(({ place, master_key_id, count }) => ({ place, masterKeyId: master_key_id, count }));
}

/** One data key that is not wrapped under the current master key. */
export interface OldKey {
  /** What the row is told by. */
  readonly row: readonly string[];
  /** What its context is made of: the id of a job, a webhook's secret or a tenant. */
  readonly owner: string;
  readonly key: WrappedKey;
}

/** The next ones that are wrapped under others than `currentId`, behind the row `after`, in the order of the primary key. */
export async function nextOldKeys(
  db: Database,
  place: WrappedPlace,
  { currentId, after, limit }: { currentId: string; after: readonly string[] | null; limit: number },
): Promise<OldKey[]> {
  const columns = Object.entries(PLACES[place].row);
  const names = columns.map(([name]) => name).join(', ');
  const behind = columns.map(([, type], index) => `$${index + 3}::${type}`).join(', ');
  const rows = await query<{ row: string[]; owner: string; id: string; wrapped: Buffer }>(
    db,
    `SELECT ARRAY[${columns.map(([name]) => `${name}::text`).join(', ')}] AS row, ${PLACES[place].owner}::text AS owner,
       master_key_id AS id, wrapped_key AS wrapped
     FROM ${place} WHERE master_key_id <> $1 ${after ? `AND (${names}) > (${behind})` : ''} ORDER BY ${names} LIMIT $2`,
    [currentId, limit, ...(after ?? [])],
  );
  return rows.map(({ row, owner, id, wrapped }) => ({ row, owner, key: { masterKeyId: id, wrapped } }));
}

export interface RewrappedKey extends Pick<OldKey, 'row'> {
  readonly was: WrappedKey;
  readonly now: WrappedKey;
}

/**
 * Puts keys in the place of what they were, in one short statement; gives how many. Those that somebody else holds just now, or that are another's by now,
 * stay as they are: nobody waits for this, and it waits for nobody.
 */
export async function saveRewrappedKeys(
  db: Database,
  place: WrappedPlace,
  rewrapped: readonly RewrappedKey[],
): Promise<number> {
  const columns = Object.entries(PLACES[place].row);
  const given = columns.map(([, type], index) => `$${index + 1}::${type}[]`);
  const next = columns.length + 1;
  const names = columns.map((_, index) => `r${index}`);
  const isRow = columns.map(([name], index) => `t.${name} = n.r${index}`).join(' AND ');
  const { count } = await queryOne<{ count: number }>(
    db,
    `WITH given AS (
       SELECT * FROM unnest(${given.join(', ')}, $${next}::bytea[], $${next + 1}::text[], $${next + 2}::bytea[]) AS n (${names.join(', ')}, was, id, wrapped)
     ), n AS (
       SELECT n.* FROM ${place} t JOIN given n ON ${isRow} AND t.wrapped_key = n.was
       ORDER BY ${names.map((name) => `n.${name}`).join(', ')} FOR UPDATE OF t SKIP LOCKED
     ), saved AS (
       UPDATE ${place} t SET master_key_id = n.id, wrapped_key = n.wrapped FROM n WHERE ${isRow} RETURNING 1
     ) SELECT count(*)::integer AS count FROM saved`,
    [
      ...columns.map((_, index) => rewrapped.map(({ row }) => row[index])),
      rewrapped.map(({ was }) => Buffer.from(was.wrapped)),
      rewrapped.map(({ now }) => now.masterKeyId),
      rewrapped.map(({ now }) => Buffer.from(now.wrapped)),
    ],
  );
  return count;
}
