import { type Database, queryOne } from './connection.ts';

export interface KeptPartitions {
  readonly made: number;
  readonly dropped: number;
  /** Tables that somebody held; the next time sees to them. */
  readonly leftOver: readonly string[];
}

/**
 * Makes the partitions of this month and the next ones of every partitioned table, and drops those that are past the table's keep. May be called
 * at any time, by anybody. Needs the worker role.
 *
 * @param options.today other than the present, for tests
 */
export async function keepPartitions(db: Database, options: { today?: Date } = {}): Promise<KeptPartitions> {
  const row = await queryOne<{ made: number; dropped: number; left_over: string[] }>(
    db,
    'SELECT * FROM keep_partitions(coalesce($1::timestamptz, now()))',
    [options.today ?? null],
  );
  return { made: row.made, dropped: row.dropped, leftOver: row.left_over };
}
