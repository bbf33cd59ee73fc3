import { ATTEMPTS, type Lane } from '@docusnap/contracts';
import { countBacklog } from './backlog.ts';
import { type Database, query, queryOne, transaction } from './connection.ts';

/** Most bells one sweep asks for: after a loss of the whole queue the rest comes with the next sweeps, in step with the readers. */
const MOST_BELLS = 1_000;
/** With so many bells in a queue no reader waits for one: what is missing is rung once they are fewer, and until then nothing is counted. */
const PLENTY = 10_000;
/** Jobs past their deadline, and forgotten keys, that one sweep ends. */
const MOST_AT_ONCE = 2_000;
/** Between looks for batches that have no jobs any more: each looks at all old ones. */
const SPENT_BATCHES_SECONDS = 600;

export interface Swept {
  /** Units whose lease had run out and that can be claimed again. */
  readonly released: number;
  /** Units that were claimed too often and have now failed. */
  readonly exhausted: number;
  /** By how much what waits in a lane outnumbers the bells that wait there; at most 1,000. The caller rings as often. */
  readonly toRing: Readonly<Record<Lane, number>>;
}

/**
 * Puts right what died with its process and what was not rung for. Any number of processes may sweep; one does at a time.
 *
 * @param options.countBells bells that wait in a lane of the queue
 * @param options.everySeconds null also when any process has swept within so many seconds: else each of a hundred processes sweeps as often as one has to
 * @returns null when another process is sweeping just now
 */
export function sweep(
  db: Database,
  options: { countBells: (lane: Lane) => Promise<number>; everySeconds?: number },
): Promise<Swept | null> {
  return transaction(db, async (leader) => {
    // Leadership ends with this transaction, however it ends. It holds nothing else but the row of its turn, which only leaders look at: the work
    // below runs on another connection, so that no row stays locked while the queue is asked.
    const { rows } = await leader.query<{ leads: boolean }>(
      "SELECT CASE WHEN pg_try_advisory_xact_lock(hashtext('docusnap sweep')) THEN take_turn('sweep', $1) END AS leads",
      [options.everySeconds ?? 0],
    );
    if (rows[0]?.leads !== true) return null;
    await countBacklog(db);
    await query(db, 'SELECT end_late_jobs($1), drop_expired_idempotency_keys($1)', [MOST_AT_ONCE]);
    await query(db, "SELECT CASE WHEN take_turn('spent batches', $2) THEN drop_spent_batches($1) END", [
      MOST_AT_ONCE,
      SPENT_BATCHES_SECONDS,
    ]);
    const limits = [ATTEMPTS.claims, 'attempts_exhausted'];
    const units = await queryOne<Lost>(db, 'SELECT * FROM sweep_units($1, $2)', limits);
    const understandings = await queryOne<Lost>(db, 'SELECT * FROM sweep_understandings($1, $2)', limits);
    return {
      released: units.released + understandings.released,
      exhausted: units.exhausted + understandings.exhausted,
      toRing: {
        read: await missingBells(db, 'SELECT waiting_units($1) AS waiting', () => options.countBells('read')),
        understand: await missingBells(db, 'SELECT waiting_understandings($1) AS waiting', () =>
          options.countBells('understand'),
        ),
      },
    };
  });
}

type Lost = Pick<Swept, 'released' | 'exhausted'>;

async function missingBells(db: Database, count: string, countBells: () => Promise<number>): Promise<number> {
  // Bells first: one that is rung or answered in between is then counted as missing at worst, and one too many is harmless.
  const bells = await countBells();
  if (bells >= PLENTY) return 0;
  const { waiting } = await queryOne<{ waiting: string }>(db, count, [bells + MOST_BELLS]);
  return Math.max(0, Number(waiting) - bells);
}
