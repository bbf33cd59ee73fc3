import { AppError } from '@docusnap/contracts';
import { closeDatabase, type Database, openDatabase, query, queryOne } from './connection.ts';

/**
 * A streaming replica that reads may go to while it is known to be no further behind than allowed. Known means proven by positions, not by clocks: the
 * primary is asked where its log ends, and from the moment at which the replica has replayed up to there it holds all that was committed when that was
 * asked. A replica that is cut off, stopped, behind, promoted or another server's proves nothing, and the primary is read instead; nor does one that
 * follows the primary as it was before that was restored to an earlier moment, which began a timeline of its own then.
 */
export interface Replica {
  /** Null where the primary has to be asked. */
  usable(): Database | null;
  /** Seconds that what it holds may be old at most, as far as is proven; null where nothing is. */
  lagSeconds(): number | null;
  /** It failed just now: it has to prove itself anew. */
  distrust(): void;
  close(): Promise<void>;
}

export interface ReplicaOptions {
  readonly maxLagSeconds: number;
  /** Told when reads begin to go to the replica, and when they stop to. */
  readonly onChange: (isUsed: boolean, why: string) => void;
  readonly onError?: (error: Error) => void;
  readonly applicationName?: string;
  /** Milliseconds between two looks; 1,000 unless told. */
  readonly everyMs?: number;
}

const EVERY_MS = 1_000;
/** Ends of the log that the replica has not reached yet are remembered, so that one which is always a little behind proves that much. */
const REMEMBERED = 60;

/** An end of the primary's log, and when it was asked for (`performance.now()`). */
interface Mark {
  readonly at: number;
  readonly end: bigint;
}

/** A place in a log, and whose log that is: which cluster's, and on which of its timelines. */
interface Place {
  readonly system: string;
  readonly timeline: number;
  readonly position: bigint;
}

/** @param url PostgreSQL's replica as docusnap_api */
export function openReplica(url: string, primary: Database, options: ReplicaOptions): Replica {
  const { maxLagSeconds, onChange, everyMs = EVERY_MS } = options;
  const db = openDatabase(url, {
    applicationName: options.applicationName ?? 'docusnap replica',
    forCallers: true,
    ...(options.onError ? { onError: options.onError } : {}),
  });
  let marks: Mark[] = [];
  /** All that was committed by then is there. */
  let provenAt: number | null = null;
  let wasUsed = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let round = look();

  const lagMs = (): number | null => (provenAt === null ? null : performance.now() - provenAt);
  const isFresh = (): boolean => (lagMs() ?? Number.POSITIVE_INFINITY) <= maxLagSeconds * 1_000;

  async function look(): Promise<void> {
    let why = 'it is further behind than allowed';
    try {
      await prove();
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
    tell(why);
    if (!closed) timer = setTimeout(next, everyMs);
  }

  function next(): void {
    round = look();
  }

  async function prove(): Promise<void> {
    const asked = performance.now();
    const there = await endOf(primary);
    marks = [...marks, { at: asked, end: there.position }].slice(-REMEMBERED);
    const replayed = await replayedBy(db);
    if (replayed === null) {
      provenAt = null;
      throw new Error('it is no replica, or no longer: it was promoted');
    }
    if (replayed.system !== there.system || replayed.timeline !== there.timeline) {
      provenAt = null;
      marks = [];
      throw new Error('it does not follow this primary, or follows it as it was before it was restored or promoted');
    }
    const reached = marks.filter((mark) => mark.end <= replayed.position).at(-1);
    if (reached === undefined) return;
    provenAt = Math.max(provenAt ?? reached.at, reached.at);
    marks = marks.filter((mark) => mark.at > reached.at);
  }

  function tell(why: string): void {
    const isUsed = isFresh();
    if (isUsed !== wasUsed) onChange(isUsed, isUsed ? 'it is up to date' : why);
    wasUsed = isUsed;
  }

  return {
    usable: () => (isFresh() ? db : null),
    lagSeconds: () => {
      const lag = lagMs();
      return lag === null ? null : lag / 1_000;
    },
    distrust() {
      provenAt = null;
      marks = [];
      tell('it failed');
    },
    async close() {
      closed = true;
      await round;
      clearTimeout(timer);
      await closeDatabase(db);
    },
  };
}

/**
 * Reads from the replica where it may be read, and from the primary where it may not or fails. For what may be as old as the replica: lists, and what does not
 * change any more.
 */
export async function readEither<T>(
  replica: Replica | undefined,
  primary: Database,
  read: (db: Database) => Promise<T>,
): Promise<T> {
  const db = replica?.usable();
  if (!replica || !db) return read(primary);
  try {
    return await read(db);
  } catch (error) {
    if (!isAway(error)) throw error;
    replica.distrust();
    return read(primary);
  }
}

/** Away, or told to give way to what it replays. */
export function isAway(error: unknown): boolean {
  return error instanceof AppError && error.code === 'database_unavailable';
}

interface PlaceRow {
  readonly system: string;
  readonly timeline: number;
  readonly position: string;
}

/** Up to where what was acknowledged is on the primary's disk. The name of a file of the log begins with its timeline, in hexadecimal. */
async function endOf(primary: Database): Promise<Place> {
  const row = await queryOne<PlaceRow>(
    primary,
    `SELECT pg_current_wal_flush_lsn()::text AS position, (SELECT system_identifier::text FROM pg_control_system()) AS system,
       ('x' || left(pg_walfile_name(pg_current_wal_flush_lsn()), 8))::bit(32)::int AS timeline`,
    [],
  );
  return { ...row, position: positionOf(row.position) };
}

/**
 * Null of what is no replica. Its timeline is the one that it last wrote down: one that has just followed its primary to the next timeline says so minutes
 * later, and is not read until then.
 */
async function replayedBy(replica: Database): Promise<Place | null> {
  const [row] = await query<PlaceRow & { in_recovery: boolean }>(
    replica,
    `SELECT pg_is_in_recovery() AS in_recovery, coalesce(pg_last_wal_replay_lsn(), '0/0')::text AS position,
       (SELECT system_identifier::text FROM pg_control_system()) AS system,
       (SELECT greatest(timeline_id, min_recovery_end_timeline) FROM pg_control_checkpoint(), pg_control_recovery()) AS timeline`,
    [],
  );
  return row?.in_recovery ? { ...row, position: positionOf(row.position) } : null;
}

/** PostgreSQL writes a place in its log as two hexadecimal numbers of 32 bits. */
function positionOf(text: string): bigint {
  const [high = '0', low = '0'] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}
